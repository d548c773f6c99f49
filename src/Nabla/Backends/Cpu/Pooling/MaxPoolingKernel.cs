// Max-pooling, channels last: 16 channels are the lanes, and each window is walked once with the largest values and their taps in
// registers. The gradient walks the pixels instead: a pixel collects from the windows that cover it the values whose tap it is, so
// that it is written once, and no two threads meet. The bits are the same on any machine.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Pooling;

/// <summary>Finds the largest value of each window and moves values between windows and the pixels they came from.</summary>
internal static unsafe class MaxPoolingKernel<T, TTap>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TTap : unmanaged, IBinaryInteger<TTap>
{
    /// <summary>The largest value of each window, and its tap.</summary>
    public static void Forward(PoolingWork work, T* images, T* largest, TTap* taps)
    {
        int rows = work.WindowRowsPerPiece;
        int all = work.Batch * work.Y.Windows;
        WorkerPool.Run((all + rows - 1) / rows, new WindowRows(work, images, largest, taps, rows, all));
    }

    /// <summary>For each pixel the sum of the values whose tap it is.</summary>
    public static void Spread(PoolingWork work, T* values, TTap* taps, T* images)
    {
        int rows = work.PixelRowsPerPiece;
        int all = work.Batch * work.Y.Pixels;
        WorkerPool.Run((all + rows - 1) / rows, new PixelRows(work, values, taps, images, rows, all));
    }

    /// <summary>The pixel of each window that is its tap.</summary>
    public static void Pick(PoolingWork work, T* images, TTap* taps, T* values)
    {
        int rows = work.WindowRowsPerPiece;
        int all = work.Batch * work.Y.Windows;
        WorkerPool.Run((all + rows - 1) / rows, new PickedRows(work, images, taps, values, rows, all));
    }

    /// <summary>One row of windows.</summary>
    /// <param name="work">The sizes.</param>
    /// <param name="rows">The first row of the image that the windows cover, at its first pixel.</param>
    /// <param name="windowY">Which row of windows.</param>
    /// <param name="target">The largest values.</param>
    /// <param name="at">The taps.</param>
    public static void WindowRow(in PoolingWork work, T* rows, int windowY, T* target, TTap* at)
    {
        (int y, int endY, int tapY) = work.Y.Covered(windowY);
        for (int windowX = 0; windowX < work.X.Windows; windowX++, target += work.Channels, at += work.Channels)
        {
            (int x, int endX, int tapX) = work.X.Covered(windowX);
            int vectors = InVectors(work, work.X.Pixels - endX + 1, work.X.Windows - windowX);
            Window(work, rows + ((nint)x * work.Channels), endY - y, endX - x, (tapY * work.X.Size) + tapX, vectors, target, at);
        }
    }

    /// <summary>One row of pixels.</summary>
    /// <param name="work">The sizes.</param>
    /// <param name="covering">Of each column which windows cover it: <see cref="PoolingWork.CoveringColumns"/>.</param>
    /// <param name="values">The values of the image's windows.</param>
    /// <param name="taps">Their taps.</param>
    /// <param name="y">Which row.</param>
    /// <param name="target">The pixels.</param>
    public static void PixelRow(in PoolingWork work, Covering* covering, T* values, TTap* taps, int y, T* target)
    {
        Covering rows = work.Y.Covering(y);
        if (work.X.Size <= work.X.Stride && rows.Count == 1)
        {
            nint first = rows.First * work.WindowRow;
            SpreadWindows(work, values + first, taps + first, rows.Tap * work.X.Size, target);
            return;
        }

        for (int x = 0; x < work.X.Pixels; x++, target += work.Channels)
        {
            Covering columns = covering[x];
            nint corner = (rows.First * work.WindowRow) + ((nint)columns.First * work.Channels);
            int vectors = InVectors(work, work.X.Pixels - x, work.X.Windows - columns.First - columns.Count + 1);
            Pixel(work, values + corner, taps + corner, rows.Count, columns.Count, (rows.Tap * work.X.Size) + columns.Tap, vectors, target);
        }
    }

    // Doubles are for checks: they go one by one.
    private static int InVectors(in PoolingWork work, int pixels, int windows) =>
        sizeof(T) == sizeof(float) ? work.ChannelsInVectors(Vector512<float>.Count, pixels, windows) : 0;

