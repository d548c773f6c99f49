using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Copies images into a frame of zeros, or of what stands for zero, so that no window hangs over an edge.</summary>
internal static unsafe class PaddedCopy
{
    /// <summary>
    /// Writes rows firstRow .. firstRow + rows - 1 of the frame, in which the image [height, width, channels] stands
    /// <paramref name="top"/> rows down and <paramref name="left"/> columns in; negative ones cut off.
    /// </summary>
    public static void Write<T>(
        T* image, int height, int width, int channels, int top, int left, int frameWidth, int firstRow, int rows, T* frame, T zero = default)
        where T : unmanaged
    {
        int before = Math.Clamp(left, 0, frameWidth);
        int skipped = Math.Max(0, -left);
        int copied = Math.Clamp(Math.Min(width - skipped, frameWidth - before), 0, frameWidth);
        nint frameRow = (nint)frameWidth * channels;
        for (int row = 0; row < rows; row++)
        {
            T* target = frame + (row * frameRow);
            int y = firstRow + row - top;
            if (y < 0 || y >= height || copied == 0)
            {
                Clear(target, frameRow, zero);
                continue;
            }

            Clear(target, (nint)before * channels, zero);
            T* source = image + ((((nint)y * width) + skipped) * channels);
            Unsafe.CopyBlockUnaligned(target + ((nint)before * channels), source, (uint)((nint)copied * channels * sizeof(T)));
            Clear(target + ((nint)(before + copied) * channels), (nint)(frameWidth - before - copied) * channels, zero);
        }
    }

    private static void Clear<T>(T* target, nint count, T zero)
        where T : unmanaged => new Span<T>(target, (int)count).Fill(zero);
}
