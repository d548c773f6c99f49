namespace Nabla.Compression;

/// <summary>What an activation was over calibration data: the least and the largest value, and then how many values there were in each part between.</summary>
internal sealed class ActivationValues
{
    /// <summary>The parts of a histogram.</summary>
    public const int Bins = 2048;

    private readonly long[] counts = new long[Bins];

    /// <summary>The least value, 0 at most.</summary>
    public double Low { get; private set; }

    /// <summary>The largest value, 0 at least.</summary>
    public double High { get; private set; }

    /// <summary>How many values there were in each part.</summary>
    public ReadOnlySpan<long> Counts => counts;

    /// <summary>The width of a part.</summary>
    public double Width => (High - Low) / Bins;

    /// <summary>Widens the range to values.</summary>
    /// <exception cref="ArgumentException">One of them is not finite.</exception>
    public void Widen(Tensor values, string name)
    {
        ReadOnlySpan<float> span = values.AsSpan<float>();
        if (span.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new ArgumentException($"The calibration data make the input of '{name}' infinite or not a number: ranges cannot be chosen from that.");
        }

        foreach (float value in span)
        {
            Low = Math.Min(Low, value);
            High = Math.Max(High, value);
        }
    }

    /// <summary>Counts values, once the range is known.</summary>
    public void Count(Tensor values)
    {
        double perUnit = Width > 0 ? 1 / Width : 0;
        foreach (float value in values.AsSpan<float>())
        {
            counts[Math.Clamp((int)((value - Low) * perUnit), 0, Bins - 1)]++;
        }
    }

    /// <summary>The value in the middle of a part.</summary>
    public double Middle(int bin) => Low + ((bin + 0.5) * Width);
}
