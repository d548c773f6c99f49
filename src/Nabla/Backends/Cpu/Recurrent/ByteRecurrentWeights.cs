// The recurrent kernel as bytes, packed once for all calls: a quarter of the floats' memory, so that of 128 units it stays in the second-level cache
// and of 64 half of it in the first. At each step the states become bytes, quads of them are multiplied as in any product of bytes, and the exact sums
// are scaled into the places of the float ones.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Backends.Cpu.Quantized;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>A recurrent kernel of bytes.</summary>
/// <param name="layout">How it is packed.</param>
/// <param name="packed">The panels.</param>
/// <param name="offsets">Where each quad of a state stands.</param>
/// <param name="zeros">What the bytes' zero point adds to each column.</param>
/// <param name="scales">The scale of each column.</param>
/// <param name="stateScales">The scale of each sequence's states.</param>
internal readonly unsafe struct ByteRecurrentWeights<TVector, TLanes>(
    QuadLayout layout, sbyte* packed, nint* offsets, int* zeros, float* scales, float* stateScales) : IRecurrentProduct<float>
    where TVector : struct
    where TLanes : struct, IQuadLanes<TVector>
{
    private const int Lanes = 8;

    public static int Width => 2 * TLanes.Count;

    /// <summary>Columns are packed without the padding of gates: both must be the same to be cut.</summary>
    public static bool Cuts(int units) => units % Math.Max(Width, Vector512<float>.Count) == 0;

    public void Multiply(int first, int rows, float* states, int stride, float* sums, float* bias, int begin, int end)
    {
        int units = layout.Steps, gates = layout.Outputs / units;
        byte* bytes = Scratch.Get<byte>(ScratchUse.PackedLeft, (nint)rows * stride);
        for (int row = 0; row < rows; row++)
        {
            RoundedStates.Quantize(states + ((nint)row * stride), bytes + ((nint)row * stride), stride, stateScales[first + row]);
        }

        int* integers = Scratch.Get<int>(ScratchUse.ResultRows, (nint)rows * layout.Panels * Width);
        if (begin == 0 && end == stride)
        {
            Sum(rows, bytes, stride, integers, 0, layout.Panels);
        }
        else
        {
            for (int gate = 0; gate < gates; gate++)
            {
                Sum(rows, bytes, stride, integers, ((gate * units) + begin) / Width, ((gate * units) + end) / Width);
            }
        }

        for (int row = 0; row < rows; row++)
        {
            for (int gate = 0; gate < gates; gate++)
            {
                int column = (gate * units) + begin, place = (gate * stride) + begin;
                Scale(
                    integers + ((nint)row * layout.Panels * Width) + column, column, Math.Min(end, units) - begin, stateScales[first + row], bias + place,
                    sums + ((nint)row * gates * stride) + place, end - begin);
            }
        }
    }

    private void Sum(int rows, byte* bytes, int stride, int* integers, int firstPanel, int endPanel)
    {
        QuadWork tile = new() { RowStride = stride, Offsets = offsets, TargetStride = (nint)layout.Panels * Width };
        int tiles = (rows + TLanes.TileRows - 1) / TLanes.TileRows;
        for (int panel = firstPanel; panel < endPanel; panel++)
        {
            sbyte* at = packed + (panel * layout.PanelBytes);
            tile.Quads = (int*)(at + QuadLayout.HeaderBytes);
            tile.Weights = at + layout.WeightsAt;
            (tile.Fours, tile.Twos, tile.Ones) = (((int*)at)[0], ((int*)at)[1], ((int*)at)[2]);
            for (int part = 0; part < tiles; part++)
            {
                int row = ProductGrid.Cut(rows, tiles, part);
                tile.Left = bytes + ((nint)row * stride);
                tile.Target = integers + (row * tile.TargetStride) + (panel * Width);
                QuadTile<TVector, TLanes>.Run(ProductGrid.Cut(rows, tiles, part + 1) - row, &tile);
            }
        }
    }

    // One fused multiply-add a column, whatever the vectors; zeros up to the padding.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private void Scale(int* integers, int column, int count, float stateScale, float* bias, float* target, int padded)
    {
        int* zero = zeros + column;
        float* scale = scales + column;
        int index = 0;
        for (; index <= count - Lanes; index += Lanes)
        {
            Vector256<float> sums = Vector256.ConvertToSingle(Vector256.Load(integers + index) - Vector256.Load(zero + index));
            Vector256.FusedMultiplyAdd(sums, Vector256.Load(scale + index) * stateScale, Vector256.Load(bias + index)).Store(target + index);
        }

        for (; index < count; index++)
        {
            target[index] = MathF.FusedMultiplyAdd(integers[index] - zero[index], scale[index] * stateScale, bias[index]);
        }

        for (; index < padded; index++)
        {
            target[index] = 0;
        }
    }
}
