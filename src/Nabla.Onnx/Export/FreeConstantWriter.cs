using Nabla.Graphs.Free;

namespace Nabla.Onnx.Export;

/// <summary>Writes constants whose shape, or whose value, depends on free sizes.</summary>
internal static class FreeConstantWriter
{
    /// <summary>The name of the whole constant.</summary>
    public static string Write(FreeConstant constant, SizeWriter sizes, NodeWriter nodes)
    {
        string block = Block(constant, sizes, nodes);
        return IsWhole(constant) ? block : nodes.Add("Expand", [block, sizes.Of(constant.Shape)]);
    }

    /// <summary>The name of what, repeated along axes of size 1, is the constant: enough where an operator repeats it by itself.</summary>
    public static string Block(FreeConstant constant, SizeWriter sizes, NodeWriter nodes)
    {
        if (constant is FreeFill fill)
        {
            return sizes.Number(fill.Number, fill.Type);
        }

        FreeBlock block = (FreeBlock)constant;
        string name = nodes.Model.Weight("constant", block.Tensor);
        int[] cut = [.. Enumerable.Range(0, block.Shape.Count).Where(axis => block.Shape[axis].Fixed is null && block.Tensor.Shape[axis] != 1)];
        return cut.Aggregate(name, (whole, axis) => nodes.Add(
            "Slice", [whole, nodes.Model.Integers(0), sizes.Of(block.Shape[axis]), nodes.Model.Integers(axis)]));
    }

    private static bool IsWhole(FreeConstant constant) => constant switch
    {
        FreeFill fill => fill.Shape.Count == 0,
        FreeBlock block => Enumerable.Range(0, block.Shape.Count).All(axis => block.Tensor.Shape[axis] != 1 || block.Shape[axis].Fixed == 1),
        _ => false,
    };
}
