using Nabla.Formats;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Collecting;

/// <summary>What of a request may be kept as an example: nothing that the model's signature calls personal or sensitive.</summary>
internal static class KeptFields
{
    /// <summary>Whether anything of a model's requests may be kept; rows always are, without the columns that may not.</summary>
    public static bool Any(SavedModel model) => RawInputs.KindOf(model) == RawKind.Row || IsOpen(model.Signature.Inputs[0].Classification);

    /// <summary>Whether a column of a row may be kept.</summary>
    public static bool Column(SignatureTensor input, string column) => IsOpen(input.ClassificationOf(column));

    // Who names the folder has decided about fields that nothing is said of.
    private static bool IsOpen(FieldClassification? classification) => classification is null or FieldClassification.Public;
}
