// Average-pooling, channels last: a vector of channels is summed over the pixels of a window, row by row. The gradient walks the
// pixels: each collects its share from the windows that cover it, and is written once.
using System.Numerics;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Pooling;

/// <summary>Averages windows, and spreads values over windows.</summary>
internal static unsafe class AveragePoolingKernel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The mean of each window.</summary>
    public static void Forward(PoolingWork work, T* images, T* means)
    {
        int rows = work.WindowRowsPerPiece;
        int all = work.Batch * work.Y.Windows;
        WorkerPool.Run((all + rows - 1) / rows, new WindowRows(work, images, means, rows, all));
    }

    /// <summary>For each pixel the sum of its shares of the values of its windows.</summary>
    public static void Spread(PoolingWork work, T* values, T* images)
    {
        int rows = work.PixelRowsPerPiece;
        int all = work.Batch * work.Y.Pixels;
        WorkerPool.Run((all + rows - 1) / rows, new PixelRows(work, values, images, rows, all));
    }

    private static T Share(int pixels) => T.One / T.CreateChecked(pixels);

    private readonly struct WindowRows(PoolingWork work, T* images, T* means, int rowsPerPiece, int allRows) : IPieceBody
    {
        public void Run(int piece)
        {
            int end = Math.Min(allRows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                (int image, int windowY) = Math.DivRem(row, work.Y.Windows);
                (int y, int endY, _) = work.Y.Covered(windowY);
                T* source = images + ((((nint)image * work.Y.Pixels) + y) * work.PixelRow);
                T* target = means + (row * work.WindowRow);
                for (int windowX = 0; windowX < work.X.Windows; windowX++, target += work.Channels)
                {
                    (int x, int endX, _) = work.X.Covered(windowX);
                    int vectors = work.ChannelsInVectors(Vector512<T>.Count, work.X.Pixels - endX + 1, work.X.Windows - windowX);
                    Window(source + ((nint)x * work.Channels), endY - y, endX - x, vectors, target);
                }
            }
        }

        private void Window(T* corner, int rows, int columns, int vectors, T* target)
        {
            T share = Share(rows * columns);
            int channel = 0;
            for (; channel < vectors; channel += Vector512<T>.Count)
            {
                Vector512<T> sum = Vector512<T>.Zero;
                for (int y = 0; y < rows; y++)
                {
                    T* pixel = corner + (y * work.PixelRow) + channel;
                    for (int x = 0; x < columns; x++, pixel += work.Channels)
                    {
                        sum += Vector512.Load(pixel);
                    }
                }

                (sum * share).Store(target + channel);
            }

            for (; channel < work.Channels; channel++)
            {
                T sum = T.Zero;
                for (int y = 0; y < rows; y++)
                {
                    T* pixel = corner + (y * work.PixelRow) + channel;
                    for (int x = 0; x < columns; x++, pixel += work.Channels)
                    {
                        sum += *pixel;
                    }
                }

                target[channel] = sum * share;
            }
        }
    }

    private readonly struct PixelRows(PoolingWork work, T* values, T* images, int rowsPerPiece, int allRows) : IPieceBody
    {
        public void Run(int piece)
        {
            Covering* covering = work.CoveringColumns();
            int end = Math.Min(allRows, (piece + 1) * rowsPerPiece);
            for (int row = piece * rowsPerPiece; row < end; row++)
            {
                (int image, int y) = Math.DivRem(row, work.Y.Pixels);
                T* target = images + (row * work.PixelRow);
                for (int x = 0; x < work.X.Pixels; x++, target += work.Channels)
                {
                    int windows = work.X.Windows - covering[x].First - covering[x].Count + 1;
                    int vectors = work.ChannelsInVectors(Vector512<T>.Count, work.X.Pixels - x, windows);
                    Pixel(values + ((nint)image * work.Y.Windows * work.WindowRow), work.Y.Covering(y), covering[x], vectors, target);
                }
            }
        }

        private void Pixel(T* source, Covering rows, Covering columns, int vectors, T* target)
        {
            new Span<T>(target, work.Channels).Clear();
            for (int y = rows.First; y < rows.First + rows.Count; y++)
            {
                for (int x = columns.First; x < columns.First + columns.Count; x++)
                {
                    Add(source + (y * work.WindowRow) + ((nint)x * work.Channels), Share(Count(work.Y, y) * Count(work.X, x)), vectors, target);
                }
            }
        }

        private static int Count(PoolingAxis axis, int window)
        {
            (int first, int end, _) = axis.Covered(window);
            return end - first;
        }

        private void Add(T* source, T share, int vectors, T* target)
        {
            int channel = 0;
            for (; channel < vectors; channel += Vector512<T>.Count)
            {
                (Vector512.Load(target + channel) + (Vector512.Load(source + channel) * share)).Store(target + channel);
            }

            for (; channel < work.Channels; channel++)
            {
                target[channel] += source[channel] * share;
            }
        }
    }
}