    /// <summary>One row of pixels of which each lies in one window at most.</summary>
    private static void SpreadWindows(in PoolingWork work, T* values, TTap* taps, int firstTap, T* target)
    {
        int channels = work.Channels;
        int next = 0;
        for (int window = 0; window < work.X.Windows; window++, values += channels, taps += channels)
        {
            (int x, int end, int tap) = work.X.Covered(window);
            new Span<T>(target + ((nint)next * channels), (x - next) * channels).Clear();
            int vectors = channels < Vector512<float>.Count ? InVectors(work, work.X.Pixels - end + 1, work.X.Windows - window) : InVectors(work, 0, 0);
            Spread(values, taps, firstTap + tap, end - x, target + ((nint)x * channels), channels, vectors);
            next = end;
        }

        new Span<T>(target + ((nint)next * channels), (work.X.Pixels - next) * channels).Clear();
    }

    /// <summary>Some pixels of one window, next to each other.</summary>
    private static void Spread(T* values, TTap* taps, int firstTap, int pixels, T* target, int channels, int vectors)
    {
        int channel = 0;
        for (; channel < vectors; channel += Vector512<float>.Count)
        {
            Vector512<float> value = Vector512.Load((float*)values + channel);
            Vector512<int> tap = TapLanes.Load(taps + channel);
            float* pixel = (float*)target + channel;
            for (int x = 0; x < pixels; x++, pixel += channels)
            {
                (value & Vector512.Equals(tap, Vector512.Create(firstTap + x)).AsSingle()).Store(pixel);
            }
        }

        for (; channel < channels; channel++)
        {
            for (int x = 0; x < pixels; x++)
            {
                target[((nint)x * channels) + channel] = taps[channel] == TTap.CreateTruncating(firstTap + x) ? values[channel] : T.Zero;
            }
        }
    }

    private static void Window(in PoolingWork work, T* corner, int rows, int columns, int firstTap, int vectors, T* target, TTap* at)
    {
        int channel = 0;
        if (rows == 2 && columns == 2)
        {
            channel = FourPixels((float*)corner, work.PixelRow, work.Channels, vectors, firstTap, work.X.Size, (float*)target, at);
        }

        for (; channel < vectors; channel += Vector512<float>.Count)
        {
            WindowLanes(work, (float*)corner + channel, rows, columns, firstTap, (float*)target + channel, at + channel);
        }

        for (; channel < work.Channels; channel++)
        {
            WindowChannel(work, corner + channel, rows, columns, firstTap, target + channel, at + channel);
        }
    }

    /// <summary>Windows of 2 x 2 pixels, as long as all are numbers; gives how many channels are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FourPixels(float* corner, nint row, int channels, int vectors, int firstTap, int tapRow, float* target, TTap* at)
    {
        Vector512<int> tapA = Vector512.Create(firstTap), tapB = Vector512.Create(firstTap + 1);
        Vector512<int> tapC = Vector512.Create(firstTap + tapRow), tapD = Vector512.Create(firstTap + tapRow + 1);
        int channel = 0;
        for (; channel < vectors; channel += Vector512<float>.Count)
        {
            float* pixel = corner + channel;
            Vector512<float> a = Vector512.Load(pixel), b = Vector512.Load(pixel + channels);
            Vector512<float> c = Vector512.Load(pixel + row), d = Vector512.Load(pixel + row + channels);
            Vector512<float> sum = a + b + (c + d);
            if (!Vector512.EqualsAll(sum, sum))
            {
                return channel;
            }

            Vector512<float> right = Vector512.GreaterThan(b, a), belowRight = Vector512.GreaterThan(d, c);
            Vector512<float> upper = Vector512.ConditionalSelect(right, b, a), lower = Vector512.ConditionalSelect(belowRight, d, c);
            Vector512<int> upperTap = Vector512.ConditionalSelect(right.AsInt32(), tapB, tapA);
            Vector512<int> lowerTap = Vector512.ConditionalSelect(belowRight.AsInt32(), tapD, tapC);
            Vector512<float> below = Vector512.GreaterThan(lower, upper);
            Vector512.ConditionalSelect(below, lower, upper).Store(target + channel);
            TapLanes.Store(Vector512.ConditionalSelect(below.AsInt32(), lowerTap, upperTap), at + channel);
        }

        return channel;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WindowLanes(in PoolingWork work, float* corner, int rows, int columns, int firstTap, float* target, TTap* at)
    {
        Vector512<float> best = Vector512.Load(corner);
        Vector512<int> place = Vector512.Create(firstTap);
        for (int y = 0; y < rows; y++)
        {
            float* pixel = corner + (y * work.PixelRow);
            for (int x = 0; x < columns; x++, pixel += work.Channels)
            {
                // Larger, or not a number while the best one is one.
                Vector512<float> value = Vector512.Load(pixel);
                Vector512<float> better = Vector512.AndNot(Vector512.Equals(best, best), Vector512.LessThanOrEqual(value, best));
                best = Vector512.ConditionalSelect(better, value, best);
                place = Vector512.ConditionalSelect(better.AsInt32(), Vector512.Create(firstTap + (y * work.X.Size) + x), place);
            }
        }

        best.Store(target);
        TapLanes.Store(place, at);
    }

    private static void WindowChannel(in PoolingWork work, T* corner, int rows, int columns, int firstTap, T* target, TTap* at)
    {
        T best = *corner;
        int place = firstTap;
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                T value = corner[(y * work.PixelRow) + ((nint)x * work.Channels)];
                if (value > best || (T.IsNaN(value) && !T.IsNaN(best)))
                {
                    (best, place) = (value, firstTap + (y * work.X.Size) + x);
                }
            }
        }

