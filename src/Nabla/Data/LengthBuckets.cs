using System.Globalization;
using Nabla.Data.Pipeline;

namespace Nabla.Data;

/// <summary>
/// How texts of different lengths become batches: texts of similar length stand together, and each batch is only as long as its longest text, rounded
/// up, so that little is computed for nothing and few lengths are compiled. Samples have int32 token ids, <c>[length]</c> or <c>[..., length]</c>, each of
/// its own length or all filled up with 0 at the right; a target that is as long as its sample's tokens, <c>[..., length]</c> int32, is cut and filled
/// up with them.
/// </summary>
/// <example>
/// <code>
/// trainer.Fit(train, validation, new FitOptions { BatchSize = 64, Buckets = new LengthBuckets() });
/// trainer.Fit(train, validation, new FitOptions { Buckets = new LengthBuckets { Tokens = 4096 } });   // more short texts in a batch, fewer long ones
/// </code>
/// </example>
public sealed record LengthBuckets
{
    /// <summary>
    /// What the length of a batch is a multiple of, up to the longest text of all; 1 or more. It is doubled until there are at most
    /// <see cref="MostLengths"/> lengths.
    /// </summary>
    public int Multiple { get; init => field = Limits.AtLeast(1, value, nameof(Multiple)); } = 8;

    /// <summary>How many different lengths batches may have: each is compiled and keeps memory of its own; 1 or more.</summary>
    public int MostLengths { get; init => field = Limits.AtLeast(1, value, nameof(MostLengths)); } = 12;

    /// <summary>How many batches' samples, drawn at random, are sorted by length together: more pad less, fewer mix better; 1 or more.</summary>
    public int Window { get; init => field = Limits.AtLeast(1, value, nameof(Window)); } = 64;

    /// <summary>
    /// The tokens of a batch, padding counted: a batch has as many samples as fit, 1 at least, whatever its batch size says; null to count samples.
    /// </summary>
    public int? Tokens { get; init => field = value is { } tokens ? Limits.AtLeast(1, tokens, nameof(Tokens)) : null; }

    /// <summary>What targets of tokens are filled up with: what the loss ignores.</summary>
    public int TargetPadding { get; init; } = TextPreprocessing.PaddingId;

    /// <summary>What a checkpoint keeps of it.</summary>
    internal string Description => string.Create(
        CultureInfo.InvariantCulture, $"multiple {Multiple}, at most {MostLengths}, window {Window}, {(Tokens is { } tokens ? $"{tokens} tokens" : "samples")}");

    /// <summary>The length of a batch whose longest sample has so many tokens.</summary>
    internal int LengthOf(int tokens, int longest)
    {
        int step = Multiple;
        while (step < longest && (longest + step - 1) / step > MostLengths)
        {
            step *= 2;
        }

        return Math.Min(longest, (Math.Max(1, tokens) + step - 1) / step * step);
    }

    /// <summary>How many samples a batch of a length has.</summary>
    internal int CountOf(int length, int batchSize) => Tokens is { } tokens ? Math.Max(1, tokens / length) : batchSize;
}

/// <summary>Batches of texts of similar length.</summary>
public static class LengthBucketing
{
    /// <summary>Puts samples of similar length into batches, in an order that is new in each epoch and depends on the seed and the epoch's number alone.</summary>
    /// <param name="samples">The samples; they are shuffled here, not before.</param>
    /// <param name="size">The samples of a batch, unless <see cref="LengthBuckets.Tokens"/> says how many.</param>
    /// <param name="buckets">How.</param>
    /// <param name="seed">What decides the order; null to keep the order of the samples, so that a batch has those that follow each other.</param>
    /// <exception cref="ArgumentException">When read: a sample has no int32 tokens.</exception>
    public static Dataset<Batch> Batch(this Dataset<Sample> samples, int size, LengthBuckets buckets, long? seed = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(buckets);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return new BucketedDataset(samples, size, buckets, seed);
    }
}
