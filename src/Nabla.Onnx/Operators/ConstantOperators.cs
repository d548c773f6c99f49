using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Operators that make tensors out of sizes.</summary>
internal static class ConstantOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["Range"] = One(Range),
        ["Shape"] = One(ShapeOf),
        ["Size"] = One(call => Tensor.Scalar((long)call[0].ElementCount)),
        ["BlackmanWindow"] = One(call => Window(call, 0.42, 0.5, 0.08)),
        ["HammingWindow"] = One(call => Window(call, 25.0 / 46, 21.0 / 46, 0)),
        ["HannWindow"] = One(call => Window(call, 0.5, 0.5, 0)),
    };

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
