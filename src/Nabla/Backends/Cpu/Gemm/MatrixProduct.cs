using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Products of matrices, either of them transposed.</summary>
/// <remarks>
/// Each result is one chain of fused multiply-adds in the order of the inner axis, starting at zero or at what is there already;
/// then comes the bias, then the rectifier. So the same bits come from any number of threads and any vector width.
/// </remarks>
internal static unsafe class MatrixProduct
{
    private const long SerialWork = 60_000;
    private const int BatchWorthSpreading = 16;

    /// <summary>c[m, n] = a[m, k] b[k, n], row-major; a transposed operand is stored as [k, m] or [n, k].</summary>
    public static void Multiply<T>(int m, int n, int k, T* a, bool transposeA, T* b, bool transposeB, T* c)
        where T : unmanaged =>
        Multiply(m, n, k, a, transposeA ? m : k, transposeA, b, transposeB ? k : n, transposeB, c, n, accumulate: false);

    /// <summary>c = relu((accumulate ? c : 0) + a b + bias), with rows that begin lda, ldb and ldc elements apart.</summary>
    /// <param name="m">The rows of c.</param>
    /// <param name="n">The columns of c.</param>
    /// <param name="k">The inner axis: the columns of a and the rows of b.</param>
    /// <param name="a">[m, k], or [k, m] if transposed.</param>
    /// <param name="lda">Elements from one stored row of a to the next.</param>
    /// <param name="transposeA">Whether a is stored as [k, m].</param>
    /// <param name="b">[k, n], or [n, k] if transposed.</param>
    /// <param name="ldb">Elements from one stored row of b to the next.</param>
    /// <param name="transposeB">Whether b is stored as [n, k].</param>
    /// <param name="c">[m, n]; it may not overlap the others.</param>
    /// <param name="ldc">Elements from one row of c to the next.</param>
    /// <param name="accumulate">Whether the sums go on from what c holds.</param>
    /// <param name="bias">n elements added to each row, or null.</param>
    /// <param name="relu">Whether negative results become zero.</param>
    public static void Multiply<T>(
        int m, int n, int k, T* a, int lda, bool transposeA, T* b, int ldb, bool transposeB, T* c, int ldc, bool accumulate, T* bias = null, bool relu = false)
        where T : unmanaged =>
        MultiplyBatch(1, m, n, k, a, lda, 0, transposeA, b, ldb, 0, transposeB, c, ldc, 0, accumulate, bias, relu);

