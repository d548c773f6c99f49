using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>The features of a model's answers: the class and how sure it is, or the number.</summary>
internal static class OutputFeatures
{
    /// <summary>What reads the features of a model's answers; null where they are neither a class nor a number.</summary>
    public static FeatureReader? Of(SavedModel model)
    {
        SignatureTensor output = model.Signature.Outputs[0];
        return (model.Task, output.Shape.Rank, output.Type) switch
        {
            (PredictionTask.Classification, 1, DataType.Float32) => new Class(LabelsOf(model, output.Shape[0])),
            (PredictionTask.Regression, 1, DataType.Float32) when output.Shape[0] == 1 => new Value(model.Preprocessing?.Table?.Target),
            _ => null,
        };
    }

    private static IReadOnlyList<string> LabelsOf(SavedModel model, int count) =>
        model.Labels.Count == count ? model.Labels : [.. Enumerable.Range(0, count).Select(index => index.ToString(CultureInfo.InvariantCulture))];

    private sealed class Class(IReadOnlyList<string> labels) : FeatureReader
    {
        public override IReadOnlyList<Feature> Features { get; } = [new("label", labels), new("confidence")];

        public override void Read(ReadOnlySpan<byte> row, IFeatureSink sink)
        {
            ReadOnlySpan<float> scores = MemoryMarshal.Cast<byte, float>(row);
            int best = TensorPrimitives.IndexOfMax(scores);
            sink.Category(0, best);
            sink.Number(1, scores[best]);
        }
    }

    private sealed class Value(TableTarget? target) : FeatureReader
    {
        public override IReadOnlyList<Feature> Features { get; } = [new(target?.Name ?? "value")];

        public override void Read(ReadOnlySpan<byte> row, IFeatureSink sink)
        {
            float value = MemoryMarshal.Read<float>(row);
            sink.Number(0, target?.Restore(value) ?? value);
        }
    }
}
