// The gradient of the images of a pooled convolution. At each tap of each pooling window the living cotangents of the outputs that chose
// this tap, times the weights of those outputs, are added to the window of the tap: the sum of one segment of a window stays in
// registers over all its outputs. Weights lie as one row an output; a segment of all of them stays in the first-level cache while a
// band of pooling windows is walked. Each image is a piece, and each pixel has one order of terms.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Adds weights times living cotangents to windows.</summary>
internal static unsafe class SparseInputSums<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostPieces = 32;
    private const int BandTerms = 4096;

    /// <summary>gradient[pixel, input] = the sum of the weights that led from it to the taps, times the cotangents there.</summary>
    public static void Run(in ConvolutionShape shape, in PoolingWork pooling, T* cotangent, byte* taps, T* weights, T* gradient)
    {
        SparseWindows windows = new(shape, pooling);
        T* turned = Scratch.Get<T>(ScratchUse.PackedWeights, (nint)windows.Length * shape.Outputs);
        PanelPacking.Pack(weights, 1, shape.Outputs, shape.Outputs, windows.Length, turned, windows.Length);
        int pieces = Math.Min(MostPieces, shape.Batch);
        WorkerPool.Run(pieces, new Piece(shape, pooling, windows, cotangent, taps, turned, gradient, pieces));
    }

    /// <summary>Some images.</summary>
    private readonly struct Piece(
        ConvolutionShape shape, PoolingWork pooling, SparseWindows windows, T* cotangent, byte* taps, T* weights, T* gradient, int pieces) : IPieceBody
    {
        private nint RowStride => (nint)shape.PaddedWidth * shape.Inputs;

        private int Taps => pooling.Y.Size * pooling.X.Size;

        public void Run(int piece)
        {
            int endImage = ProductGrid.Cut(shape.Batch, pieces, piece + 1);
            for (int image = ProductGrid.Cut(shape.Batch, pieces, piece); image < endImage; image++)
            {
                T* target = gradient + (image * shape.ImageSize);
                if (!shape.IsPadded)
                {
                    RunImage(image, target);
                    continue;
                }

                T* frame = Scratch.Get<T>(ScratchUse.PaddedImage, shape.PaddedHeight * RowStride);
                RunImage(image, frame);
                nint row = (nint)shape.Width * shape.Inputs;
                T* inner = frame + (shape.PadTop * RowStride) + ((nint)shape.PadLeft * shape.Inputs);
                for (int y = 0; y < shape.Height; y++)
                {
                    Unsafe.CopyBlockUnaligned(target + (y * row), inner + (y * RowStride), (uint)(row * sizeof(T)));
                }
            }
        }

        private void RunImage(int image, T* frame)
        {
            new Span<T>(frame, (int)(shape.PaddedHeight * RowStride)).Clear();
            int rows = (int)Math.Max(1, BandTerms / Math.Max(1, pooling.WindowRow));
            for (int row = 0; row < pooling.Y.Windows; row += rows)
            {
                RunBand(image, row, Math.Min(rows, pooling.Y.Windows - row), frame);
            }
        }

        private void RunBand(int image, int row, int rows, T* frame)
        {
            int count = rows * pooling.X.Windows;
            Term<T>* terms = Scratch.Get<Term<T>>(ScratchUse.Terms, rows * pooling.WindowRow);
            int* counts = Scratch.Get<int>(ScratchUse.TermCounts, (nint)count * Taps);
            Collect((((nint)image * pooling.Y.Windows) + row) * pooling.WindowRow, count, terms, counts);
            nint* tapOffsets = Scratch.Get<nint>(ScratchUse.Segments, Taps);
            for (int tap = 0; tap < Taps; tap++)
            {
                tapOffsets[tap] = windows.TapOffset(tap, RowStride);
            }

            nint windowStride = (nint)pooling.X.Stride * shape.StrideX * shape.Inputs;
            SparseRow<T, TVector, TLanes> sums = new(pooling.X.Windows, windowStride, Taps, tapOffsets, windows.SegmentLength);
            for (int segment = 0; segment < windows.Runs * windows.Segments; segment++)
            {
                (int run, int step) = Math.DivRem(segment, windows.Segments);
                T* target = frame + windows.RunOffset(run, RowStride) + (step * windows.SegmentStride(RowStride));
                T* source = weights + ((nint)segment * windows.SegmentLength);
                Term<T>* next = terms;
                for (int y = 0; y < rows; y++)
                {
                    next = sums.Run(target + windows.Corner(row + y, 0, RowStride), source, next, counts + ((nint)y * pooling.X.Windows * Taps));
                }
            }
        }

        /// <summary>Lists, window by window and tap by tap, the outputs that chose the tap.</summary>
        private void Collect(nint first, int count, Term<T>* terms, int* counts)
        {
            for (int window = 0; window < count; window++, first += pooling.Channels)
            {
                for (int tap = 0; tap < Taps; tap++, counts++)
                {
                    Term<T>* begin = terms;
                    for (int output = 0; output < pooling.Channels; output += SparseWindows.Block)
                    {
                        int some = Math.Min(SparseWindows.Block, pooling.Channels - output);
                        ulong chosen = Choosing(taps + first + output, some, (byte)tap) & SparseWindows.Living(cotangent + first + output, some);
                        for (; chosen != 0; chosen &= chosen - 1)
                        {
                            int lane = output + BitOperations.TrailingZeroCount(chosen);
                            *terms++ = new Term<T>(lane * windows.Length, cotangent[first + lane]);
                        }
                    }

                    *counts = (int)(terms - begin);
                }
            }
        }

        /// <summary>Of up to 64 outputs those that chose a tap, as bits.</summary>
        private static ulong Choosing(byte* taps, int count, byte tap)
        {
            if (count == SparseWindows.Block)
            {
                return Vector512.Equals(Vector512.Load(taps), Vector512.Create(tap)).ExtractMostSignificantBits();
            }

            ulong chosen = 0;
            for (int lane = 0; lane < count; lane++)
            {
                chosen |= taps[lane] == tap ? 1UL << lane : 0;
            }

            return chosen;
        }
    }
}
