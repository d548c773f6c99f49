using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Ops.Quantization;

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
                Result result when result.Node.Op is not Dequantize => Compute(result),
                _ => null,
            };
        }

        return tensor;
    }

    /// <summary>
    /// What it should be called: as the parameter that it is made from, also as the kernel that others are folded into; what is made from several is
    /// called after the module of the first.
    /// </summary>
    public static string NameOf(Value value)
    {
        string[] cells = [.. Cells(value).Select(cell => cell.Cell.Name).Distinct()];
        return cells.Length == 0 ? "constant"
            : cells.Length == 1 || value.Type.Shape.Rank > 1 ? cells[0]
            : $"{ModuleOf(cells[0])}folded";
    }

    /// <summary>What the bias beside a kernel should be called.</summary>
    public static string NameOfBias(Value kernel, Value bias) => bias is CellValue ? NameOf(bias) : $"{ModuleOf(NameOf(kernel))}bias";

    private static string ModuleOf(string parameter) => parameter[..(parameter.LastIndexOf('.') + 1)];

    private static IEnumerable<CellValue> Cells(Value value) => value switch
    {
        CellValue cell => [cell],
        Result result => result.Node.Inputs.SelectMany(Cells),
        _ => [],
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
