using Nabla.Backends.Cpu.Products;
using Nabla.Ops.Products;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Packs the right operands of matrix products once instead of in each run where they are steady. It is for products of some rows, which cost little more
/// than packing does, and for as many weights as may stand in memory twice.
/// </summary>
internal static class ProductPackingPass
{
    private const int MostRows = 4096;
    private const long MostElements = 16 << 20;

    /// <summary>The same function, with right operands packed by ops of their own.</summary>
    public static Graph PackProducts(this Graph graph)
    {
        Steadiness steady = new(graph.Writes);
        long elements = 0;
        return graph.Rewrite((node, inputs, builder) =>
        {
            if (!IsPlain(node) || !steady.Holds(inputs[1]) || steady.Holds(node) || PackedProductKernels.PackingOf(inputs[0].Type, inputs[1].Type) is not { } packing
                || elements + packing.Elements > MostElements)
            {
                return null;
            }

            elements += packing.Elements;
            return builder.Add(new PackedProduct(node.Op, inputs[1].Type.Shape), [inputs[0], builder.Add(packing, inputs[1])[0], .. inputs[2..]]);
        });
    }

    private static bool IsPlain(Node node) => node.Op switch
    {
        DenseProduct => true,
        MatMul { TransposeLeft: false, TransposeRight: false } => node.Inputs.All(input => input.Type.Shape.Rank == 2),
        _ => false,
    } && node.Inputs[0].Type.Shape[0] <= MostRows;
}
