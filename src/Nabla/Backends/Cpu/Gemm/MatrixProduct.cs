namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Products of matrices, either of them transposed.</summary>
internal static unsafe class MatrixProduct
{
    private const int RowsPerPiece = 64;
    private const long SerialWork = 60_000;

    /// <summary>c[m, n] = a[m, k] b[k, n], row-major; a transposed operand is stored as [k, m] or [n, k].</summary>
    public static void Multiply<T>(int m, int n, int k, T* a, bool transposeA, T* b, bool transposeB, T* c)
        where T : unmanaged
    {
        if (k == 0)
        {
            new Span<T>(c, m * n).Clear();
            return;
        }

        Panels<T> panels = new(k, n);
        panels.Pack(b, transposeB ? 1 : n, transposeB ? k : 1, 0, k);
        int pieces = (m + RowsPerPiece - 1) / RowsPerPiece;
        Rows<T> body = new(m, n, k, a, transposeA, panels, c);
        if ((long)m * n * k < SerialWork)
        {
            for (int piece = 0; piece < pieces; piece++)
            {
                body.Run(piece);
            }
        }
        else
        {
            WorkerPool.Run(pieces, body);
        }
    }

    private readonly struct Rows<T>(int m, int n, int k, T* a, bool transposeA, Panels<T> panels, T* c) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            int first = piece * RowsPerPiece;
            int count = Math.Min(RowsPerPiece, m - first);
            long* rows = stackalloc long[RowsPerPiece];
            for (int row = 0; row < count; row++)
            {
                rows[row] = transposeA ? first + row : (long)(first + row) * k;
            }

            int* steps = Scratch.Get<int>(ScratchUse.Segments, k);
            for (int p = 0; p < k; p++)
            {
                steps[p] = transposeA ? p * m : p;
            }

            OffsetProduct.Multiply(a, rows, count, steps, panels, c + ((nint)first * n), n);
        }
    }
}
