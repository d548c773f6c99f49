using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Audit;

/// <summary>What of a question may be written down: the columns of a row, or a text, that the model's signature gives a class, each masked by it.</summary>
internal sealed class MaskedInputs(ServingOptions options, Masking masking)
{
    /// <summary>The fields of a question about one row that may be written down.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Of(InferenceRequest request, LoadedVersion version)
    {
        if (options.Audit is not { Inputs: true } || version.Model.Saved is not { } model || request.Inputs is not [{ } input] || input.Type != ElementType.Bytes)
        {
            return [];
        }

        IReadOnlyList<ReadOnlyMemory<byte>> rows = ByteElements.Split(input.Data);
        SignatureTensor signature = model.Signature.Inputs[0];
        return (RawInputs.KindOf(model), rows) switch
        {
            (RawKind.Row, [{ } row]) => Columns(model.Preprocessing!.Table!, signature, row),
            (RawKind.Text, [{ } text]) => Masked([(signature.Name, Encoding.UTF8.GetString(text.Span), signature.Classification)]),
            _ => [],
        };
    }

    private IReadOnlyList<KeyValuePair<string, string>> Columns(TablePreprocessing table, SignatureTensor signature, ReadOnlyMemory<byte> row)
    {
        CsvTable read = RawInputs.ReadRows(table, signature.Name, [row]);
        return Masked(read.Columns.Select(column => (column.Name, column.Values[0] ?? "", signature.ClassificationOf(column.Name))));
    }

    private IReadOnlyList<KeyValuePair<string, string>> Masked(IEnumerable<(string Name, string Value, FieldClassification? Classification)> fields)
    {
        List<KeyValuePair<string, string>> masked = [];
        foreach ((string name, string value, FieldClassification? classification) in fields)
        {
            if (classification is not null && masking.Mask(value, classification) is { } text)
            {
                masked.Add(KeyValuePair.Create(name, text));
            }
        }

        return masked;
    }
}
