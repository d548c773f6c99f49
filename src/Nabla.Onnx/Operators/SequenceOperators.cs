using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators on sequences of values, on values that may be missing, and on values of any kind.</summary>
internal static class SequenceOperators
{
    public static Dictionary<string, DataOperator> All { get; } = new()
    {
        ["ConcatFromSequence"] = OneData(Concatenate),
        ["Identity"] = OneData(call => call.Given(0)),
        ["Optional"] = OneData(call => new OptionalData(call.Data(0))),
        ["OptionalGetElement"] = OneData(call => Content(call.Given(0)) ?? throw call.Error("expects a value but got an empty optional")),
        ["OptionalHasElement"] = OneData(call => TensorData.Of(Tensor.Scalar(Content(call.Data(0)) is not null))),
        ["SequenceAt"] = OneData(call => Items(call)[Place(call, 1, Items(call).Count)]),
        ["SequenceConstruct"] = OneData(call => new SequenceData([.. Enumerable.Range(0, call.Count).Select(call.Given)])),
        ["SequenceEmpty"] = OneData(_ => new SequenceData([])),
        ["SequenceErase"] = OneData(Erase),
        ["SequenceInsert"] = OneData(Insert),
        ["SequenceLength"] = OneData(call => TensorData.Of(Tensor.Scalar((long)Items(call).Count))),
        ["SequenceMap"] = Map,
        ["SplitToSequence"] = OneData(Split),
    };

    private static OnnxData? Content(OnnxData? data) => data is OptionalData optional ? optional.Content : data;

    private static IReadOnlyList<OnnxData> Items(NodeCall call) => Content(call.Given(0)) is SequenceData sequence
        ? sequence.Items
        : throw call.Error($"expects a sequence as input 0 but got {call.Given(0).Label}");

    private static int Place(NodeCall call, int input, int count) => call.Longs(input) is [var place] && place >= -count && place < count
        ? (int)(place < 0 ? place + count : place)
        : throw call.Error($"expects a place among {count} items but got {string.Join(", ", call.Longs(input))}");

    private static OnnxData Insert(NodeCall call)
    {
        List<OnnxData> items = [.. Items(call)];
        bool isAtEnd = call.Data(2) is null || call.Longs(2) is [var place] && place == items.Count;
        items.Insert(isAtEnd ? items.Count : Place(call, 2, items.Count), call.Given(1));
        return new SequenceData(items);
    }

    private static OnnxData Erase(NodeCall call)
    {
        List<OnnxData> items = [.. Items(call)];
        items.RemoveAt(call.Data(1) is null ? items.Count - 1 : Place(call, 1, items.Count));
        return new SequenceData(items);
    }

    private static OnnxData Concatenate(NodeCall call)
    {
        TensorData[] parts = [.. Items(call).Select(call.Numeric)];
        if (parts.Length == 0)
        {
            throw call.Error("expects a sequence of at least one tensor");
        }

        Tensor[] tensors = [.. parts.Select(part => part.Tensor)];
        bool isNewAxis = call.Flag("new_axis");
        int axis = call.Axis("axis", 0, tensors[0].Rank + (isNewAxis ? 1 : 0));
        return new TensorData(isNewAxis ? ShapeOps.Stack(axis, tensors) : ShapeOps.Concatenate(axis, tensors), parts[0].Type);
    }

    // Without sizes the parts are of one each; with one number they are of that size, the last what is left.
    private static OnnxData Split(NodeCall call)
    {
        Tensor x = call[0];
        int axis = call.Axis("axis", 0, x.Rank);
        int size = x.Shape[axis];
        int[] sizes = call.Optional(1) is not { } given ? [.. Enumerable.Repeat(1, size)]
            : given.Rank > 0 ? call.Sizes(1)
            : call.Sizes(1)[0] is > 0 and var each ? [.. Enumerable.Range(0, (size + each - 1) / each).Select(part => Math.Min(each, size - (part * each)))]
            : throw call.Error($"expects parts of at least one element but got {call.Sizes(1)[0]}");
        bool keepsAxis = call.Optional(1) is not null || call.Flag("keepdims", true);
        int start = 0;
        List<OnnxData> parts = [];
        foreach (int length in sizes)
        {
            Tensor part = x.Slice(axis, start, length);
            parts.Add(call.LikeInputs(keepsAxis ? part : part.Squeeze(axis)));
            start += length;
        }

        return new SequenceData(parts);
    }

    // Sequences are walked through together; what is no sequence is given to each round.
    private static OnnxData?[] Map(NodeCall call)
    {
        int count = Items(call).Count;
        OnnxData[] inputs = [.. Enumerable.Range(0, call.Count).Select(call.Given)];
        OnnxData[][] rounds = [.. Enumerable.Range(0, count).Select(round =>
            call.Run("body", [.. inputs.Select(input => input is SequenceData sequence && sequence.Items.Count == count ? sequence.Items[round] : input)]))];
        return [.. Enumerable.Range(0, call.Outputs).Select(output => new SequenceData([.. rounds.Select(results => results[output])]))];
    }
}
