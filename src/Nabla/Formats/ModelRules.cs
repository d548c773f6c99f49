using Nabla.Data;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>What must hold between the parts of a model.</summary>
internal static class ModelRules
{
    /// <exception cref="ArgumentException">The parts do not fit together; the message says which.</exception>
    public static void Require(SavedModel model)
    {
        Shape input = model.Network.InputShape;
        Shape output = model.Network.OutputShape;
        bool labelled = model.Task == PredictionTask.Classification && output.Rank > 0 && model.Labels.Count == output[-1];
        Require(
            labelled || model.Labels.Count == 0,
            $"expected a label for each output {output} of a classification and none for another task, got {model.Labels.Count}");
        Require(
            model.Labels.Distinct().Count() == model.Labels.Count && !model.Labels.Contains(null!),
            "expected labels that differ from each other, got one twice");
        Require(
            model.Signature.Inputs is [{ } first] && first.Shape == input && model.Signature.Outputs is [{ } last] && last.Shape == output,
            $"expected a signature with one input {input} and one output {output} as the network has, "
            + $"got {Shapes(model.Signature.Inputs)} and {Shapes(model.Signature.Outputs)}");
        RequirePreprocessing(model.Preprocessing, model.Network);
        RequireColumns(model.Signature.Inputs[0], model.Preprocessing?.Table);
        foreach ((string name, double value) in model.Training?.WithBases().SelectMany(record => record.Metrics) ?? [])
        {
            Require(double.IsFinite(value), $"expected finite metrics, got {value} for '{name}'");
        }
    }

    private static void RequirePreprocessing(ModelPreprocessing? preprocessing, Sequential network)
    {
        if (preprocessing is null)
        {
            return;
        }

        Shape?[] results = [preprocessing.Image?.InputShape, preprocessing.Table is { } table ? [table.InputSize] : null, preprocessing.Text?.InputShape];
        Shape[] given = [.. results.OfType<Shape>()];
        Require(given.Length == 1, $"expected the preprocessing of images, of tables or of texts, got {(given.Length == 0 ? "none" : "more than one")}");
        Require(
            given[0] == network.InputShape || (preprocessing.Text is not null && network.InputShape.Rank > 1 && given[0] == [network.InputShape[-1]]),
            $"expected preprocessing that gives the network's input {network.InputShape}, got {given[0]}");
        RequireVocabulary(preprocessing.Text, network.Layers, target: false);
        RequireVocabulary(preprocessing.Target, network.Layers, target: true);
    }

    private static void RequireColumns(SignatureTensor input, TablePreprocessing? table)
    {
        string[] columns = [.. table?.Columns.Select(column => column.Name) ?? []];
        string? unknown = input.Columns.Keys.FirstOrDefault(column => !columns.Contains(column));
        Require(unknown is null, $"expected classes of the columns {Names.List(columns)}, got one of '{unknown}'");
    }

    private static void RequireVocabulary(TextPreprocessing? text, IReadOnlyList<Layer> layers, bool target)
    {
        if (text is not null && VocabularyOf(layers, target) is { } size)
        {
            Require(
                text.Vocabulary.Count == size,
                $"expected a vocabulary of {size} tokens as the network has vectors for, got {text.Vocabulary.Count}");
        }
    }

    // The tokens that there are vectors for: of those that come in, or of those that are written.
    private static int? VocabularyOf(IReadOnlyList<Layer> layers, bool target) => layers.FirstOrDefault() switch
    {
        Embedding table => table.VocabularySize,
        TiedEmbedding tied => tied.Embedding.VocabularySize,
        EndToEndMemory memory => memory.VocabularySize,
        SpanReader reader => reader.VocabularySize,
        Chain chain => VocabularyOf(chain.Layers, target),
        Functional network => VocabularyOf(network.Entrances, target),
        EncoderDecoder pair => pair.SharedEmbedding?.VocabularySize ?? VocabularyOf([target ? pair.Decoder : pair.Encoder], target),
        _ => null,
    };

    private static string Shapes(IReadOnlyList<SignatureTensor> tensors) => string.Join(", ", tensors.Select(tensor => tensor.Shape));

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new ArgumentException(problem);
        }
    }
}
