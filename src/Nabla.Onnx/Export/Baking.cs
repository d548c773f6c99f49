using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Graphs.Free;

namespace Nabla.Onnx.Export;

/// <summary>Computes what a model has as tensors: parameters and constants, and what follows from them alone, such as folded weights.</summary>
internal sealed class Baking(FreeGraph graph)
{
    private const long SmallBytes = 1 << 16;

    private readonly Dictionary<Value, Tensor?> known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The tensor; null where it depends on inputs or on free sizes, or is much larger than what it is made from.</summary>
    public Tensor? Of(Value value)
    {
        if (!known.TryGetValue(value, out Tensor? tensor))
        {
            known[value] = tensor = value switch
            {
                CellValue cell => cell.Cell.Held,
                Constant constant when graph.HasFixedShape(constant) && graph.ConstantOf(constant) is FreeBlock block => block.Tensor,
                Result result => Compute(result),
                _ => null,
            };
        }

        return tensor;
    }

    /// <summary>What it should be called: as the first parameter that it is made from, or as what made it.</summary>
    public static string NameOf(Value value) => FirstCell(value)?.Cell.Name ?? "constant";

    private static CellValue? FirstCell(Value value) => value switch
    {
        CellValue cell => cell,
        Result result => result.Node.Inputs.Select(FirstCell).FirstOrDefault(found => found is not null),
        _ => null,
    };

    private Tensor? Compute(Result result)
    {
        Node node = result.Node;
        if (node.Op.IsSymbolic || node.Inputs.Count == 0 || !graph.HasFixedOp(node) || !node.Results.All(graph.HasFixedShape))
        {
            return null;
        }

        Tensor[] inputs = [.. node.Inputs.Select(Of).TakeWhile(input => input is not null).OfType<Tensor>()];
        return inputs.Length == node.Inputs.Count && result.Type.ByteCount <= Math.Max(SmallBytes, inputs.Sum(input => input.Type.ByteCount))
            ? CpuBackend.Instance.Run(node.Op, inputs, [.. node.Results.Select(type => type.Type)])[result.Index]
            : null;
    }
}
