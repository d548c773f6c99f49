using Nabla.Backends.Cpu;
using Nabla.Ops.Quantization;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Computes what depends on constants alone. Large results stay ops unless their inputs are as large: a repeated number is not written out. Bytes that
/// stand for numbers stay bytes, which products may multiply.
/// </summary>
internal static class ConstantFoldingPass
{
    private const long SmallBytes = 1 << 14;

    /// <summary>The graph with such results as constants.</summary>
    public static Graph FoldConstants(this Graph graph) => graph.Rewrite((node, inputs, _) => IsFoldable(node, inputs)
        ? [.. Compute(node, inputs).Select(tensor => new Constant(tensor))]
        : null);

    private static bool IsFoldable(Node node, Value[] inputs) => !node.Op.IsSymbolic && node.Op is not (Dequantize or FakeQuantize) && inputs.Length > 0 && inputs.All(input => input is Constant)
        && node.Results.Sum(result => result.Type.ByteCount) <= Math.Max(SmallBytes, inputs.Sum(input => input.Type.ByteCount));

    private static Tensor[] Compute(Node node, Value[] inputs)
    {
        Tensor[] tensors = [.. inputs.Cast<Constant>().Select(constant => constant.Tensor)];
        Tensor[] results = CpuBackend.Instance.Run(node.Op, tensors, [.. node.Results.Select(result => result.Type)]);
        GC.KeepAlive(tensors);
        return results;
    }
}
