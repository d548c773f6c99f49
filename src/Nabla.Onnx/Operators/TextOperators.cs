using System.Globalization;
using System.Text.RegularExpressions;
using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators on strings.</summary>
internal static class TextOperators
{
    public static Dictionary<string, DataOperator> All { get; } = new()
    {
        ["RegexFullMatch"] = OneData(FullMatch),
        ["StringConcat"] = OneData(Join),
        ["StringNormalizer"] = OneData(Normalize),
        ["StringSplit"] = Split,
    };

    /// <summary>An input that must be strings.</summary>
    internal static TextData TextOf(NodeCall call, int input) =>
        call.Given(input) as TextData ?? throw call.Error($"expects strings as input {input} but got {call.Given(input).Label}");

    /// <summary>Whether pairs of strings are the same, broadcast.</summary>
    internal static OnnxData Equal(NodeCall call)
    {
        (bool[] same, Shape shape) = Pairs(call, (left, right) => left == right);
        return TensorData.Of(Tensor.From(same, shape));
    }

    /// <summary>Numbers written as strings: the shortest that read as the same number.</summary>
    internal static TextData Write(Tensor x)
    {
        string[] texts = x.DataType switch
        {
            DataType.Float32 => Array.ConvertAll(x.ToArray<float>(), value => Written(value, value.ToString("R", CultureInfo.InvariantCulture))),
            DataType.Float64 => Array.ConvertAll(x.ToArray<double>(), value => Written(value, value.ToString("R", CultureInfo.InvariantCulture))),
            _ => Array.ConvertAll(x.To(DataType.Int64).ToArray<long>(), value => value.ToString(CultureInfo.InvariantCulture)),
        };
        return new TextData(texts, x.Shape);
    }

    /// <summary>The numbers that strings say.</summary>
    internal static Tensor Read(NodeCall call, TextData texts) =>
        Tensor.From(Array.ConvertAll(texts.Elements, text => Number(call, text)), texts.Shape);

    private static string Written(double value, string digits) =>
        double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? value > 0 ? "INF" : "-INF" : digits;

    private static double Number(NodeCall call, string text) => text.Trim().ToUpperInvariant() switch
    {
        "INF" or "+INF" => double.PositiveInfinity,
        "-INF" => double.NegativeInfinity,
        "NAN" => double.NaN,
        var digits => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw call.Error($"expects strings that say numbers but got '{text}'"),
    };

    private static (T[] Results, Shape Shape) Pairs<T>(NodeCall call, Func<string, string, T> function)
    {
        (TextData left, TextData right) = (TextOf(call, 0), TextOf(call, 1));
        Shape shape = Shape.Broadcast(left.Shape, right.Shape) ?? throw call.Error($"expects shapes that broadcast but got {left.Shape} and {right.Shape}");
        int[] lefts = Places(left, shape);
        int[] rights = Places(right, shape);
        return ([.. lefts.Zip(rights, (first, second) => function(left.Elements[first], right.Elements[second]))], shape);
    }

    private static TextData Join(NodeCall call)
    {
        (string[] texts, Shape shape) = Pairs(call, (left, right) => left + right);
        return new TextData(texts, shape);
    }

    private static int[] Places(TextData data, Shape shape) =>
        Tensor.From([.. Enumerable.Range(0, data.Elements.Length)], data.Shape).BroadcastTo(shape).ToArray<int>();

    // A machine without backtracking: the time goes with the length of the string.
    private static OnnxData FullMatch(NodeCall call)
    {
        TextData texts = TextOf(call, 0);
        Regex pattern;
        try
        {
            pattern = new Regex($@"\A(?:{call.Text("pattern", "")})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw call.Error($"expects a regular expression as 'pattern' but got '{call.Text("pattern", "")}'");
        }

        return TensorData.Of(Tensor.From(Array.ConvertAll(texts.Elements, pattern.IsMatch), texts.Shape));
    }

    // Words that say nothing are left out; what is left of them all is one empty string.
    private static OnnxData Normalize(NodeCall call)
    {
        TextData texts = TextOf(call, 0);
        StringComparer comparer = call.Flag("is_case_sensitive") ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase;
        HashSet<string> stops = new(call.Texts("stopwords") ?? [], comparer);
        string[] kept = [.. texts.Elements.Where(text => !stops.Contains(text)).Select(text => call.Text("case_change_action", "NONE") switch
        {
            "LOWER" => text.ToLowerInvariant(),
            "UPPER" => text.ToUpperInvariant(),
            _ => text,
        })];
        kept = kept.Length == 0 ? [""] : kept;
        return new TextData(kept, texts.Shape.Rank == 2 ? [1, kept.Length] : [kept.Length]);
    }

    // The parts of each string, filled up with empty strings, and how many they are.
    private static OnnxData?[] Split(NodeCall call)
    {
        TextData texts = TextOf(call, 0);
        string delimiter = call.Text("delimiter", "");
        int most = (int)call.Int("maxsplit", int.MaxValue - 1);
        string[][] parts = Array.ConvertAll(texts.Elements, text => delimiter.Length > 0 ? text.Split(delimiter, most + 1) : Words(text, most));
        int longest = parts.Length == 0 ? 0 : parts.Max(words => words.Length);
        string[] filled = [.. parts.SelectMany(words => words.Concat(Enumerable.Repeat("", longest - words.Length)))];
        return
        [
            new TextData(filled, [.. texts.Shape, longest]),
            TensorData.Of(Tensor.From(Array.ConvertAll(parts, words => (long)words.Length), texts.Shape)),
        ];
    }

    private static string[] Words(string text, int most)
    {
        List<string> words = [];
        string rest = text.Trim();
        while (rest.Length > 0)
        {
            int end = words.Count < most ? rest.AsSpan().IndexOfAny(" \t\n\r\f\v") : -1;
            words.Add(end < 0 ? rest : rest[..end]);
            rest = end < 0 ? "" : rest[end..].TrimStart();
        }

        return [.. words];
    }
}
