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
        if (walk.IsShort)
        {
            RunShort(piece);
            return;
        }

        (bool repeatX, bool repeatY) = (walk.Repeats(1), walk.Repeats(2));
        RowWalk.RowCursor run = walk.Start(piece, stackalloc int[walk.OuterRank]);
        do
        {
            byte* chosen = condition.Pointer<byte>() + run[0];
            T* x = left.Pointer<T>() + run[1];
            T* y = right.Pointer<T>() + run[2];
            T* result = output.Pointer<T>() + run.Target;
            if (walk.Repeats(0))
            {
                Copy(*chosen != 0 ? x : y, *chosen != 0 ? repeatX : repeatY, new Span<T>(result, run.Count));
            }
            else
            {
                Row(chosen, x, repeatX, y, repeatY, result, run.Count);
            }
        }
        while (run.Next());
    }

    private void RunShort(int piece)
    {
        RowGroups group = new(walk, piece, stackalloc int[walk.OuterRank], stackalloc long[RowGroups.Offsets]);
        byte* conditions = stackalloc byte[RowGroups.Elements];
        T* lefts = stackalloc T[RowGroups.Elements];
        T* rights = stackalloc T[RowGroups.Elements];
        while (group.Next())
        {
            Row(
                group.Operand(0, condition.Pointer<byte>(), conditions), group.Operand(1, left.Pointer<T>(), lefts), false,
                group.Operand(2, right.Pointer<T>(), rights), false, output.Pointer<T>() + group.Target, group.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Row(byte* chosen, T* x, bool repeatX, T* y, bool repeatY, T* result, int count)
    {
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
