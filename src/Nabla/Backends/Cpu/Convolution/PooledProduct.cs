// A convolution whose results go through max-pooling at once: a band of rows of results is computed into a buffer that stays in the
// second-level cache, and pooled from there. Rows and columns that no window covers are not computed.
using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Multiplies windows with weights and pools the results.</summary>
internal static unsafe class PooledProduct<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int BandElements = 48 * 1024;

    /// <summary>Computes the largest value of each window, and its tap.</summary>
    /// <param name="convolution">The convolution; its target is not used.</param>
    /// <param name="pooling">The pooling of its results.</param>
    /// <param name="largest">The largest values.</param>
    /// <param name="taps">Their taps.</param>
    public static void Run(WindowWork<T> convolution, in PoolingWork pooling, T* largest, byte* taps)
    {
        int columns = pooling.X.Windows == 0 ? 0 : pooling.X.Covered(pooling.X.Windows - 1).End;
        convolution.Grid = convolution.Grid with { Width = columns };
        WindowCut cut = WindowCut.Choose(pooling.Batch, pooling.Y.Windows, 1, convolution.MultiplyAdds, pooling.Y.Stride);
        WorkerPool.Run(cut.Pieces, new Piece(convolution, pooling, largest, taps, cut));
    }

    private readonly struct Piece(WindowWork<T> convolution, PoolingWork pooling, T* largest, byte* taps, WindowCut cut) : IPieceBody
    {
        public void Run(int piece)
        {
            (int imagePart, int band) = Math.DivRem(piece, cut.Bands);
            int endImage = ProductGrid.Cut(cut.Images, cut.ImageParts, imagePart + 1);
            int endRow = ProductGrid.Cut(cut.Rows, cut.Bands, band + 1);
            int step = (int)Math.Max(1, BandElements / Math.Max(1, convolution.Grid.RowStride * pooling.Y.Stride));
            for (int image = ProductGrid.Cut(cut.Images, cut.ImageParts, imagePart); image < endImage; image++)
            {
                for (int row = ProductGrid.Cut(cut.Rows, cut.Bands, band); row < endRow; row += step)
                {
                    RunRows(image, row, Math.Min(endRow, row + step));
                }
            }
        }

        private void RunRows(int image, int firstRow, int endRow)
        {
            int first = pooling.Y.Covered(firstRow).First;
            int end = pooling.Y.Covered(endRow - 1).End;
            T* rows = Scratch.Get<T>(ScratchUse.ResultRows, (end - first) * convolution.Grid.RowStride);
            WindowProduct<T, TVector, TLanes>.RunRows(
                convolution, image, 1, first, end - first, 0, WindowProduct<T, TVector, TLanes>.Panels(convolution), rows);
            for (int row = firstRow; row < endRow; row++)
            {
                T* covered = rows + ((pooling.Y.Covered(row).First - first) * convolution.Grid.RowStride);
                nint target = (((nint)image * pooling.Y.Windows) + row) * pooling.WindowRow;
                MaxPoolingKernel<T, byte>.WindowRow(pooling, covered, row, largest + target, taps + target);
            }
        }
    }
}
