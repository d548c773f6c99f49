using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>One function over the elements of a tile.</summary>
/// <remarks>
/// The last lanes are computed apart, so that a function is expanded once in a loop: without AVX-512 each operation is two of half the width, and the
/// compiler expands only so many in a method.
/// </remarks>
internal abstract unsafe class TileStep<T>
    where T : unmanaged
{
    /// <summary>The loop of an op. Booleans are lanes with all bits set or none.</summary>
    public static TileStep<T> Of(Op op)
    {
        if (op is Cast cast)
        {
            return cast.To == DataType.Bool ? new TruthStep() : new NumberStep();
        }

        Finder finder = new();
        ((ElementwiseOp)op).Accept(finder);
        return finder.Found!;
    }

    /// <summary>Computes <paramref name="count"/> elements; the result may lie where an operand lies.</summary>
    /// <param name="x">The first operand.</param>
    /// <param name="y">The second of three.</param>
    /// <param name="z">The last operand.</param>
    /// <param name="result">Where results are stored.</param>
    /// <param name="count">How many.</param>
    public abstract void Run(T* x, T* y, T* z, T* result, int count);

    private sealed class Finder : IFunctionVisitor
    {
        public TileStep<T>? Found { get; private set; }

        public void Unary<TFunction>(TFunction function)
            where TFunction : struct, IUnaryFunction => Found = new UnaryStep<TFunction>(function);

        public void Binary<TFunction>(TFunction function)
            where TFunction : struct, IBinaryFunction => Found = new BinaryStep<TFunction>(function);

        public void Compare<TComparison>(TComparison comparison)
            where TComparison : struct, IComparison => Found = new ComparisonStep<TComparison>(comparison);

        public void Choose() => Found = new ChoiceStep();
    }

    private sealed class UnaryStep<TFunction>(TFunction function) : TileStep<T>
        where TFunction : struct, IUnaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Run(T* x, T* y, T* z, T* result, int count)
        {
            TFunction f = function;
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                f.Invoke(Vector512.Load(x + index)).Store(result + index);
            }

            if (index < count)
            {
                Last(x + index, result + index, count - index);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Last(T* x, T* result, int count) => Rows.StoreFirst(function.Invoke(Rows.LoadFirst(x, count)), result, count);
    }

    private sealed class BinaryStep<TFunction>(TFunction function) : TileStep<T>
        where TFunction : struct, IBinaryFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Run(T* x, T* y, T* z, T* result, int count)
        {
            TFunction f = function;
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                f.Invoke(Vector512.Load(x + index), Vector512.Load(z + index)).Store(result + index);
            }

            if (index < count)
            {
                Last(x + index, z + index, result + index, count - index);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Last(T* x, T* z, T* result, int count) =>
            Rows.StoreFirst(function.Invoke(Rows.LoadFirst(x, count), Rows.LoadFirst(z, count)), result, count);
    }

    private sealed class ComparisonStep<TComparison>(TComparison comparison) : TileStep<T>
        where TComparison : struct, IComparison
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Run(T* x, T* y, T* z, T* result, int count)
        {
            TComparison f = comparison;
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                f.Invoke(Vector512.Load(x + index), Vector512.Load(z + index)).Store(result + index);
            }

            if (index < count)
            {
                Last(x + index, z + index, result + index, count - index);
            }
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private void Last(T* x, T* z, T* result, int count) =>
            Rows.StoreFirst(comparison.Invoke(Rows.LoadFirst(x, count), Rows.LoadFirst(z, count)), result, count);
    }

    private sealed class ChoiceStep : TileStep<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Run(T* x, T* y, T* z, T* result, int count)
        {
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                Vector512.ConditionalSelect(Vector512.Load(x + index), Vector512.Load(y + index), Vector512.Load(z + index)).Store(result + index);
            }

            if (index < count)
            {
                int rest = count - index;
                Vector512<T> chosen = Vector512.ConditionalSelect(Rows.LoadFirst(x + index, rest), Rows.LoadFirst(y + index, rest), Rows.LoadFirst(z + index, rest));
                Rows.StoreFirst(chosen, result + index, rest);
            }
        }
    }

    /// <summary>Whether a number differs from zero.</summary>
    private sealed class TruthStep : TileStep<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Run(T* x, T* y, T* z, T* result, int count)
        {
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                (~Vector512.Equals(Vector512.Load(x + index), Vector512<T>.Zero)).Store(result + index);
            }

            if (index < count)
            {
                Rows.StoreFirst(~Vector512.Equals(Rows.LoadFirst(x + index, count - index), Vector512<T>.Zero), result + index, count - index);
            }
        }
    }

    /// <summary>One for true and zero for false.</summary>
    private sealed class NumberStep : TileStep<T>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public override void Run(T* x, T* y, T* z, T* result, int count)
        {
            int index = 0;
            for (; index <= count - Vector512<T>.Count; index += Vector512<T>.Count)
            {
                (Vector512.Load(x + index) & Vector512<T>.One).Store(result + index);
            }

            if (index < count)
            {
                Rows.StoreFirst(Rows.LoadFirst(x + index, count - index) & Vector512<T>.One, result + index, count - index);
            }
        }
    }
}
