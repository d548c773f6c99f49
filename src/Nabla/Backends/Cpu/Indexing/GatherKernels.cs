// A tensor is seen as [outer, axis, inner], so that a part is a run of inner elements. Reading is cut by parts. Adding is cut by
// where it goes, so that no two pieces write the same place: each piece goes through all indices and adds those of its share,
// in order.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Indexing;

namespace Nabla.Backends.Cpu.Indexing;

/// <summary>Reads and adds to the parts of a tensor that indices name.</summary>
internal static unsafe class GatherKernels
{
    private const int PieceElements = 1 << 14;
    private const int MostShares = 16;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Gather>((op, inputs, outputs) =>
        {
            int* indices = Indices.Checked(op, inputs[1], inputs[0].Shape[op.Axis]);
            ElementTypes.Moving(outputs[0].DataType, new GatherBody(op.Axis, inputs[0], indices, inputs[1].ElementCount, outputs[0]));
        });
        CpuBackend.Register<Scatter>((op, inputs, outputs) =>
        {
            int* indices = Indices.Checked(op, inputs[1], op.Size);
            ElementTypes.Number(outputs[0].DataType, new ScatterBody(op.Axis, inputs[0], indices, inputs[1].ElementCount, outputs[0]));
        });
    }

    private readonly struct GatherBody(int axis, Tensor input, int* indices, int count, Tensor output) : IMovingBody
    {
        public void Run<T>()
            where T : unmanaged
        {
            Shape shape = input.Shape;
            (int outer, int inner) = (shape.Product(0, axis), shape.Product(axis + 1, shape.Rank));
            int parts = outer * count;
            int together = Math.Max(1, PieceElements / Math.Max(1, inner));
            WorkerPool.Run((parts + together - 1) / together, new GatherPieces<T>(input.Pointer<T>(), indices, output.Pointer<T>(), parts, count, shape[axis], inner, together));
        }
    }

    private readonly struct GatherPieces<T>(T* input, int* indices, T* output, int parts, int count, int size, int inner, int together) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            int end = (int)Math.Min(parts, ((long)piece + 1) * together);
            for (int part = piece * together; part < end; part++)
            {
                (int outer, int index) = Math.DivRem(part, count);
                T* source = input + ((((nint)outer * size) + indices[index]) * inner);
                T* target = output + ((nint)part * inner);
                if (inner == 1)
                {
                    *target = *source;
                }
                else
                {
                    new ReadOnlySpan<T>(source, inner).CopyTo(new Span<T>(target, inner));
                }
            }
        }
    }

    private readonly struct ScatterBody(int axis, Tensor updates, int* indices, int count, Tensor output) : INumberBody
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            Shape shape = output.Shape;
            (int outer, int size, int inner) = (shape.Product(0, axis), shape[axis], shape.Product(axis + 1, shape.Rank));
            int shares = (int)Math.Clamp((long)count * inner / PieceElements, 1, Math.Min(MostShares, Math.Max(1, size)));
            WorkerPool.Run(outer * shares, new ScatterPieces<T>(updates.Pointer<T>(), indices, output.Pointer<T>(), count, size, inner, shares));
        }
    }

    private readonly struct ScatterPieces<T>(T* updates, int* indices, T* output, int count, int size, int inner, int shares) : IPieceBody
        where T : unmanaged, INumber<T>
    {
        public void Run(int piece)
        {
            (int outer, int share) = Math.DivRem(piece, shares);
            int first = (int)((long)size * share / shares);
            int end = (int)((long)size * (share + 1) / shares);
            T* target = output + ((nint)outer * size * inner);
            new Span<byte>(target + ((nint)first * inner), checked((end - first) * inner * sizeof(T))).Clear();
            for (int update = 0; update < count; update++)
            {
                int index = indices[update];
                if (index >= first && index < end)
                {
                    Add(updates + ((((nint)outer * count) + update) * inner), target + ((nint)index * inner));
                }
            }
        }

        private void Add(T* source, T* target)
        {
            int index = 0;
            for (; index <= inner - Vector<T>.Count; index += Vector<T>.Count)
            {
                (Vector.Load(target + index) + Vector.Load(source + index)).Store(target + index);
            }

            for (; index < inner; index++)
            {
                target[index] += source[index];
            }
        }
    }
}
