using Nabla.Ops.Recurrent;

namespace Nabla.Onnx.Export.Translations;

/// <summary>The weights of recurrent operators: gates in the order of the format, units first, one direction.</summary>
internal static class RecurrentWeights
{
    /// <summary>The names of the kernel <c>[1, gates * units, features]</c>, the recurrent one, and both biases <c>[1, 2 * gates * units]</c>.</summary>
    public static string[] Write(NodeExport node, RecurrentCell cell, RecurrentProjection projection)
    {
        Tensor recurrent = node.Baked(1) ?? Dequantized(node) ?? throw node.Error("has a recurrent kernel that depends on inputs");
        Tensor recurrentBias = node.Baked(2) ?? throw node.Error("has a recurrent bias that depends on inputs");
        Tensor bias = projection.Bias ?? Tensor.Zeros(recurrentBias.Shape, recurrentBias.DataType);
        string kernelName = projection.KernelName;
        string biasName = Baking.NameOfBias(node.Inputs[1], node.Inputs[2]);
        return
        [
            node.Model.Weight(kernelName, UnitsFirst(projection.Kernel, cell)),
            node.Model.Weight(Baking.NameOf(node.Inputs[1]), UnitsFirst(recurrent, cell)),
            node.Model.Weight(biasName, ShapeOps.Concatenate(0, Ordered(bias, cell), Ordered(recurrentBias, cell)).ExpandDimensions(0)),
        ];
    }

    // The operators take floats alone: a kernel of bytes is written as what it stands for.
    private static Tensor? Dequantized(NodeExport node) => DequantizedSide.Weights(node, node.Inputs[1]) is var (bytes, scale, zeroPoint, side)
        ? bytes.Dequantize(scale, zeroPoint, side.Axis)
        : null;

    private static Tensor UnitsFirst(Tensor kernel, RecurrentCell cell) => Ordered(kernel, cell).Transpose(1, 0).ExpandDimensions(0);

    private static Tensor Ordered(Tensor x, RecurrentCell cell)
    {
        Tensor[] gates = x.Split(-1, cell.Gates());
        return ShapeOps.Concatenate(-1, [.. Order(cell).Select(gate => gates[gate])]);
    }

    // From input, forget, candidate, output to input, output, forget, candidate; from reset, update, candidate to update, reset, candidate.
    private static int[] Order(RecurrentCell cell) => cell switch
    {
        RecurrentCell.Lstm => [0, 3, 1, 2],
        RecurrentCell.Gru => [1, 0, 2],
        _ => [0],
    };
}