        (*target, *at) = (best, TTap.CreateTruncating(place));
    }

    private static void Pixel(in PoolingWork work, T* values, TTap* taps, int rows, int columns, int firstTap, int vectors, T* target)
    {
        int channel = 0;
        for (; channel < vectors; channel += Vector512<float>.Count)
        {
            PixelLanes(work, (float*)values + channel, taps + channel, rows, columns, firstTap).Store((float*)target + channel);
        }

        for (; channel < work.Channels; channel++)
        {
            target[channel] = PixelChannel(work, values + channel, taps + channel, rows, columns, firstTap);
        }
    }

    private static Vector512<float> PixelLanes(in PoolingWork work, float* values, TTap* taps, int rows, int columns, int firstTap)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (int y = 0; y < rows; y++)
        {
            nint window = y * work.WindowRow;
            int tap = firstTap - (y * work.Y.Stride * work.X.Size);
            for (int x = 0; x < columns; x++, window += work.Channels, tap -= work.X.Stride)
            {
                Vector512<float> own = Vector512.Equals(TapLanes.Load(taps + window), Vector512.Create(tap)).AsSingle();
                sum += Vector512.Load(values + window) & own;
            }
        }

        return sum;
    }

    private static T PixelChannel(in PoolingWork work, T* values, TTap* taps, int rows, int columns, int firstTap)
    {
        T sum = T.Zero;
        for (int y = 0; y < rows; y++)
        {
            nint window = y * work.WindowRow;
            int tap = firstTap - (y * work.Y.Stride * work.X.Size);
            for (int x = 0; x < columns; x++, window += work.Channels, tap -= work.X.Stride)
            {
                sum += taps[window] == TTap.CreateTruncating(tap) ? values[window] : T.Zero;
            }
        }

        return sum;
    }

    private readonly struct WindowRows(PoolingWork work, T* images, T* largest, TTap* taps, int rowsPerPiece, int allRows) : IPieceBody
    {
        public void Run(int piece)
        {
            int end = Math.Min(allRows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                (int image, int windowY) = Math.DivRem(row, work.Y.Windows);
                T* rows = images + ((((nint)image * work.Y.Pixels) + work.Y.Covered(windowY).First) * work.PixelRow);
                WindowRow(work, rows, windowY, largest + (row * work.WindowRow), taps + (row * work.WindowRow));
            }
        }
    }

    private readonly struct PixelRows(PoolingWork work, T* values, TTap* taps, T* images, int rowsPerPiece, int allRows) : IPieceBody
    {
        public void Run(int piece)
        {
            Covering* covering = work.CoveringColumns();
            int end = Math.Min(allRows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                (int image, int y) = Math.DivRem(row, work.Y.Pixels);
                nint first = (nint)image * work.Y.Windows * work.WindowRow;
                PixelRow(work, covering, values + first, taps + first, y, images + (row * work.PixelRow));
            }
        }
    }

    private readonly struct PickedRows(PoolingWork work, T* images, TTap* taps, T* values, int rowsPerPiece, int allRows) : IPieceBody
    {
        public void Run(int piece)
        {
            int end = Math.Min(allRows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                (int image, int windowY) = Math.DivRem(row, work.Y.Windows);
                T* source = images + ((nint)image * work.Y.Pixels * work.PixelRow);
                int cornerY = (windowY * work.Y.Stride) - work.Y.Padding;
                nint index = row * work.WindowRow;
                for (int windowX = 0; windowX < work.X.Windows; windowX++)
                {
                    int cornerX = (windowX * work.X.Stride) - work.X.Padding;
                    for (int channel = 0; channel < work.Channels; channel++, index++)
                    {
                        (int y, int x) = Math.DivRem(int.CreateTruncating(taps[index]), work.X.Size);
                        values[index] = source[((cornerY + y) * work.PixelRow) + ((nint)(cornerX + x) * work.Channels) + channel];
                    }
                }
            }
        }
    }
}
