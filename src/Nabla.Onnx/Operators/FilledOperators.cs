using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that fill tensors with values whose type an attribute or another value gives.</summary>
internal static class FilledOperators
{
    public static Dictionary<string, DataOperator> All { get; } = new()
    {
        ["Constant"] = OneData(Constant),
        ["ConstantOfShape"] = OneData(ConstantOfShape),
        ["EyeLike"] = OneData(EyeLike),
        ["OneHot"] = OneData(OneHot),
    };

    private static OnnxData Constant(NodeCall call) => call.DataOf("value") ?? OfAttributes(call);

    private static OnnxData OfAttributes(NodeCall call) =>
        call.Texts("value_strings") is { } texts ? new TextData(texts, [texts.Length])
        : call.Has("value_string") ? new TextData([call.Text("value_string", "")], Shape.Scalar)
        : TensorData.Of(
            (call.Has("value_float") ? Tensor.Scalar((float)call.Number("value_float", 0)) : null)
            ?? (call.Has("value_int") ? Tensor.Scalar(call.Int("value_int", 0)) : null)
            ?? (call.Floats("value_floats") is { } floats ? Tensor.From(floats) : null)
            ?? (call.Ints("value_ints") is { } integers ? Tensor.From(integers).To(DataType.Int64) : null)
            ?? throw call.Error("expects a value that is a tensor, numbers or strings"));

    private static OnnxData ConstantOfShape(NodeCall call)
    {
        TensorData value = call.Numeric(call.DataOf("value") ?? TensorData.Of(Tensor.From(0f)));
        return value.Map(tensor => tensor.Reshape().BroadcastTo([.. call.Sizes(0)]));
    }

    private static OnnxData EyeLike(NodeCall call)
    {
        Tensor x = call[0];
        int type = (int)call.Int("dtype", call.TypeOf(0));
        (int rows, int columns, int diagonal) = (x.Shape[0], x.Shape[1], (int)call.Int("k", 0));
        float[] values = new float[rows * columns];
        for (int row = Math.Max(0, -diagonal); row < rows && row + diagonal < columns; row++)
        {
            values[(row * columns) + row + diagonal] = 1;
        }

        return new TensorData(Tensor.From(values, [rows, columns]).To(OnnxTypes.InMemory(type) ?? throw call.Error("expects numbers")), type);
    }

    // Indices count from the end when negative; what is no index has no one.
    private static OnnxData OneHot(NodeCall call)
    {
        int depth = (int)call.Numbers(1)[0];
        Tensor values = call[2];
        Tensor indices = call[0].To(DataType.Int64);
        int axis = call.FromFront(call.Int("axis", -1), indices.Rank + 1);
        Tensor from = indices.Less(0.0).Where(indices + (double)depth, indices).ExpandDimensions(axis);
        Tensor places = Tensor.Range(depth).To(DataType.Int64).Reshape([depth, .. Enumerable.Repeat(1, indices.Rank - axis)]);
        Tensor hot = from.Equal(places);
        return new TensorData(hot.Where(values.Slice(0, 1, 1).Reshape(), values.Slice(0, 0, 1).Reshape()), call.TypeOf(2));
    }
}
