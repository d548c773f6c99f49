// The gradient of the weights of a convolution of each channel alone: channels are the lanes, and the sums of the taps of one kernel row
// stay in registers along a row of pixels. Slices of all rows, cut by sizes alone, have sums of their own, added in their order at
// the end. The last vector of channels goes back as far as it must to be whole; of its sums only the new ones are taken.
using System.Numerics;
using System.Runtime.CompilerServices;
using Nabla.Backends.Cpu.Gemm;
using Nabla.Ops.Convolutions;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Sums products of windows and cotangents of single channels over all pixels.</summary>
internal static unsafe class ChannelSums<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int MostSlices = 16;
    private const int MostTaps = 8;

    private interface ITaps
    {
        static abstract int Count { get; }
    }

    /// <summary>gradient[ky, kx, channel] = the sum over images, y and x of elements times cotangents; there are at least as many channels as lanes.</summary>
    public static void Run(in ConvolutionShape shape, T* input, T* cotangent, T* gradient)
    {
        int taps = shape.KernelHeight * shape.KernelWidth;
        int vectors = (shape.Outputs + TLanes.Count - 1) / TLanes.Count;
        int rowSize = vectors * TLanes.Count;
        nint size = (nint)taps * rowSize;
        int slices = Math.Clamp(shape.Batch * shape.OutputHeight, 1, MostSlices);
        T* sums = Scratch.Get<T>(ScratchUse.PartialSums, size * slices);
        WorkerPool.Run(slices, new Piece(shape, input, cotangent, sums, size, slices));
        SliceSums<T, TVector, TLanes>.Add(sums, sums, size, slices);
        int whole = shape.Outputs / TLanes.Count * TLanes.Count;
        for (int tap = 0; tap < taps; tap++)
        {
            T* from = sums + ((nint)tap * rowSize);
            T* to = gradient + ((nint)tap * shape.Outputs);
            new Span<T>(from, whole).CopyTo(new Span<T>(to, whole));
            new Span<T>(from + whole + (rowSize - shape.Outputs), shape.Outputs - whole).CopyTo(new Span<T>(to + whole, shape.Outputs - whole));
        }
    }

    /// <summary>One slice of the rows of results of all images.</summary>
    private readonly struct Piece(ConvolutionShape shape, T* input, T* cotangent, T* sums, nint size, int slices) : IPieceBody
    {
        public void Run(int slice)
        {
            T* target = sums + (slice * size);
            new Span<T>(target, (int)size).Clear();
            int rows = shape.Batch * shape.OutputHeight;
            int end = ProductGrid.Cut(rows, slices, slice + 1);
            for (int row = ProductGrid.Cut(rows, slices, slice); row < end; row++)
            {
                RunRow(row, target);
            }
        }

        private void RunRow(int row, T* target)
        {
            (int image, int y) = Math.DivRem(row, shape.OutputHeight);
            AxisTaps tapsY = AxisTaps.Forward(shape.KernelHeight, shape.DilationY, shape.PadTop);
            int corner = (y * shape.StrideY) - shape.PadTop;
            (int first, int end) = tapsY.Inside(corner, shape.Height);
            nint rowSize = size / (shape.KernelHeight * shape.KernelWidth);
            for (int tap = first; tap < end; tap++)
            {
                T* source = input + (image * shape.ImageSize) + ((nint)(corner + (tap * shape.DilationY)) * shape.Width * shape.Inputs);
                RunTaps(source, cotangent + ((nint)row * shape.OutputWidth * shape.Outputs), target + (tap * shape.KernelWidth * rowSize), rowSize);
            }
        }

        /// <summary>One row of taps over one row of pixels.</summary>
        private void RunTaps(T* source, T* from, T* target, nint rowSize)
        {
            AxisTaps taps = AxisTaps.Forward(shape.KernelWidth, shape.DilationX, shape.PadLeft);
            (int whole, int broken) = taps.Whole(shape.OutputWidth, shape.StrideX, shape.Width);
            for (int vector = 0; vector < shape.Outputs; vector += TLanes.Count)
            {
                int channel = Math.Min(vector, shape.Outputs - TLanes.Count);
                AddEdge(taps, source + channel, from + channel, target + vector, rowSize, 0, whole);
                Add(source + channel, from + channel, target + vector, rowSize, whole, broken - whole, 0, taps.Count);
                AddEdge(taps, source + channel, from + channel, target + vector, rowSize, broken, shape.OutputWidth);
            }
        }

        /// <summary>Pixels whose windows are cut off on the left or the right.</summary>
        private void AddEdge(AxisTaps taps, T* source, T* from, T* target, nint rowSize, int x, int end)
        {
            for (; x < end; x++)
            {
                (int first, int last) = taps.Inside((x * shape.StrideX) - shape.PadLeft, shape.Width);
                Add(source, from, target, rowSize, x, 1, first, last - first);
            }
        }

        /// <summary>Some neighbouring taps over some neighbouring pixels of one vector of channels.</summary>
        private void Add(T* source, T* from, T* target, nint rowSize, int x, int pixels, int tap, int taps)
        {
            nint step = (nint)shape.DilationX * shape.Inputs;
            T* pixel = source + ((((nint)x * shape.StrideX) - shape.PadLeft) * shape.Inputs);
            for (int end = tap + taps; pixels > 0 && tap < end; tap += MostTaps)
            {
                Sums work = new()
                {
                    Source = pixel + (tap * step),
                    TapStep = step,
                    PixelStride = (nint)shape.StrideX * shape.Inputs,
                    Cotangent = from + ((nint)x * shape.Outputs),
                    CotangentStride = shape.Outputs,
                    Pixels = pixels,
                    Target = target + (tap * rowSize),
                    TargetStride = rowSize,
                };
                RunSums(Math.Min(MostTaps, end - tap), &work);
            }
        }
    }

    private static void RunSums(int taps, Sums* work)
    {
        switch (taps)
        {
            case 1: Sum<Taps1>(work); break;
            case 2: Sum<Taps2>(work); break;
            case 3: Sum<Taps3>(work); break;
            case 4: Sum<Taps4>(work); break;
            case 5: Sum<Taps5>(work); break;
            case 6: Sum<Taps6>(work); break;
            case 7: Sum<Taps7>(work); break;
            default: Sum<Taps8>(work); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TTaps>(Sums* work)
        where TTaps : struct, ITaps
    {
        T* target = work->Target;
        nint next = work->TargetStride;
        TVector s0 = TLanes.Load(target), s1 = TLanes.Zero, s2 = TLanes.Zero, s3 = TLanes.Zero;
        TVector s4 = TLanes.Zero, s5 = TLanes.Zero, s6 = TLanes.Zero, s7 = TLanes.Zero;
        if (TTaps.Count > 1) { s1 = TLanes.Load(target + next); }
        if (TTaps.Count > 2) { s2 = TLanes.Load(target + (2 * next)); }
        if (TTaps.Count > 3) { s3 = TLanes.Load(target + (3 * next)); }
        if (TTaps.Count > 4) { s4 = TLanes.Load(target + (4 * next)); }
        if (TTaps.Count > 5) { s5 = TLanes.Load(target + (5 * next)); }
        if (TTaps.Count > 6) { s6 = TLanes.Load(target + (6 * next)); }
        if (TTaps.Count > 7) { s7 = TLanes.Load(target + (7 * next)); }
        T* a = work->Source;
        T* from = work->Cotangent;
        nint one = work->TapStep, two = 2 * one, three = 3 * one, four = 4 * one;
        for (int pixel = work->Pixels; pixel > 0; pixel--)
        {
            TVector g = TLanes.Load(from);
            T* b = a + four;
            s0 = TLanes.MultiplyAdd(TLanes.Load(a), g, s0);
            if (TTaps.Count > 1) { s1 = TLanes.MultiplyAdd(TLanes.Load(a + one), g, s1); }
            if (TTaps.Count > 2) { s2 = TLanes.MultiplyAdd(TLanes.Load(a + two), g, s2); }
            if (TTaps.Count > 3) { s3 = TLanes.MultiplyAdd(TLanes.Load(a + three), g, s3); }
            if (TTaps.Count > 4) { s4 = TLanes.MultiplyAdd(TLanes.Load(b), g, s4); }
            if (TTaps.Count > 5) { s5 = TLanes.MultiplyAdd(TLanes.Load(b + one), g, s5); }
            if (TTaps.Count > 6) { s6 = TLanes.MultiplyAdd(TLanes.Load(b + two), g, s6); }
            if (TTaps.Count > 7) { s7 = TLanes.MultiplyAdd(TLanes.Load(b + three), g, s7); }
            a += work->PixelStride;
            from += work->CotangentStride;
        }

        TLanes.Store(target, s0);
        if (TTaps.Count > 1) { TLanes.Store(target + next, s1); }
        if (TTaps.Count > 2) { TLanes.Store(target + (2 * next), s2); }
        if (TTaps.Count > 3) { TLanes.Store(target + (3 * next), s3); }
        if (TTaps.Count > 4) { TLanes.Store(target + (4 * next), s4); }
        if (TTaps.Count > 5) { TLanes.Store(target + (5 * next), s5); }
        if (TTaps.Count > 6) { TLanes.Store(target + (6 * next), s6); }
        if (TTaps.Count > 7) { TLanes.Store(target + (7 * next), s7); }
    }

    private struct Sums
    {
        public T* Source;
        public nint TapStep;
        public nint PixelStride;
        public T* Cotangent;
        public nint CotangentStride;
        public int Pixels;
        public T* Target;
        public nint TargetStride;
    }

    private readonly struct Taps1 : ITaps
    {
        public static int Count => 1;
    }

    private readonly struct Taps2 : ITaps
    {
        public static int Count => 2;
    }

    private readonly struct Taps3 : ITaps
    {
        public static int Count => 3;
    }

    private readonly struct Taps4 : ITaps
    {
        public static int Count => 4;
    }

    private readonly struct Taps5 : ITaps
    {
        public static int Count => 5;
    }

    private readonly struct Taps6 : ITaps
    {
        public static int Count => 6;
    }

    private readonly struct Taps7 : ITaps
    {
        public static int Count => 7;
    }

    private readonly struct Taps8 : ITaps
    {
        public static int Count => 8;
    }
}
