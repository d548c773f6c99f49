// The gradient of the weights of a pooled convolution. Each living cotangent of an output adds its window, times the cotangent, to the
// weights of that output, which are held as one row an output: for each output the list of its windows is made, and their sum stays in
// registers while the list is walked. The images' bands stay in the first-level cache. Slices of the batch, cut by sizes alone, have
// sums of their own, added in their order at the end.
using System.Numerics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Sums windows times living cotangents.</summary>
internal static unsafe class SparseWeightSums<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostSlices = 16;
    private const long MostSliceElements = 2 << 20;
    private const int OutputsPerPiece = 32;
    private const int BandWindows = 256;

    /// <summary>gradient[ky, kx, input, output] = the sum of the windows at the taps of that output times the cotangents.</summary>
    public static void Run(in ConvolutionShape shape, in PoolingWork pooling, T* input, T* cotangent, byte* taps, T* gradient)
    {
        SparseWindows windows = new(shape, pooling);
        nint size = (nint)windows.Length * shape.Outputs;
        int slices = (int)Math.Clamp(Math.Min(shape.Batch, MostSliceElements / Math.Max(size, 1)), 1, MostSlices);
        int parts = Math.Clamp(MostSlices / slices, 1, Math.Max(1, shape.Outputs / OutputsPerPiece));
        T* sums = Scratch.Get<T>(ScratchUse.PartialSums, size * slices);
        WorkerPool.Run(slices * parts, new Piece(shape, pooling, windows, input, cotangent, taps, sums, slices, parts));
        SliceSums<T, TVector, TLanes>.Add(sums, sums, size, slices);
        PanelPacking.Pack(sums, 1, windows.Length, windows.Length, shape.Outputs, gradient, shape.Outputs);
    }

    /// <summary>Some outputs over some images.</summary>
    private readonly struct Piece(
        ConvolutionShape shape, PoolingWork pooling, SparseWindows windows, T* input, T* cotangent, byte* taps, T* sums, int slices, int parts) : IPieceBody
    {
        public void Run(int piece)
        {
            (int slice, int part) = Math.DivRem(piece, parts);
            int firstOutput = ProductGrid.Cut(shape.Outputs, parts, part);
            int endOutput = ProductGrid.Cut(shape.Outputs, parts, part + 1);
            T* target = sums + ((((nint)slice * shape.Outputs) + firstOutput) * windows.Length);
            new Span<T>(target, (endOutput - firstOutput) * windows.Length).Clear();
            int endImage = ProductGrid.Cut(shape.Batch, slices, slice + 1);
            int rows = Math.Max(1, BandWindows / Math.Max(1, pooling.X.Windows));
            for (int image = ProductGrid.Cut(shape.Batch, slices, slice); image < endImage; image++)
            {
                for (int row = 0; row < pooling.Y.Windows; row += rows)
                {
                    RunBand(image, row, Math.Min(rows, pooling.Y.Windows - row), firstOutput, endOutput - firstOutput, target);
                }
            }
        }

        private void RunBand(int image, int row, int rows, int firstOutput, int outputs, T* target)
        {
            int first = pooling.Y.Covered(row).First;
            T* source = WindowSums<T, TVector, TLanes>.Windows(
                shape, input, image, first, pooling.Y.Covered(row + rows - 1).End - first, out nint rowStride);
            source -= first * shape.StrideY * rowStride;
            int most = rows * pooling.X.Windows;
            Term<T>* terms = Scratch.Get<Term<T>>(ScratchUse.Terms, (nint)outputs * most);
            int* counts = Scratch.Get<int>(ScratchUse.TermCounts, outputs);
            nint index = (((nint)image * pooling.Y.Windows) + row) * pooling.WindowRow;
            Collect(cotangent + index + firstOutput, taps + index + firstOutput, row, rows, outputs, rowStride, terms, counts);
            SparseTile<T, TVector, TLanes> tile = new(windows.Segments, windows.SegmentLength, windows.SegmentLength, windows.SegmentStride(rowStride));
            for (int run = 0; run < windows.Runs; run++)
            {
                T* from = source + windows.RunOffset(run, rowStride);
                T* to = target + ((nint)run * windows.RunLength);
                for (int output = 0; output < outputs; output++, to += windows.Length)
                {
                    tile.Run(to, from, terms + ((nint)output * most), counts[output]);
                }
            }
        }

        /// <summary>Makes for each output the list of the windows at its taps.</summary>
        private void Collect(T* values, byte* at, int row, int rows, int outputs, nint rowStride, Term<T>* terms, int* counts)
        {
            int most = rows * pooling.X.Windows;
            new Span<int>(counts, outputs).Clear();
            int* tapOffsets = stackalloc int[byte.MaxValue + 1];
            for (int tap = 0; tap < pooling.Y.Size * pooling.X.Size; tap++)
            {
                tapOffsets[tap] = (int)windows.TapOffset(tap, rowStride);
            }

            for (int window = 0; window < most; window++, values += pooling.Channels, at += pooling.Channels)
            {
                (int y, int x) = Math.DivRem(window, pooling.X.Windows);
                int corner = (int)windows.Corner(row + y, x, rowStride);
                for (int output = 0; output < outputs; output += SparseWindows.Block)
                {
                    for (ulong living = SparseWindows.Living(values + output, Math.Min(SparseWindows.Block, outputs - output)); living != 0; living &= living - 1)
                    {
                        int lane = output + BitOperations.TrailingZeroCount(living);
                        terms[((nint)lane * most) + counts[lane]++] = new Term<T>(corner + tapOffsets[at[lane]], values[lane]);
                    }
                }
            }
        }
    }
}
