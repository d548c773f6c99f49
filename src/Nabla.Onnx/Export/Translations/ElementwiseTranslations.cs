using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Ops.Elementwise;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Elementwise ops, in the form in which their inputs stand.</summary>
internal static class ElementwiseTranslations
{
    public static void Translate(NodeExport node, ElementwiseOp op)
    {
        if (op is Binary<Multiply> && ReductionTranslations.TryMean(node))
        {
            return;
        }

        Shape form = node.Inputs.Select(input => input.Type.Shape.Rank == node.Rank ? node.Values.FormOf(input) : null).FirstOrDefault(found => found is not null)
            ?? StoredValues.Natural(node.Rank);
        FunctionWriter writer = new(node.Write, Operands(node, form), node.Inputs[^1].Type.DataType);
        op.Accept(writer);
        node.Give(writer.Result ?? throw node.Error("has no operator in the format"), form);
    }

    // A constant that is repeated need not be, as long as the others decide the shape.
    private static string[] Operands(NodeExport node, Shape form)
    {
        FreeConstant?[] repeated = [.. node.Inputs.Select(input => input is Constant constant && node.Graph.Baking.Of(constant) is null ? node.Graph.Graph.ConstantOf(constant) : null)];
        bool decided = DecideShape(node, repeated);
        return [.. node.Inputs.Select((input, index) => repeated[index] is { } constant && decided && FitsForm(constant, form)
            ? FreeConstantWriter.Block(constant, node.Sizes, node.Write)
            : node.Values.Operand(input, form))];
    }

    private static bool DecideShape(NodeExport node, FreeConstant?[] repeated)
    {
        FreeShape result = node.ResultShape();
        return Enumerable.Range(0, result.Count).All(axis => result[axis].Fixed == 1
            || node.Inputs.Select((_, index) => SizeOf(index, axis)).Any(size => size is not null && size.Equals(result[axis])));

        FreeSize? SizeOf(int input, int axis)
        {
            FreeShape shape = node.Shape(input);
            int at = axis - (result.Count - shape.Count);
            return at < 0 ? null : repeated[input] is { } constant ? SizeOfBlock(constant, at) : shape[at];
        }
    }

    private static FreeSize? SizeOfBlock(FreeConstant constant, int axis) => constant is FreeBlock block && block.Tensor.Shape[axis] != 1 ? block.Shape[axis] : null;

    private static bool FitsForm(FreeConstant constant, Shape form) =>
        constant is FreeFill || ((FreeBlock)constant).Tensor.ElementCount == 1 || form == StoredValues.Natural(form.Rank);
}
