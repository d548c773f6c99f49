// One loop for all elementwise ops: the op hands over its function as a type, so each function gets a loop of its own at
// compile time. A tensor is walked as rows whose inner axis is contiguous or a repeated value in each input; the last lanes of
// a row go through the same vector code by way of a buffer on the stack. Rows are cut into pieces by shape alone.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Computes elementwise ops.</summary>
internal static class ElementwiseKernel
{
    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<ElementwiseOp>((op, inputs, outputs) => op.Accept(new Dispatch(inputs, outputs[0])));

    private sealed class Dispatch(Tensor[] inputs, Tensor output) : IFunctionVisitor
    {
        public void Unary<TFunction>(TFunction function)
            where TFunction : struct, IUnaryFunction
        {
            RowWalk walk = RowWalk.Of(output.Shape, output.Shape, output.Shape);
            if (output.DataType == DataType.Float32)
            {
                WorkerPool.Run(walk.Pieces, new UnaryRows<float, TFunction>(function, inputs[0], output, walk));
            }
            else
            {
                WorkerPool.Run(walk.Pieces, new UnaryRows<double, TFunction>(function, inputs[0], output, walk));
            }
        }

        public void Binary<TFunction>(TFunction function)
            where TFunction : struct, IBinaryFunction
        {
            RowWalk walk = RowWalk.Of(output.Shape, inputs[0].Shape, inputs[1].Shape);
            switch (output.DataType)
            {
                case DataType.Float32: Run<float, TFunction>(function, walk); break;
                case DataType.Float64: Run<double, TFunction>(function, walk); break;
                case DataType.Int32: Run<int, TFunction>(function, walk); break;
                case DataType.Int64: Run<long, TFunction>(function, walk); break;
                default: Run<byte, TFunction>(function, walk); break;
            }
        }

        private void Run<T, TFunction>(TFunction function, RowWalk walk)
            where T : unmanaged
            where TFunction : struct, IBinaryFunction =>
            WorkerPool.Run(walk.Pieces, new BinaryRows<T, TFunction>(function, inputs[0], inputs[1], output, walk));
    }

    private readonly unsafe struct UnaryRows<T, TFunction>(TFunction function, Tensor input, Tensor output, RowWalk walk) : IPieceBody
        where T : unmanaged
        where TFunction : struct, IUnaryFunction
    {
        public void Run(int piece)
        {
            (long start, long end) = walk.Elements(piece);
            T* x = input.Pointer<T>();
            T* y = output.Pointer<T>();
            TFunction f = function;
            long index = start;
            for (; index <= end - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                f.Invoke(Vector512.Load(x + index)).Store(y + index);
            }

            if (index < end)
            {
                Rows.StoreFirst(f.Invoke(Rows.LoadFirst(x + index, (int)(end - index))), y + index, (int)(end - index));
            }
        }
    }

    private readonly unsafe struct BinaryRows<T, TFunction>(TFunction function, Tensor left, Tensor right, Tensor output, RowWalk walk) : IPieceBody
        where T : unmanaged
        where TFunction : struct, IBinaryFunction
    {
        public void Run(int piece)
        {
            if (walk.IsFlat)
            {
                (long start, long end) = walk.Elements(piece);
                Row(left.Pointer<T>() + start, 1, right.Pointer<T>() + start, 1, output.Pointer<T>() + start, end - start);
                return;
            }

            (long first, long last) = walk.RowsOf(piece);
            for (long row = first; row < last; row++)
            {
                (long x, long y) = walk.Offsets(row);
                Row(left.Pointer<T>() + x, walk.LeftStride, right.Pointer<T>() + y, walk.RightStride, output.Pointer<T>() + (row * walk.Inner), walk.Inner);
            }
        }

        private void Row(T* x, int strideX, T* y, int strideY, T* result, long count)
        {
            TFunction f = function;
            Vector512<T> constantX = count > 0 ? Vector512.Create(*x) : default;
            Vector512<T> constantY = count > 0 ? Vector512.Create(*y) : default;
            long index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                f.Invoke(strideX == 0 ? constantX : Vector512.Load(x + index), strideY == 0 ? constantY : Vector512.Load(y + index)).Store(result + index);
            }

            if (index < count)
            {
                int rest = (int)(count - index);
                Vector512<T> restX = strideX == 0 ? constantX : Rows.LoadFirst(x + index, rest);
                Vector512<T> restY = strideY == 0 ? constantY : Rows.LoadFirst(y + index, rest);
                Rows.StoreFirst(f.Invoke(restX, restY), result + index, rest);
            }
        }
    }
}