    /// <summary>
    /// As <see cref="Multiply{T}(int, int, int, T*, int, bool, T*, int, bool, T*, int, bool, T*, bool)"/> for each of
    /// <paramref name="batch"/> products, whose operands begin strideA, strideB and strideC elements apart; a stride of zero repeats
    /// an operand. The bias is the same for all.
    /// </summary>
    public static void MultiplyBatch<T>(
        int batch, int m, int n, int k, T* a, int lda, nint strideA, bool transposeA, T* b, int ldb, nint strideB, bool transposeB,
        T* c, int ldc, nint strideC, bool accumulate, T* bias = null, bool relu = false)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(m | n | k | batch);
        ProductWork<T> work = new()
        {
            Rows = m,
            Columns = n,
            Steps = k,
            Left = a,
            LeftRowStride = transposeA ? 1 : lda,
            LeftStepStride = transposeA ? lda : 1,
            Right = b,
            RightStepStride = transposeB ? 1 : ldb,
            RightColumnStride = transposeB ? ldb : 1,
            Target = c,
            TargetStride = ldc,
            Bias = bias,
            Accumulate = accumulate,
            Relu = relu,
        };
        Multiply(work, batch, strideA, strideB, strideC, Lanes.Widest);
    }

    /// <summary>Computes a batch of products with vectors of a given width.</summary>
    internal static void Multiply<T>(in ProductWork<T> work, int batch, nint leftStride, nint rightStride, nint targetStride, LaneWidth width)
        where T : unmanaged
    {
        if (work.Rows == 0 || work.Columns == 0)
        {
            return;
        }

        if (typeof(T) == typeof(float))
        {
            ProductWork<float> floats = System.Runtime.CompilerServices.Unsafe.BitCast<ProductWork<T>, ProductWork<float>>(work);
            switch (width)
            {
                case LaneWidth.Bits512: Cut<float, Vector512<float>, Float512>(floats, batch, leftStride, rightStride, targetStride); break;
                case LaneWidth.Bits256: Cut<float, Vector256<float>, Float256>(floats, batch, leftStride, rightStride, targetStride); break;
                default: Cut<float, Vector128<float>, Float128>(floats, batch, leftStride, rightStride, targetStride); break;
            }
        }
        else if (typeof(T) == typeof(double))
        {
            ProductWork<double> doubles = System.Runtime.CompilerServices.Unsafe.BitCast<ProductWork<T>, ProductWork<double>>(work);
            switch (width)
            {
                case LaneWidth.Bits512: Cut<double, Vector512<double>, Double512>(doubles, batch, leftStride, rightStride, targetStride); break;
                case LaneWidth.Bits256: Cut<double, Vector256<double>, Double256>(doubles, batch, leftStride, rightStride, targetStride); break;
                default: Cut<double, Vector128<double>, Double128>(doubles, batch, leftStride, rightStride, targetStride); break;
            }
        }
        else
        {
            throw new NotSupportedException($"Products of {typeof(T).Name} have no kernel: convert to float or double first.");
        }
    }

    private static void Cut<T, TVector, TLanes>(in ProductWork<T> work, int batch, nint leftStride, nint rightStride, nint targetStride)
        where T : unmanaged
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector>
    {
        if (work.IsColumn)
        {
            Cut<T, TVector, TLanes>(work.Turned(), batch, rightStride, leftStride, targetStride);
            return;
        }

        long each = work.MultiplyAdds;
        bool serial = each * batch < SerialWork;
        int steps = BlockProduct<T, TVector, TLanes>.StepsAtATime(work);
        long spread = batch < BatchWorthSpreading && !serial ? each : 0;
        ProductGrid grid = ProductGrid.Cut(
            work.Rows, work.Columns, steps, sizeof(T), work.RightColumnStride != 1, work.LeftStepStride != 1 && BlockProduct<T, TVector, TLanes>.HasShortVectors, spread);
        int together = grid.Blocks > 1 ? 1 : (int)Math.Clamp(SerialWork / Math.Max(each, 1), 1, Math.Max(batch, 1));
        ProductPieces<T, TVector, TLanes> pieces = new(work, grid, batch, together, leftStride, rightStride, targetStride);
        int count = grid.Blocks * ((batch + together - 1) / together);
        if (serial)
        {
            for (int piece = 0; piece < count; piece++)
            {
                pieces.Run(piece);
            }
        }
        else
        {
            WorkerPool.Run(count, pieces);
        }
    }

    /// <summary>The pieces of a batch: blocks of one product, or several small products one after the other.</summary>
    private readonly struct ProductPieces<T, TVector, TLanes>(
        ProductWork<T> work, ProductGrid grid, int batch, int together, nint leftStride, nint rightStride, nint targetStride) : IPieceBody
        where T : unmanaged
        where TVector : struct
        where TLanes : struct, ILanes<T, TVector>
    {
        public void Run(int piece)
        {
            (int group, int block) = Math.DivRem(piece, grid.Blocks);
            int end = Math.Min(batch, (group + 1) * together);
            for (int item = group * together; item < end; item++)
            {
                RunPart(grid.Block(work, block).At(item * leftStride, item * rightStride, item * targetStride));
            }
        }

        private static void RunPart(in ProductWork<T> part)
        {
            if (part.Rows == 1)
            {
                RowProduct<T, TVector, TLanes>.Run(part);
            }
            else
            {
                BlockProduct<T, TVector, TLanes>.Run(part);
            }
        }
    }
}
