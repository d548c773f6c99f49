// The gradient of the weights of a pooled convolution of few channels, as a first layer has: one or three. All windows that the taps of a
// pooling window stand for lie in a patch of up to 32 elements, two registers. Lanes are outputs: each picks the elements of the window of
// its own tap out of the patch, one permutation for each weight, so that of four taps only one is computed with. Weights of whole
// patches, nine at a time, stay in registers over a band of windows. Slices of the batch have sums of their own, added in their order.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Pooling;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Sums the elements of patches times cotangents.</summary>
internal static unsafe class NarrowWeightSums<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostSlices = 16;
    private const int BandWindows = 128;
    private const int Lanes = 16;

    private static bool HasPermutations => typeof(T) == typeof(float) && TLanes.Count == Lanes && Avx512F.IsSupported;

    /// <summary>gradient[ky, kx, input, output] = the sum of the windows at the taps of that output times the cotangents.</summary>
    public static void Run(in ConvolutionShape shape, in PoolingWork pooling, T* input, T* cotangent, byte* taps, T* gradient)
    {
        nint size = (nint)shape.KernelHeight * shape.KernelWidth * shape.Inputs * shape.Outputs;
        int slices = Math.Clamp(shape.Batch, 1, MostSlices);
        T* sums = slices == 1 ? gradient : Scratch.Get<T>(ScratchUse.PartialSums, size * slices);
        WorkerPool.Run(slices, new Piece(shape, pooling, new NarrowPatch(shape, pooling), input, cotangent, taps, sums, slices));
        SliceSums<T, TVector, TLanes>.Add(sums, gradient, size, slices);
    }

    /// <summary>Some images.</summary>
    private readonly struct Piece(
        ConvolutionShape shape, PoolingWork pooling, NarrowPatch patch, T* input, T* cotangent, byte* taps, T* sums, int slices) : IPieceBody
    {
        public void Run(int slice)
        {
            nint size = (nint)shape.KernelHeight * patch.WeightsPerRow * shape.Outputs;
            T* target = sums + (slice * size);
            new Span<T>(target, (int)size).Clear();
            int endImage = ProductGrid.Cut(shape.Batch, slices, slice + 1);
            int rows = Math.Max(1, BandWindows / Math.Max(1, pooling.X.Windows));
            for (int image = ProductGrid.Cut(shape.Batch, slices, slice); image < endImage; image++)
            {
                for (int row = 0; row < pooling.Y.Windows; row += rows)
                {
                    RunBand(image, row, Math.Min(rows, pooling.Y.Windows - row), target);
                }
            }
        }

        private void RunBand(int image, int row, int rows, T* target)
        {
            int first = pooling.Y.Covered(row).First;
            T* source = WindowSums<T, TVector, TLanes>.Windows(
                shape, input, image, first, pooling.Y.Covered(row + rows - 1).End - first, out nint rowStride);
            T* patches = Scratch.Get<T>(ScratchUse.PackedLeft, (nint)rows * pooling.X.Windows * NarrowPatch.Size);
            nint index = (((nint)image * pooling.Y.Windows) + row) * pooling.WindowRow;
            for (int kernelRow = 0; kernelRow < shape.KernelHeight; kernelRow += patch.KernelRows)
            {
                int kernelRows = Math.Min(patch.KernelRows, shape.KernelHeight - kernelRow);
                Copy(source + (kernelRow * shape.DilationY * rowStride), rowStride, rows, kernelRows, patches);
                AddPatches(
                    patches, rows * pooling.X.Windows, cotangent + index, taps + index, kernelRows * patch.WeightsPerRow,
                    target + ((nint)kernelRow * patch.WeightsPerRow * shape.Outputs));
            }
        }

        /// <summary>Copies the patches of all pooling windows of some rows one after the other.</summary>
        private void Copy(T* source, nint rowStride, int rows, int kernelRows, T* patches)
        {
            nint step = (nint)pooling.X.Stride * shape.StrideX * shape.Inputs;
            int lines = patch.Lines(kernelRows);
            for (int y = 0; y < rows; y++, source += pooling.Y.Stride * shape.StrideY * rowStride)
            {
                for (int x = 0; x < pooling.X.Windows; x++, patches += NarrowPatch.Size)
                {
                    for (int line = 0; line < lines; line++)
                    {
                        CopyLine(source + (x * step) + (line * patch.LineStep * rowStride), patches + (line * patch.LineLength));
                    }
                }
            }
        }

        private void CopyLine(T* source, T* target)
        {
            int quads = patch.LineLength & ~3;
            for (int index = 0; index < quads; index += 4)
            {
                ((Quad*)(target + index))[0] = ((Quad*)(source + index))[0];
            }

            for (int index = quads; index < patch.LineLength; index++)
            {
                target[index] = source[index];
            }
        }

        private void AddPatches(T* patches, int windows, T* values, byte* at, int weights, T* target)
        {
            int* tapOffsets = stackalloc int[NarrowPatch.MostTaps];
            int* weightOffsets = stackalloc int[NarrowPatch.Size];
            patch.WriteOffsets(tapOffsets, weightOffsets, weights);
            int vectors = HasPermutations ? shape.Outputs / Lanes * Lanes : 0;
            for (int output = 0; output < vectors; output += Lanes)
            {
                for (int weight = 0; weight < weights; weight += NarrowSums.Width)
                {
                    NarrowSums.Add(
                        (float*)patches, windows, (float*)values + output, at + output, shape.Outputs, tapOffsets, weightOffsets + weight,
                        Math.Min(NarrowSums.Width, weights - weight), (float*)target + ((nint)weight * shape.Outputs) + output);
                }
            }

            if (vectors < shape.Outputs)
            {
                AddOneByOne(patches, windows, values, at, vectors, tapOffsets, weightOffsets, weights, target);
            }
        }

        private void AddOneByOne(
            T* patches, int windows, T* values, byte* at, int first, int* tapOffsets, int* weightOffsets, int weights, T* target)
        {
            for (int window = 0; window < windows; window++, patches += NarrowPatch.Size, values += shape.Outputs, at += shape.Outputs)
            {
                for (int output = first; output < shape.Outputs; output++)
                {
                    T value = values[output];
                    T* from = patches + tapOffsets[at[output]];
                    for (int weight = 0; !T.IsZero(value) && weight < weights; weight++)
                    {
                        T* sum = target + ((nint)weight * shape.Outputs) + output;
                        *sum = T.FusedMultiplyAdd(value, from[weightOffsets[weight]], *sum);
                    }
                }
            }
        }
    }

    [InlineArray(4)]
    private struct Quad
    {
        private T element;
    }
}
