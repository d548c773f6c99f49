// 64 pairs are compared at a time, whatever the size of their elements: the answers are the bits of one number, which become
// 64 bytes. The last pairs of a row go through the same code by way of a buffer on the stack.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Compares each pair of elements.</summary>
internal readonly struct ComparisonBody<TComparison>(TComparison comparison, Tensor left, Tensor right, Tensor output) : INumberBody
    where TComparison : struct, IComparison
{
    public void Run<T>()
        where T : unmanaged, INumber<T>
    {
        RowWalk walk = RowWalk.Of(output.Shape, left.Shape, right.Shape);
        WorkerPool.Run(walk.Pieces, new ComparisonRows<T, TComparison>(comparison, left, right, output, walk));
    }
}

/// <summary>The rows of a comparison.</summary>
internal readonly unsafe struct ComparisonRows<T, TComparison>(TComparison comparison, Tensor left, Tensor right, Tensor output, RowWalk walk) : IPieceBody
    where T : unmanaged
    where TComparison : struct, IComparison
{
    public void Run(int piece)
    {
        if (walk.IsShort)
        {
            RunShort(piece);
            return;
        }

        RowWalk.RowCursor run = walk.Start(piece, stackalloc int[walk.OuterRank]);
        do
        {
            Row(left.Pointer<T>() + run[0], walk.Repeats(0), right.Pointer<T>() + run[1], walk.Repeats(1), output.Pointer<byte>() + run.Target, run.Count);
        }
        while (run.Next());
    }

    private void RunShort(int piece)
    {
        RowGroups group = new(walk, piece, stackalloc int[walk.OuterRank], stackalloc long[RowGroups.Offsets]);
        T* lefts = stackalloc T[RowGroups.Elements];
        T* rights = stackalloc T[RowGroups.Elements];
        while (group.Next())
        {
            Row(
                group.Operand(0, left.Pointer<T>(), lefts), false, group.Operand(1, right.Pointer<T>(), rights), false, output.Pointer<byte>() + group.Target, group.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Row(T* x, bool repeatX, T* y, bool repeatY, byte* result, int count)
    {
        int index = 0;
        for (; index <= count - MaskBits.Block; index += MaskBits.Block)
        {
            MaskBits.ToBooleans(Bits(repeatX ? x : x + index, repeatX, repeatY ? y : y + index, repeatY)).Store(result + index);
        }

        if (index < count)
        {
            int rest = count - index;
            T* lastX = stackalloc T[MaskBits.Block];
            T* lastY = stackalloc T[MaskBits.Block];
            Unsafe.CopyBlockUnaligned(lastX, repeatX ? x : x + index, (uint)((repeatX ? 1 : rest) * sizeof(T)));
            Unsafe.CopyBlockUnaligned(lastY, repeatY ? y : y + index, (uint)((repeatY ? 1 : rest) * sizeof(T)));
            Rows.StoreFirst(MaskBits.ToBooleans(Bits(lastX, repeatX, lastY, repeatY)), result + index, rest);
        }
    }

    private ulong Bits(T* x, bool repeatX, T* y, bool repeatY)
    {
        TComparison f = comparison;
        Vector512<T> constantX = Vector512.Create(*x);
        Vector512<T> constantY = Vector512.Create(*y);
        ulong bits = 0;
        for (int index = 0; index < MaskBits.Block; index += Vector512<T>.Count)
        {
            Vector512<T> mask = f.Invoke(repeatX ? constantX : Vector512.Load(x + index), repeatY ? constantY : Vector512.Load(y + index));
            bits |= mask.ExtractMostSignificantBits() << index;
        }

        return bits;
    }
}
