using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>One function over the elements of a tile.</summary>
internal abstract unsafe class TileStep<T>
    where T : unmanaged
{
    /// <summary>The loop of an elementwise op.</summary>
    public static TileStep<T> Of(ElementwiseOp op)
    {
        Finder finder = new();
        op.Accept(finder);
        return finder.Found!;
    }

    /// <summary>Computes <paramref name="count"/> elements; the result may lie where an operand lies.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public abstract void Run(T* x, T* y, T* result, int count);

    private sealed class Finder : IFunctionVisitor
    {
        public TileStep<T>? Found { get; private set; }

        public void Unary<TFunction>(TFunction function)
            where TFunction : struct, IUnaryFunction => Found = new UnaryStep<TFunction>(function);

        public void Binary<TFunction>(TFunction function)
            where TFunction : struct, IBinaryFunction => Found = new BinaryStep<TFunction>(function);

        public void Compare<TComparison>(TComparison comparison)
            where TComparison : struct, IComparison => throw new NotSupportedException("Chains hold numbers of one type: a comparison makes booleans.");

        public void Choose() => throw new NotSupportedException("Chains hold numbers of one type: a choice reads booleans.");
    }

    private sealed class UnaryStep<TFunction>(TFunction function) : TileStep<T>
        where TFunction : struct, IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(T* x, T* y, T* result, int count)
        {
            TFunction f = function;
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                f.Invoke(Vector512.Load(x + index)).Store(result + index);
            }

            if (index < count)
            {
                Rows.StoreFirst(f.Invoke(Rows.LoadFirst(x + index, count - index)), result + index, count - index);
            }
        }
    }

    private sealed class BinaryStep<TFunction>(TFunction function) : TileStep<T>
        where TFunction : struct, IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public override void Run(T* x, T* y, T* result, int count)
        {
            TFunction f = function;
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                f.Invoke(Vector512.Load(x + index), Vector512.Load(y + index)).Store(result + index);
            }

            if (index < count)
            {
                int rest = count - index;
                Rows.StoreFirst(f.Invoke(Rows.LoadFirst(x + index, rest), Rows.LoadFirst(y + index, rest)), result + index, rest);
            }
        }
    }
}
