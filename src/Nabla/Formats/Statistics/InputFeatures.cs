using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Nabla.Data;

namespace Nabla.Formats;

/// <summary>The features of a model's inputs: of pictures their brightness, of tables the columns, of texts their length and their words.</summary>
internal static class InputFeatures
{
    private const int MostNumbers = 256;

    /// <summary>What reads the features of a model's input; null where its elements are neither float32 nor int32.</summary>
    public static FeatureReader? Of(SavedModel model)
    {
        SignatureTensor input = model.Signature.Inputs[0];
        return (model.Preprocessing, input.Type) switch
        {
            ({ Table: { } table }, DataType.Float32) => new Table(table),
            ({ Text: not null }, DataType.Int32) => new Text(),
            (_, DataType.Float32) when input.Shape is { Rank: 3 } shape && shape[2] is 1 or 3 => new Picture(shape[2]),
            (_, DataType.Float32) when input.Shape is { Rank: 1 } shape && shape[0] <= MostNumbers => new Numbers(input.Name, shape[0]),
            (_, DataType.Float32) => new Whole(),
            _ => null,
        };
    }

    private static ReadOnlySpan<float> Floats(ReadOnlySpan<byte> row) => MemoryMarshal.Cast<byte, float>(row);

    private static (double Mean, double Deviation) Moments(ReadOnlySpan<float> values)
    {
        double mean = TensorPrimitives.Sum(values) / values.Length;
        return (mean, Math.Sqrt(Math.Max(0, (TensorPrimitives.SumOfSquares(values) / (double)values.Length) - (mean * mean))));
    }

    // The numbers of a column as the table has them, not as the network does.
    private sealed class Table(TablePreprocessing table) : FeatureReader
    {
        private const string Missing = "(missing)";

        public override IReadOnlyList<Feature> Features { get; } =
            [.. table.Columns.Select(column => new Feature(column.Name, column.Kind == ColumnKind.Numeric ? null : [.. column.Categories, NameOfMissing(column)]))];

        public override void Read(ReadOnlySpan<byte> row, IFeatureSink sink)
        {
            ReadOnlySpan<float> values = Floats(row);
            int offset = 0;
            for (int index = 0; index < table.Columns.Count; index++)
            {
                TableColumn column = table.Columns[index];
                ReadOnlySpan<float> part = values.Slice(offset, column.Width);
                if (column.Kind == ColumnKind.Numeric)
                {
                    sink.Number(index, (part[0] * column.Deviation) + column.Mean);
                }
                else
                {
                    int category = TensorPrimitives.IndexOfMax(part);
                    sink.Category(index, part[category] > 0 ? category : column.Width);
                }

                offset += column.Width;
            }
        }

        private static string NameOfMissing(TableColumn column) => column.Categories.Contains(Missing) ? $"({Missing})" : Missing;
    }

    private sealed class Picture(int channels) : FeatureReader
    {
        private static readonly string[] Colours = ["red", "green", "blue"];

        public override IReadOnlyList<Feature> Features { get; } =
            [new("brightness"), new("contrast"), .. channels == Colours.Length ? Colours.Select(colour => new Feature(colour)) : []];

        public override void Read(ReadOnlySpan<byte> row, IFeatureSink sink)
        {
            ReadOnlySpan<float> pixels = Floats(row);
            (double mean, double deviation) = Moments(pixels);
            sink.Number(0, mean);
            sink.Number(1, deviation);
            for (int channel = 0; channels == Colours.Length && channel < channels; channel++)
            {
                double sum = 0;
                for (int index = channel; index < pixels.Length; index += channels)
                {
                    sum += pixels[index];
                }

                sink.Number(2 + channel, sum * channels / pixels.Length);
            }
        }
    }

    // Words by how frequent they were when the vocabulary was made: it has the frequent ones first.
    private sealed class Text : FeatureReader
    {
        private static readonly int[] Ranks = [10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000];

        private readonly int firstRank = TextPreprocessing.SpecialTokens.Count;

        public override IReadOnlyList<Feature> Features { get; } =
            [new("length"), new("unknown"), new("tokens", ["unknown", .. Ranks.Select(rank => $"to rank {rank}"), "rarer"])];

        public override void Read(ReadOnlySpan<byte> row, IFeatureSink sink)
        {
            int length = 0;
            int unknown = 0;
            foreach (int token in MemoryMarshal.Cast<byte, int>(row))
            {
                if (token != TextPreprocessing.PaddingId)
                {
                    length++;
                    unknown += token == TextPreprocessing.UnknownId ? 1 : 0;
                    sink.Category(2, token == TextPreprocessing.UnknownId ? 0 : BucketOf(token - firstRank));
                }
            }

            sink.Number(0, length);
            sink.Number(1, length == 0 ? 0 : (double)unknown / length);
        }

        private static int BucketOf(int rank)
        {
            int bucket = 0;
            while (bucket < Ranks.Length && rank >= Ranks[bucket])
            {
                bucket++;
            }

            return bucket + 1;
        }
    }

    private sealed class Numbers(string name, int count) : FeatureReader
    {
        public override IReadOnlyList<Feature> Features { get; } =
            [.. Enumerable.Range(0, count).Select(index => new Feature(string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]")))];

        public override void Read(ReadOnlySpan<byte> row, IFeatureSink sink)
        {
            ReadOnlySpan<float> values = Floats(row);
            for (int index = 0; index < values.Length; index++)
            {
                sink.Number(index, values[index]);
            }
        }
    }

    private sealed class Whole : FeatureReader
    {
        public override IReadOnlyList<Feature> Features { get; } = [new("mean"), new("deviation")];

        public override void Read(ReadOnlySpan<byte> row, IFeatureSink sink)
        {
            (double mean, double deviation) = Moments(Floats(row));
            sink.Number(0, mean);
            sink.Number(1, deviation);
        }
    }
}
