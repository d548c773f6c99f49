namespace Nabla.Vision;

/// <summary>
/// Stretches pictures with a triangle filter whose width grows with the reduction, so that every pixel of a large picture counts (Heckbert,
/// Fundamentals of Texture Mapping, 1989). Rows and columns are filtered one after the other.
/// </summary>
internal static class Resampling
{
    /// <summary>Pixels of another size.</summary>
    /// <param name="pixels"><c>[height, width, channels]</c></param>
    /// <param name="width">The columns of <paramref name="pixels"/>.</param>
    /// <param name="channels">The channels.</param>
    /// <param name="newHeight">The rows of the result.</param>
    /// <param name="newWidth">The columns of the result.</param>
    public static byte[] Stretch(byte[] pixels, int width, int channels, int newHeight, int newWidth)
    {
        int height = pixels.Length / width / channels;
        if (height == newHeight && width == newWidth)
        {
            return pixels;
        }

        Taps[] columns = Plan(width, newWidth);
        Taps[] rows = Plan(height, newHeight);
        float[] narrow = new float[height * newWidth * channels];
        for (int row = 0; row < height; row++)
        {
            FilterColumns(pixels.AsSpan(row * width * channels, width * channels), columns, channels, narrow.AsSpan(row * newWidth * channels));
        }

        byte[] result = new byte[newHeight * newWidth * channels];
        float[] sums = new float[newWidth * channels];
        for (int row = 0; row < newHeight; row++)
        {
            FilterRows(narrow, rows[row], sums, result.AsSpan(row * sums.Length));
        }

        return result;
    }

    private static void FilterColumns(ReadOnlySpan<byte> source, Taps[] taps, int channels, Span<float> target)
    {
        for (int column = 0; column < taps.Length; column++)
        {
            (int start, float[] weights) = taps[column];
            for (int channel = 0; channel < channels; channel++)
            {
                float sum = 0;
                for (int tap = 0; tap < weights.Length; tap++)
                {
                    sum += weights[tap] * source[((start + tap) * channels) + channel];
                }

                target[(column * channels) + channel] = sum;
            }
        }
    }

    private static void FilterRows(float[] source, Taps taps, float[] sums, Span<byte> target)
    {
        Array.Clear(sums);
        for (int tap = 0; tap < taps.Weights.Length; tap++)
        {
            ReadOnlySpan<float> row = source.AsSpan((taps.Start + tap) * sums.Length, sums.Length);
            for (int index = 0; index < sums.Length; index++)
            {
                sums[index] += taps.Weights[tap] * row[index];
            }
        }

        for (int index = 0; index < sums.Length; index++)
        {
            target[index] = (byte)Math.Clamp(MathF.Round(sums[index]), 0, 255);
        }
    }

    private static Taps[] Plan(int size, int newSize)
    {
        double scale = (double)size / newSize;
        return [.. Enumerable.Range(0, newSize).Select(index => Triangle((index + 0.5) * scale, Math.Max(1, scale), size))];
    }

    private static Taps Triangle(double center, double reach, int size)
    {
        int start = Math.Max(0, (int)Math.Floor(center - reach));
        int end = Math.Min(size, (int)Math.Ceiling(center + reach));
        double[] weights = [.. Enumerable.Range(start, end - start).Select(index => Math.Max(0, 1 - (Math.Abs(index + 0.5 - center) / reach)))];
        double total = weights.Sum();
        return new Taps(start, Array.ConvertAll(weights, weight => (float)(weight / total)));
    }

    /// <summary>The pixels that make one new pixel.</summary>
    private readonly record struct Taps(int Start, float[] Weights);
}
