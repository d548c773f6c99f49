// A reduction over neighbouring axes sees [outer, reduced, inner]; others take one pass for each group of neighbours, the
// innermost first. With inner elements a pass goes down the rows, one lane a column; without, along the row in the lanes of one
// 64-byte vector, which are combined at the end: both orders are the same on every machine. A long reduced axis is cut into
// slices of fixed length, whose results are combined in order.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Ops.Reductions;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>Computes sums, products and extremes over axes.</summary>
internal static unsafe class ReductionKernels
{
    private const int SliceElements = 1 << 14;
    private const int FewestSliceRows = 256;

    [ModuleInitializer]
    internal static void Register()
    {
        CpuBackend.Register<Sum>((op, inputs, outputs) => ElementTypes.Number(outputs[0].DataType, new Body<SumReducer>(op.Axes, inputs[0], outputs[0])));
        CpuBackend.Register<Product>((op, inputs, outputs) => ElementTypes.Number(outputs[0].DataType, new Body<ProductReducer>(op.Axes, inputs[0], outputs[0])));
        CpuBackend.Register<Max>((op, inputs, outputs) => ElementTypes.Number(outputs[0].DataType, new Body<MaxReducer>(op.Axes, inputs[0], outputs[0])));
        CpuBackend.Register<Min>((op, inputs, outputs) =>
        {
            ElementTypes.Number(outputs[0].DataType, new Body<MinReducer>(op.Axes, inputs[0], outputs[0]));
            if (inputs[0].ElementCount == 0 && outputs[0].DataType == DataType.Bool)
            {
                outputs[0].WritableBytes().Fill(1);
            }
        });
    }

    private readonly struct Body<TReducer>(Shape axes, Tensor input, Tensor output) : INumberBody
        where TReducer : IReducer
    {
        public void Run<T>()
            where T : unmanaged, INumber<T>
        {
            Span<int> sizes = stackalloc int[input.Rank];
            input.Shape.AsSpan().CopyTo(sizes);
            T* source = input.Pointer<T>();
            T* between = null;
            T* other = null;
            for (int end = axes.Rank - 1; end >= 0;)
            {
                int start = end;
                while (start > 0 && axes[start - 1] == axes[start] - 1)
                {
                    start--;
                }

                (int first, int last) = (axes[start], axes[end]);
                (int outer, int reduced, int inner) = (Product(sizes[..first]), Product(sizes[first..(last + 1)]), Product(sizes[(last + 1)..]));
                if (start > 0 && between == null)
                {
                    // Two buffers take turns; the results of the first pass are the most.
                    nint count = (nint)outer * inner;
                    between = Scratch.Get<T>(ScratchUse.Reductions, 2 * count);
                    other = between + count;
                }

                T* target = start == 0 ? output.Pointer<T>() : source == between ? other : between;
                Reduce<T, TReducer>(source, target, outer, reduced, inner);
                sizes[first..(last + 1)].Fill(1);
                source = target;
                end = start - 1;
            }
        }

        private static int Product(ReadOnlySpan<int> sizes)
        {
            int product = 1;
            foreach (int size in sizes)
            {
                product *= size;
            }

            return product;
        }
    }

    private static void Reduce<T, TReducer>(T* input, T* output, int outer, int reduced, int inner)
        where T : unmanaged, INumber<T>
        where TReducer : IReducer
    {
        int sliceLength = Math.Max(FewestSliceRows, SliceElements / Math.Max(1, inner));
        int slices = Math.Max(1, (reduced + sliceLength - 1) / sliceLength);
        if (slices == 1)
        {
            Run(new ReductionPieces<T, TReducer>(input, output, outer, reduced, inner, Math.Max(1, reduced)));
            return;
        }

        T* results = Scratch.Get<T>(ScratchUse.PartialSums, (nint)outer * slices * inner);
        Run(new ReductionPieces<T, TReducer>(input, results, outer, reduced, inner, sliceLength));
        Run(new ReductionPieces<T, TReducer>(results, output, outer, slices, inner, slices));
    }

    private static void Run<T, TReducer>(ReductionPieces<T, TReducer> pieces)
        where T : unmanaged, INumber<T>
        where TReducer : IReducer => WorkerPool.Run(pieces.Count, pieces);
}
