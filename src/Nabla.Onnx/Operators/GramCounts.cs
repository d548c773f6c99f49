using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Counts how often sequences of words of a list stand in rows of words (TfIdfVectorizer), with gaps of some words between them.</summary>
internal static class GramCounts
{
    public static Dictionary<string, DataOperator> All { get; } = new() { ["TfIdfVectorizer"] = OneData(Count) };

    private static OnnxData Count(NodeCall call)
    {
        (string[] words, Shape shape) = call.Given(0) is TextData texts
            ? (texts.Elements, texts.Shape)
            : (Array.ConvertAll(call.Longs(0), Word), call[0].Shape);
        Dictionary<string, int> columns = Columns(call);
        int size = (call.Ints("ngram_indexes") ?? []).DefaultIfEmpty(-1).Max() + 1;
        int rows = shape.Rank == 2 ? shape[0] : 1;
        int length = words.Length / Math.Max(1, rows);
        float[] counts = new float[rows * size];
        for (int row = 0; row < rows; row++)
        {
            foreach (string gram in Grams(call, words.AsMemory(row * length, length)))
            {
                if (columns.TryGetValue(gram, out int column))
                {
                    counts[(row * size) + column]++;
                }
            }
        }

        Weigh(call, counts, size);
        return TensorData.Of(Tensor.From(counts, shape.Rank == 2 ? [rows, size] : [size]));
    }

    private static string Word(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // The list holds all sequences of one word, then all of two, ...; where each length begins stands in ngram_counts.
    private static Dictionary<string, int> Columns(NodeCall call)
    {
        string[] pool = call.Texts("pool_strings") ?? [.. (call.Ints("pool_int64s") ?? []).Select(number => Word(number))];
        int[] starts = call.Ints("ngram_counts") ?? [];
        int[] indexes = call.Ints("ngram_indexes") ?? [];
        Dictionary<string, int> columns = [];
        int gram = 0;
        for (int length = 1; length <= starts.Length; length++)
        {
            int end = length < starts.Length ? starts[length] : pool.Length;
            for (int at = starts[length - 1]; at + length <= end; at += length, gram++)
            {
                if (at < 0 || at + length > pool.Length || gram >= indexes.Length || indexes[gram] < 0)
                {
                    throw call.Error($"expects a list of sequences with an index for each but got {pool.Length} words and {indexes.Length} indexes");
                }

                columns[Key(pool.AsSpan(at, length))] = indexes[gram];
            }
        }

        return columns;
    }

    private static string Key(ReadOnlySpan<string> words) => string.Join('\0', words);

    private static IEnumerable<string> Grams(NodeCall call, ReadOnlyMemory<string> words)
    {
        (int shortest, int longest) = ((int)call.Int("min_gram_length", 1), (int)call.Int("max_gram_length", 1));
        int gaps = (int)call.Int("max_skip_count", 0);
        for (int length = Math.Max(1, shortest); length <= Math.Min(longest, words.Length); length++)
        {
            for (int step = 1; step <= (length == 1 ? 1 : Math.Min(gaps, words.Length) + 1); step++)
            {
                for (int start = 0; start + ((length - 1) * step) < words.Length; start++)
                {
                    yield return Key([.. Enumerable.Range(0, length).Select(index => words.Span[start + (index * step)])]);
                }
            }
        }
    }

    private static void Weigh(NodeCall call, float[] counts, int size)
    {
        string mode = call.Text("mode", "TF");
        float[] weights = call.Floats("weights") ?? [];
        for (int index = 0; index < counts.Length && mode != "TF"; index++)
        {
            float weight = index % size < weights.Length ? weights[index % size] : 1;
            counts[index] = (mode == "IDF" ? Math.Min(counts[index], 1) : counts[index]) * weight;
        }
    }
}
