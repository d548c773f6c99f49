// Max-pooling, channels last: 16 channels are the lanes, and each window is walked once with the largest values and their taps in
// registers. The gradient walks the pixels instead: a pixel collects from the windows that cover it the values whose tap it is, so
// that it is written once, and no two threads meet. The bits are the same on any machine.
using System.Numerics;
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

    private readonly struct WindowRows(PoolingWork work, T* images, T* largest, TTap* taps, int rowsPerPiece, int allRows) : IPieceBody
    {
        public void Run(int piece)
        {
            int end = Math.Min(allRows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                (int image, int windowY) = Math.DivRem(row, work.Y.Windows);
                (int y, int endY, int tapY) = work.Y.Covered(windowY);
                T* source = images + ((((nint)image * work.Y.Pixels) + y) * work.PixelRow);
                T* target = largest + (row * work.WindowRow);
                TTap* at = taps + (row * work.WindowRow);
                for (int windowX = 0; windowX < work.X.Windows; windowX++, target += work.Channels, at += work.Channels)
                {
                    (int x, int endX, int tapX) = work.X.Covered(windowX);
                    Window(source + ((nint)x * work.Channels), endY - y, endX - x, (tapY * work.X.Size) + tapX, target, at);
                }
            }
        }

        private void Window(T* corner, int rows, int columns, int firstTap, T* target, TTap* at)
        {
            int channel = 0;
            for (; sizeof(T) == sizeof(float) && channel <= work.Channels - Vector512<float>.Count; channel += Vector512<float>.Count)
            {
                Lanes((float*)corner + channel, rows, columns, firstTap, (float*)target + channel, at + channel);
            }

            for (; channel < work.Channels; channel++)
            {
                Channel(corner + channel, rows, columns, firstTap, target + channel, at + channel);
            }
        }

        private void Lanes(float* corner, int rows, int columns, int firstTap, float* target, TTap* at)
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

        private void Channel(T* corner, int rows, int columns, int firstTap, T* target, TTap* at)
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
    }

    private readonly struct PixelRows(PoolingWork work, T* values, TTap* taps, T* images, int rowsPerPiece, int allRows) : IPieceBody
    {
        public void Run(int piece)
        {
            int end = Math.Min(allRows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                (int image, int y) = Math.DivRem(row, work.Y.Pixels);
                (int windowY, int endY, int tapY) = work.Y.Covering(y);
                nint first = (((nint)image * work.Y.Windows) + windowY) * work.WindowRow;
                T* target = images + (row * work.PixelRow);
                for (int x = 0; x < work.X.Pixels; x++, target += work.Channels)
                {
                    (int windowX, int endX, int tapX) = work.X.Covering(x);
                    nint corner = first + ((nint)windowX * work.Channels);
                    Pixel(corner, Math.Max(0, endY - windowY), Math.Max(0, endX - windowX), (tapY * work.X.Size) + tapX, target);
                }
            }
        }

        private void Pixel(nint corner, int rows, int columns, int firstTap, T* target)
        {
            int channel = 0;
            for (; sizeof(T) == sizeof(float) && channel <= work.Channels - Vector512<float>.Count; channel += Vector512<float>.Count)
            {
                Lanes(corner + channel, rows, columns, firstTap).Store((float*)target + channel);
            }

            for (; channel < work.Channels; channel++)
            {
                target[channel] = Channel(corner + channel, rows, columns, firstTap);
            }
        }

        private Vector512<float> Lanes(nint corner, int rows, int columns, int firstTap)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int y = 0; y < rows; y++)
            {
                nint window = corner + (y * work.WindowRow);
                int tap = firstTap - (y * work.Y.Stride * work.X.Size);
                for (int x = 0; x < columns; x++, window += work.Channels, tap -= work.X.Stride)
                {
                    Vector512<float> own = Vector512.Equals(TapLanes.Load(taps + window), Vector512.Create(tap)).AsSingle();
                    sum += Vector512.Load((float*)values + window) & own;
                }
            }

            return sum;
        }

        private T Channel(nint corner, int rows, int columns, int firstTap)
        {
            T sum = T.Zero;
            for (int y = 0; y < rows; y++)
            {
                nint window = corner + (y * work.WindowRow);
                int tap = firstTap - (y * work.Y.Stride * work.X.Size);
                for (int x = 0; x < columns; x++, window += work.Channels, tap -= work.X.Stride)
                {
                    sum += taps[window] == TTap.CreateTruncating(tap) ? values[window] : T.Zero;
                }
            }

            return sum;
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
