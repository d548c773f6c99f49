using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that make tensors out of attributes and sizes.</summary>
internal static class ConstantOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Constant"] = One(Constant),
        ["ConstantOfShape"] = One(ConstantOfShape),
        ["EyeLike"] = One(EyeLike),
        ["OneHot"] = One(OneHot),
        ["Range"] = One(Range),
        ["Shape"] = One(ShapeOf),
        ["Size"] = One(call => Tensor.Scalar((long)call[0].ElementCount)),
        ["BlackmanWindow"] = One(call => Window(call, 0.42, 0.5, 0.08)),
        ["HammingWindow"] = One(call => Window(call, 25.0 / 46, 21.0 / 46, 0)),
        ["HannWindow"] = One(call => Window(call, 0.5, 0.5, 0)),
    };

    private static Tensor Constant(NodeCall call) =>
        call.TensorOf("value")
        ?? (call.Has("value_float") ? Tensor.Scalar((float)call.Number("value_float", 0)) : null)
        ?? (call.Has("value_int") ? Tensor.Scalar(call.Int("value_int", 0)) : null)
        ?? (call.Floats("value_floats") is { } floats ? Tensor.From(floats) : null)
        ?? (call.Ints("value_ints") is { } integers ? Tensor.From(integers).To(DataType.Int64) : null)
        ?? throw call.Error("expects a value that is a tensor, a number or numbers");

    private static Tensor ConstantOfShape(NodeCall call)
    {
        Tensor value = call.TensorOf("value") ?? Tensor.From(0f);
        return value.Reshape().BroadcastTo([.. call.Sizes(0)]);
    }

    private static Tensor EyeLike(NodeCall call)
    {
        Tensor x = call[0];
        DataType type = call.Has("dtype") ? OnnxTypes.InMemory((int)call.Int("dtype", 0)) ?? throw call.Error("expects numbers") : x.DataType;
        (int rows, int columns, int diagonal) = (x.Shape[0], x.Shape[1], (int)call.Int("k", 0));
        float[] values = new float[rows * columns];
        for (int row = Math.Max(0, -diagonal); row < rows && row + diagonal < columns; row++)
        {
            values[(row * columns) + row + diagonal] = 1;
        }

        return Tensor.From(values, [rows, columns]).To(type);
    }

    // Indices count from the end when negative; what is no index has no one.
    private static Tensor OneHot(NodeCall call)
    {
        int depth = (int)call.Numbers(1)[0];
        Tensor values = call[2];
        Tensor indices = call[0].To(DataType.Int64);
        int axis = call.FromFront(call.Int("axis", -1), indices.Rank + 1);
        Tensor from = indices.Less(0.0).Where(indices + (double)depth, indices).ExpandDimensions(axis);
        Tensor places = Tensor.Range(depth).To(DataType.Int64).Reshape([depth, .. Enumerable.Repeat(1, indices.Rank - axis)]);
        Tensor hot = from.Equal(places);
        return hot.Where(values.Slice(0, 1, 1).Reshape(), values.Slice(0, 0, 1).Reshape());
    }

    private static Tensor Range(NodeCall call)
    {
        (double start, double limit, double delta) = (call.Numbers(0)[0], call.Numbers(1)[0], call.Numbers(2)[0]);
        int count = (int)Math.Max(0, Math.Ceiling((limit - start) / delta));
        return Tensor.From([.. Enumerable.Range(0, count).Select(index => start + (index * delta))]).To(call[0].DataType);
    }

    private static Tensor ShapeOf(NodeCall call)
    {
        int rank = call[0].Rank;
        int start = Bound(call.Int("start", 0), rank);
        int end = Bound(call.Int("end", rank), rank);
        return Tensor.From([.. call[0].Shape.Skip(start).Take(Math.Max(0, end - start)).Select(size => (long)size)]);
    }

    private static int Bound(long place, int rank) => (int)Math.Clamp(place < 0 ? place + rank : place, 0, rank);

    private static Tensor Window(NodeCall call, double a, double b, double c)
    {
        int size = (int)call.Numbers(0)[0];
        double period = call.Flag("periodic", true) ? size : size - 1;
        DataType type = OnnxTypes.InMemory((int)call.Int("output_datatype", OnnxTypes.Float)) ?? DataType.Float32;
        double[] values = [.. Enumerable.Range(0, size).Select(index =>
        {
            double angle = 2 * Math.PI * index / period;
            return a - (b * Math.Cos(angle)) + (c * Math.Cos(2 * angle));
        })];
        return Tensor.From(values).To(type);
    }
}
