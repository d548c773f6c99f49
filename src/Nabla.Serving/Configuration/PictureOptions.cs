using System.Globalization;

namespace Nabla.Serving;

/// <summary>
/// Within which limits pictures are decoded: a small file can hold a large picture. A pixel takes some ten bytes meanwhile, so all requests together take
/// some ten times <see cref="MaxPixels"/> times <see cref="AtOnce"/> bytes.
/// </summary>
/// <example><code>PictureOptions options = new() { MaxPixels = 1 &lt;&lt; 20, AtOnce = 1 };</code></example>
public sealed record PictureOptions
{
    private const int MostPixels = 100_000_000;

    /// <summary>The pixels of a picture at most, as its file's header says; from 1 to 100 million, 16 777 216 by default.</summary>
    public int MaxPixels { get; init; } = 1 << 24;

    /// <summary>How many requests have their pictures decoded at once; from 1, one a processor by default.</summary>
    public int AtOnce { get; init; } = Environment.ProcessorCount;

    /// <summary>How many requests may wait for that; the next is refused. From 0; 64 by default.</summary>
    public int QueueLimit { get; init; } = 64;

    /// <summary>Refuses what makes no sense.</summary>
    internal void Validate()
    {
        Require(MaxPixels is >= 1 and <= MostPixels, $"maxPixels from 1 to {MostPixels}", MaxPixels);
        Require(AtOnce >= 1, "atOnce from 1", AtOnce);
        Require(QueueLimit >= 0, "queueLimit from 0", QueueLimit);
    }

    private static void Require(bool condition, string expected, int got)
    {
        if (!condition)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"pictures: expected {expected}, got {got}."));
        }
    }
}
