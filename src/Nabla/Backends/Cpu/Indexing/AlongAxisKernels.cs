// A tensor is seen as [outer, axis, inner]; the indices are [outer, taken, inner]. An outer part is done by one piece, so that
// what is added to one place is added in order.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Indexing;

namespace Nabla.Backends.Cpu.Indexing;

/// <summary>Reads and adds to the elements along an axis that indices name.</summary>
internal static unsafe class AlongAxisKernels
{
    private const int PieceElements = 1 << 13;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<TakeAlongAxis>((op, inputs, outputs) =>
        {
            int* indices = Indices.Checked(op, inputs[1], inputs[0].Shape[op.Axis]);
            ElementTypes.Moving(outputs[0].DataType, new TakeBody(op.Axis, inputs[0], indices, outputs[0]));
        });
        CpuBackend.Register<AddAlongAxis>((op, inputs, outputs) =>
        {
            int* indices = Indices.Checked(op, inputs[1], op.Size);
            ElementTypes.Number(outputs[0].DataType, new AddBody(op.Axis, inputs[0], indices, outputs[0]));
        });
        CpuBackend.Register<OneHot>((op, inputs, outputs) =>
        {
            int* indices = Indices.Checked(op, inputs[0], op.Depth);
            ElementTypes.Number(outputs[0].DataType, new OneHotBody(indices, inputs[0].ElementCount, op.Depth, outputs[0]));
        });
    }

    private static int Together(int elements) => Math.Max(1, PieceElements / Math.Max(1, elements));

    private readonly struct TakeBody(int axis, Tensor input, int* indices, Tensor output) : IMovingBody
    {
        public void Run<T>()
            where T : unmanaged
        {
            Shape shape = input.Shape;
            (int outer, int inner, int taken) = (shape.Product(0, axis), shape.Product(axis + 1, shape.Rank), output.Shape[axis]);
            int together = Together(taken * inner);
            WorkerPool.Run((outer + together - 1) / together, new TakePieces<T>(input.Pointer<T>(), indices, output.Pointer<T>(), outer, shape[axis], inner, taken, together));
        }
    }

    private readonly struct TakePieces<T>(T* input, int* indices, T* output, int outer, int size, int inner, int taken, int together) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            int end = (int)Math.Min(outer, ((long)piece + 1) * together);
            for (int part = piece * together; part < end; part++)
            {
                T* source = input + ((nint)part * size * inner);
                nint at = (nint)part * taken * inner;
                for (int row = 0; row < taken; row++)
                {
                    for (int column = 0; column < inner; column++, at++)
                    {
                        output[at] = source[((nint)indices[at] * inner) + column];
                    }
                }
            }
        }
    }

    private readonly struct AddBody(int axis, Tensor updates, int* indices, Tensor output) : INumberBody
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            Shape shape = output.Shape;
            (int outer, int inner, int taken) = (shape.Product(0, axis), shape.Product(axis + 1, shape.Rank), updates.Shape[axis]);
            int together = Together(shape[axis] * inner);
            WorkerPool.Run((outer + together - 1) / together, new AddPieces<T>(updates.Pointer<T>(), indices, output.Pointer<T>(), outer, shape[axis], inner, taken, together));
        }
    }

    private readonly struct AddPieces<T>(T* updates, int* indices, T* output, int outer, int size, int inner, int taken, int together) : IPieceBody
        where T : unmanaged, INumber<T>
    {
        public void Run(int piece)
        {
            int end = (int)Math.Min(outer, ((long)piece + 1) * together);
            for (int part = piece * together; part < end; part++)
            {
                T* target = output + ((nint)part * size * inner);
                new Span<T>(target, size * inner).Clear();
                nint at = (nint)part * taken * inner;
                for (int row = 0; row < taken; row++)
                {
                    for (int column = 0; column < inner; column++, at++)
                    {
                        target[((nint)indices[at] * inner) + column] += updates[at];
                    }
                }
            }
        }
    }

    private readonly struct OneHotBody(int* indices, int count, int depth, Tensor output) : INumberBody
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            int together = Together(depth);
            WorkerPool.Run((count + together - 1) / together, new OneHotPieces<T>(indices, output.Pointer<T>(), count, depth, together));
        }
    }

    private readonly struct OneHotPieces<T>(int* indices, T* output, int count, int depth, int together) : IPieceBody
        where T : unmanaged, INumber<T>
    {
        public void Run(int piece)
        {
            int end = (int)Math.Min(count, ((long)piece + 1) * together);
            for (int row = piece * together; row < end; row++)
            {
                Span<T> target = new(output + ((nint)row * depth), depth);
                target.Clear();
                target[indices[row]] = T.One;
            }
        }
    }
}
