using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Chooses each element from one of two tensors, as booleans say.</summary>
internal readonly struct ChoiceBody(Tensor condition, Tensor left, Tensor right, Tensor output) : IMovingBody
{
    public void Run<T>()
        where T : unmanaged
    {
        RowWalk walk = RowWalk.Of(output.Shape, condition.Shape, left.Shape, right.Shape);
        WorkerPool.Run(walk.Pieces, new ChoiceRows<T>(condition, left, right, output, walk));
    }
}

/// <summary>The rows of a choice, 64 elements at a time.</summary>
internal readonly unsafe struct ChoiceRows<T>(Tensor condition, Tensor left, Tensor right, Tensor output, RowWalk walk) : IPieceBody
    where T : unmanaged
{
    public void Run(int piece)
    {
        RowWalk.RowCursor run = walk.Start(piece, stackalloc int[walk.OuterRank]);
        do
        {
            Row(condition.Pointer<byte>() + run[0], left.Pointer<T>() + run[1], right.Pointer<T>() + run[2], output.Pointer<T>() + run.Target, run.Count);
        }
        while (run.Next());
    }

    private void Row(byte* chosen, T* x, T* y, T* result, int count)
    {
        if (walk.Repeats(0))
        {
            Copy(*chosen != 0 ? x : y, walk.Repeats(*chosen != 0 ? 1 : 2), new Span<T>(result, count));
            return;
        }

        (bool repeatX, bool repeatY) = (walk.Repeats(1), walk.Repeats(2));
        Vector512<T> constantX = Vector512.Create(*x);
        Vector512<T> constantY = Vector512.Create(*y);
        int index = 0;
        for (; index <= count - MaskBits.Block; index += MaskBits.Block)
        {
            ulong bits = MaskBits.FromBooleans(Vector512.Load(chosen + index));
            for (int part = index; part < index + MaskBits.Block; part += Vector512<T>.Count)
            {
                Vector512<T> a = repeatX ? constantX : Vector512.Load(x + part);
                Vector512<T> b = repeatY ? constantY : Vector512.Load(y + part);
                Vector512.ConditionalSelect(MaskBits.ToMask<T>(bits >> (part - index)), a, b).Store(result + part);
            }
        }

        for (; index < count; index++)
        {
            result[index] = chosen[index] != 0 ? x[repeatX ? 0 : index] : y[repeatY ? 0 : index];
        }
    }

    private static void Copy(T* source, bool repeats, Span<T> target)
    {
        if (repeats)
        {
            target.Fill(*source);
        }
        else
        {
            Unsafe.CopyBlockUnaligned(Unsafe.AsPointer(ref target[0]), source, (uint)(target.Length * sizeof(T)));
        }
    }
}
