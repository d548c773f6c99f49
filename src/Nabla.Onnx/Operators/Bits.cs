namespace Nabla.Onnx.Operators;

/// <summary>Operators on the bits of integers whose values are known.</summary>
internal static class Bits
{
    public static Tensor Shift(NodeCall call)
    {
        bool left = call.Text("direction", "LEFT") == "LEFT";
        return Combine(call, (x, y) => y > 63 ? 0 : left ? x << (int)y : (long)((ulong)x >> (int)y));
    }

    public static Tensor Not(NodeCall call)
    {
        Tensor turned = -1.0 - call[0].To(DataType.Int64);
        return (IntegerRange.Of(call.TypeOf(0)) is { Least: 0, Largest: var largest } ? turned + (largest + 1) : turned).To(call[0].DataType);
    }

    public static Tensor Combine(NodeCall call, Func<long, long, long> function)
    {
        Shape shape = Shape.Broadcast(call[0].Shape, call[1].Shape) ?? throw call.Error($"expects shapes that broadcast but got {call[0].Shape} and {call[1].Shape}");
        DataType type = call[0].DataType;
        long[] left = call[0].To(DataType.Int64).BroadcastTo(shape).ToArray<long>();
        long[] right = call[1].To(DataType.Int64).BroadcastTo(shape).ToArray<long>();
        long[] results = [.. left.Zip(right, function)];
        return type switch
        {
            DataType.UInt8 => Tensor.From([.. results.Select(value => (byte)value)], shape),
            DataType.Int8 => Tensor.From([.. results.Select(value => (sbyte)value)], shape),
            _ => Tensor.From(results, shape).To(type),
        };
    }
}
