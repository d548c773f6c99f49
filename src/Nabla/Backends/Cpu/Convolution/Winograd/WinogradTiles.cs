// Tiles d, 4 x 4 pixels, become B' d B, with B' = [1 0 -1 0; 0 1 1 0; 0 -1 1 0; 0 1 0 -1]: additions alone, channels as lanes. A tile that
// hangs over an edge is read from a copy with zeros.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution.Winograd;

/// <summary>Transforms tiles of images.</summary>
internal static unsafe class WinogradTiles<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int Side = 4;
    private const int CacheLine = 64;

    /// <summary>At least so many elements, and an odd number of cache lines.</summary>
    public static nint OddLines(nint elements)
    {
        nint line = CacheLine / sizeof(T);
        return (((elements + line - 1) / line) | 1) * line;
    }

    /// <summary>Writes place p of tile t to target[p * placeStride + (t - firstTile) * tileStride].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(in WinogradShape shape, T* images, int firstTile, int endTile, T* target, nint placeStride, nint tileStride)
    {
        T* patch = Scratch.Get<T>(ScratchUse.PaddedImage, Side * Side * (nint)shape.Inputs);
        (int rest, int tileX) = Math.DivRem(firstTile, shape.TilesX);
        (int image, int tileY) = Math.DivRem(rest, shape.TilesY);
        for (int tile = firstTile; tile < endTile; tile++, target += tileStride)
        {
            T* corner = Corner(shape, images, image, (2 * tileY) - shape.Top, (2 * tileX) - shape.Left, patch, out nint row);
            TransformTile(corner, row, shape.Inputs, target, placeStride);
            if (++tileX == shape.TilesX)
            {
                tileX = 0;
                (image, tileY) = tileY + 1 == shape.TilesY ? (image + 1, 0) : (image, tileY + 1);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T* Corner(in WinogradShape shape, T* images, int image, int y, int x, T* patch, out nint row)
    {
        T* first = images + ((nint)image * shape.Height * shape.Width * shape.Inputs);
        if (y >= 0 && x >= 0 && y + Side <= shape.Height && x + Side <= shape.Width)
        {
            row = (nint)shape.Width * shape.Inputs;
            return first + (y * row) + ((nint)x * shape.Inputs);
        }

        row = (nint)Side * shape.Inputs;
        PaddedCopy.Write(first, shape.Height, shape.Width, shape.Inputs, -y, -x, Side, 0, Side, patch);
        return patch;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TransformTile(T* corner, nint row, nint channels, T* target, nint placeStride)
    {
        for (nint channel = 0; channel < channels; channel += TLanes.Count, corner += TLanes.Count, target += TLanes.Count)
        {
            Column(corner, row, out TVector a0, out TVector a1, out TVector a2, out TVector a3);
            Column(corner + channels, row, out TVector b0, out TVector b1, out TVector b2, out TVector b3);
            Column(corner + (2 * channels), row, out TVector c0, out TVector c1, out TVector c2, out TVector c3);
            Column(corner + (3 * channels), row, out TVector d0, out TVector d1, out TVector d2, out TVector d3);
            StoreRow(a0, b0, c0, d0, target, placeStride);
            StoreRow(a1, b1, c1, d1, target + (4 * placeStride), placeStride);
            StoreRow(a2, b2, c2, d2, target + (8 * placeStride), placeStride);
            StoreRow(a3, b3, c3, d3, target + (12 * placeStride), placeStride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(T* top, nint row, out TVector first, out TVector second, out TVector third, out TVector fourth)
    {
        TVector a = TLanes.Load(top), b = TLanes.Load(top + row), c = TLanes.Load(top + (2 * row)), d = TLanes.Load(top + (3 * row));
        first = TLanes.Subtract(a, c);
        second = TLanes.Add(b, c);
        third = TLanes.Subtract(c, b);
        fourth = TLanes.Subtract(b, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreRow(TVector a, TVector b, TVector c, TVector d, T* target, nint placeStride)
    {
        TLanes.Store(target, TLanes.Subtract(a, c));
        TLanes.Store(target + placeStride, TLanes.Add(b, c));
        TLanes.Store(target + (2 * placeStride), TLanes.Subtract(c, b));
        TLanes.Store(target + (3 * placeStride), TLanes.Subtract(b, d));
    }
}
