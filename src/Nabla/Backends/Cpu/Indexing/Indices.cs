using System.Numerics;
using System.Numerics.Tensors;
using Nabla.Ops;

namespace Nabla.Backends.Cpu.Indexing;

/// <summary>Checks indices once, before kernels use them as they are.</summary>
internal static unsafe class Indices
{
    /// <summary>The indices of a tensor as int32, all of which are from 0 up to, not including, a size.</summary>
    /// <exception cref="ArgumentException">One of them is not.</exception>
    public static int* Checked(Op op, Tensor indices, int size)
    {
        if (indices.DataType == DataType.Int32)
        {
            Check(op, new ReadOnlySpan<int>(indices.Pointer<int>(), indices.ElementCount), size, indices.Shape);
            return indices.Pointer<int>();
        }

        ReadOnlySpan<long> wide = new(indices.Pointer<long>(), indices.ElementCount);
        Check(op, wide, size, indices.Shape);
        int* narrow = Scratch.Get<int>(ScratchUse.Indices, indices.ElementCount);
        TensorPrimitives.ConvertTruncating(wide, new Span<int>(narrow, wide.Length));
        return narrow;
    }

    private static void Check<T>(Op op, ReadOnlySpan<T> indices, int size, Shape shape)
        where T : IBinaryInteger<T>
    {
        for (int position = 0; position < indices.Length; position++)
        {
            if (T.IsNegative(indices[position]) || indices[position] >= T.CreateTruncating(size))
            {
                throw new ArgumentException($"{op.Name} expects indices from 0 to {size - 1} but got {indices[position]} at {Position(position, shape)} of {shape}.");
            }
        }
    }

    private static Shape Position(int position, Shape shape)
    {
        int[] index = new int[shape.Rank];
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            (position, index[axis]) = Math.DivRem(position, shape[axis]);
        }

        return index;
    }
}
