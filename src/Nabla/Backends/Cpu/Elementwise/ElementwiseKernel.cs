// One loop for all elementwise ops: the op hands over its function as a type, so each function gets a loop of its own at
// compile time. A tensor is walked as rows whose inner axis is contiguous or a repeated value in each input; the last lanes of
// a row go through the same vector code by way of a buffer on the stack. Rows are cut into pieces by shape alone.
// A loop is never expanded into its caller: there it would count as code of unknown use beside measured code, and the compiler would no longer
// expand the function within it, which makes it up to six times slower.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>Computes elementwise ops.</summary>
internal static class ElementwiseKernel
{
    [ThreadStatic]
    private static Dispatch? t_dispatch;

    [ModuleInitializer]
    internal static void Register() => CpuBackend.Register<ElementwiseOp>((op, inputs, outputs) => (t_dispatch ??= new Dispatch()).Run(op, inputs, outputs[0]));

    /// <summary>Hands tensors to the loop of an op; each thread uses its own again and again.</summary>
    private sealed class Dispatch : IFunctionVisitor
    {
        private Tensor[] inputs = [];
        private Tensor output = null!;

        public void Run(ElementwiseOp op, Tensor[] arguments, Tensor result)
        {
            (inputs, output) = (arguments, result);
            op.Accept(this);
            (inputs, output) = ([], null!);
        }

        public void Unary<TFunction>(TFunction function)
            where TFunction : struct, IUnaryFunction =>
            ElementTypes.Number(output.DataType, new UnaryBody<TFunction>(function, inputs[0], output));

        public void Binary<TFunction>(TFunction function)
            where TFunction : struct, IBinaryFunction =>
            ElementTypes.Number(output.DataType, new BinaryBody<TFunction>(function, inputs[0], inputs[1], output));

        public void Compare<TComparison>(TComparison comparison)
            where TComparison : struct, IComparison =>
            ElementTypes.Number(inputs[0].DataType, new ComparisonBody<TComparison>(comparison, inputs[0], inputs[1], output));

        public void Choose() => ElementTypes.Moving(output.DataType, new ChoiceBody(inputs[0], inputs[1], inputs[2], output));
    }

    private readonly struct UnaryBody<TFunction>(TFunction function, Tensor input, Tensor output) : INumberBody
        where TFunction : struct, IUnaryFunction
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            RowWalk walk = RowWalk.Of(output.Shape, input.Shape);
            WorkerPool.Run(walk.Pieces, new UnaryRows<T, TFunction>(function, input, output, walk, Streaming.Pays(output, input)));
        }
    }

    private readonly struct BinaryBody<TFunction>(TFunction function, Tensor left, Tensor right, Tensor output) : INumberBody
        where TFunction : struct, IBinaryFunction
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            RowWalk walk = RowWalk.Of(output.Shape, left.Shape, right.Shape);
            WorkerPool.Run(walk.Pieces, new BinaryRows<T, TFunction>(function, left, right, output, walk, Streaming.Pays(output, left, right)));
        }
    }

    private readonly unsafe struct UnaryRows<T, TFunction>(TFunction function, Tensor input, Tensor output, RowWalk walk, bool streams) : IPieceBody
        where T : unmanaged
        where TFunction : struct, IUnaryFunction
    {
        // One row over all elements: the input has the shape of the output.
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(int piece)
        {
            RowWalk.RowCursor run = walk.Start(piece, []);
            T* x = input.Pointer<T>() + run.Target;
            T* y = output.Pointer<T>() + run.Target;
            bool past = streams && Streaming.CanBegin(y);
            TFunction f = function;
            int index = 0;
            for (; index <= run.Count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                Streaming.Store(f.Invoke(Vector512.Load(x + index)), y + index, past);
            }

            if (index < run.Count)
            {
                Last(x + index, y + index, run.Count - index);
            }

            if (past)
            {
                Streaming.End();
            }
        }

        // Apart, so that the function is compiled into the loop above once and in full.
        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Last(T* x, T* y, int count) => Rows.StoreFirst(function.Invoke(Rows.LoadFirst(x, count)), y, count);
    }

    private readonly unsafe struct BinaryRows<T, TFunction>(TFunction function, Tensor left, Tensor right, Tensor output, RowWalk walk, bool streams)
        : IPieceBody
        where T : unmanaged
        where TFunction : struct, IBinaryFunction
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
                Row(left.Pointer<T>() + run[0], walk.Repeats(0), right.Pointer<T>() + run[1], walk.Repeats(1), output.Pointer<T>() + run.Target, run.Count);
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
                    group.Operand(0, left.Pointer<T>(), lefts), false, group.Operand(1, right.Pointer<T>(), rights), false, output.Pointer<T>() + group.Target, group.Count);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        private void Row(T* x, bool repeatX, T* y, bool repeatY, T* result, int count)
        {
            bool past = streams && Streaming.CanBegin(result);
            TFunction f = function;
            Vector512<T> constantX = Vector512.Create(*x);
            Vector512<T> constantY = Vector512.Create(*y);
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                Vector512<T> lanes = f.Invoke(repeatX ? constantX : Vector512.Load(x + index), repeatY ? constantY : Vector512.Load(y + index));
                Streaming.Store(lanes, result + index, past);
            }

            if (index < count)
            {
                Last(repeatX ? x : x + index, repeatX, repeatY ? y : y + index, repeatY, result + index, count - index);
            }

            if (past)
            {
                Streaming.End();
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Last(T* x, bool repeatX, T* y, bool repeatY, T* result, int count)
        {
            Vector512<T> lanesX = repeatX ? Vector512.Create(*x) : Rows.LoadFirst(x, count);
            Vector512<T> lanesY = repeatY ? Vector512.Create(*y) : Rows.LoadFirst(y, count);
            Rows.StoreFirst(function.Invoke(lanesX, lanesY), result, count);
        }
    }
}
