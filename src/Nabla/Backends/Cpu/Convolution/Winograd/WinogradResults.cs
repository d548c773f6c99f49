// Products m, 4 x 4 places, become the 2 x 2 results A' m A, with A' = [1 1 1 0; 0 1 -1 -1], channels as lanes; bias and rectifier follow.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution.Winograd;

/// <summary>Four pixels of results, which lie anywhere: those that hang over an edge may all go to one place that nobody reads.</summary>
internal readonly unsafe struct WinogradPixels<T>(T* topLeft, T* topRight, T* bottomLeft, T* bottomRight)
    where T : unmanaged
{
    public readonly T* TopLeft = topLeft;
    public readonly T* TopRight = topRight;
    public readonly T* BottomLeft = bottomLeft;
    public readonly T* BottomRight = bottomRight;
}

/// <summary>What is done to results before they are stored.</summary>
internal unsafe struct WinogradEpilogue<T>(T* bias, bool relu)
    where T : unmanaged
{
    public readonly T* Bias = bias;
    public readonly bool Relu = relu;

    /// <summary>What is added to the pixels; none if it lies nowhere.</summary>
    public WinogradPixels<T> Residual;
}

/// <summary>Transforms products back.</summary>
internal static unsafe class WinogradResults<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Computes <paramref name="channels"/> channels, whole vectors, of one tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TransformTile(T* products, nint placeStride, nint channels, WinogradEpilogue<T> epilogue, WinogradPixels<T> target)
    {
        for (nint channel = 0; channel < channels; channel += TLanes.Count, products += TLanes.Count)
        {
            Column(products, placeStride, out TVector a0, out TVector a1);
            Column(products + placeStride, placeStride, out TVector b0, out TVector b1);
            Column(products + (2 * placeStride), placeStride, out TVector c0, out TVector c1);
            Column(products + (3 * placeStride), placeStride, out TVector d0, out TVector d1);
            TVector topLeft = TLanes.Add(TLanes.Add(a0, b0), c0), topRight = TLanes.Subtract(TLanes.Subtract(b0, c0), d0);
            TVector bottomLeft = TLanes.Add(TLanes.Add(a1, b1), c1), bottomRight = TLanes.Subtract(TLanes.Subtract(b1, c1), d1);
            if (epilogue.Bias is not null)
            {
                TVector added = TLanes.Load(epilogue.Bias + channel);
                (topLeft, topRight) = (TLanes.Add(topLeft, added), TLanes.Add(topRight, added));
                (bottomLeft, bottomRight) = (TLanes.Add(bottomLeft, added), TLanes.Add(bottomRight, added));
            }

            if (epilogue.Residual.TopLeft is not null)
            {
                topLeft = TLanes.Add(topLeft, TLanes.Load(epilogue.Residual.TopLeft + channel));
                topRight = TLanes.Add(topRight, TLanes.Load(epilogue.Residual.TopRight + channel));
                bottomLeft = TLanes.Add(bottomLeft, TLanes.Load(epilogue.Residual.BottomLeft + channel));
                bottomRight = TLanes.Add(bottomRight, TLanes.Load(epilogue.Residual.BottomRight + channel));
            }

            if (epilogue.Relu)
            {
                TVector zero = TLanes.Zero;
                (topLeft, topRight) = (TLanes.Max(topLeft, zero), TLanes.Max(topRight, zero));
                (bottomLeft, bottomRight) = (TLanes.Max(bottomLeft, zero), TLanes.Max(bottomRight, zero));
            }

            TLanes.Store(target.TopLeft + channel, topLeft);
            TLanes.Store(target.TopRight + channel, topRight);
            TLanes.Store(target.BottomLeft + channel, bottomLeft);
            TLanes.Store(target.BottomRight + channel, bottomRight);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Column(T* top, nint placeStride, out TVector first, out TVector second)
    {
        TVector a = TLanes.Load(top), b = TLanes.Load(top + (4 * placeStride));
        TVector c = TLanes.Load(top + (8 * placeStride)), d = TLanes.Load(top + (12 * placeStride));
        first = TLanes.Add(TLanes.Add(a, b), c);
        second = TLanes.Subtract(TLanes.Subtract(b, c), d);
    }
}
