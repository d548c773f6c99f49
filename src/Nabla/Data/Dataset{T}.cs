using Nabla.Data.Pipeline;

namespace Nabla.Data;

/// <summary>
/// A pipeline that delivers the same elements in every epoch, in an order that depends on the seed and the epoch's number alone.
/// Immutable: each method returns a new pipeline over this one, and nothing is read before an epoch is.
/// </summary>
/// <typeparam name="T">What the pipeline delivers: samples, batches, paths, or anything else.</typeparam>
/// <example>
/// <code>
/// Dataset&lt;Batch&gt; batches = Dataset.FromTensors(images, labels).Shuffle(seed: 1).Batch(64).Prefetch(2);
/// foreach (Batch batch in batches.Epoch(0)) { ... }
/// foreach (Batch batch in batches.Epoch(3, start: 100)) { ... }   // goes on where a run was stopped
/// </code>
/// </example>
public abstract class Dataset<T>
{
    private protected Dataset()
    {
    }

    /// <summary>The number of elements of an epoch; null when it shows only at the end.</summary>
    public abstract int? Count { get; }

    /// <summary>The elements of an epoch. The same epoch gives the same elements however often it is read.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <param name="start">The element to begin with: the elements before it are passed over, without computing them where possible.</param>
    public IEnumerable<T> Epoch(int epoch, int start = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        return Open(epoch, start);
    }

    /// <summary>All elements in an order that is new in each epoch and depends on nothing but the seed and the epoch's number.</summary>
    /// <remarks>Elements of a source that can only be read from front to back are collected first, one epoch at a time.</remarks>
    public Dataset<T> Shuffle(long seed) => new ShuffledDataset<T>(this, seed);

    /// <summary>Each element through a function, computed when it is read.</summary>
    /// <param name="function">A pure function: it may run on another thread, and again for the same element.</param>
    public Dataset<TResult> Map<TResult>(Func<T, TResult> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new MappedDataset<T, TResult>(this, (item, _, _) => function(item));
    }

    /// <summary>The first elements, or all when there are fewer.</summary>
    public Dataset<T> Take(int count) => new RangeDataset<T>(this, 0, Checked(count));

    /// <summary>All but the first elements.</summary>
    public Dataset<T> Skip(int count) => new RangeDataset<T>(this, Checked(count), int.MaxValue);

    /// <summary>The elements at the given places, in that order.</summary>
    /// <exception cref="InvalidOperationException">The source can only be read from front to back: use <see cref="Cache"/> first.</exception>
    public Dataset<T> Select(IReadOnlyList<int> indices) => new SelectedDataset<T>(this, [.. indices]);

    /// <summary>
    /// The elements several times in one epoch. Each pass counts as an epoch of what stands before it, so a shuffle before it gives
    /// each pass an order of its own.
    /// </summary>
    public Dataset<T> Repeat(int times)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        return new RepeatedDataset<T>(this, times);
    }

    /// <summary>The same elements, kept in memory: read when first needed, as epoch 0, and never again.</summary>
    public Dataset<T> Cache() => new CachedDataset<T>(this);

    /// <summary>
    /// The same elements, computed ahead by a background thread that lives as long as an epoch is read. What goes wrong there is
    /// thrown here, in place of the element that failed.
    /// </summary>
    /// <param name="count">How many elements may wait.</param>
    public Dataset<T> Prefetch(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return new PrefetchedDataset<T>(this, count);
    }

    /// <summary>Two parts without a common element, drawn at random: the same for the same seed, and in every epoch.</summary>
    /// <param name="fraction">The share of the first part, between 0 and 1.</param>
    /// <param name="seed">What decides the draw.</param>
    /// <exception cref="InvalidOperationException">The number of elements is not known: use <see cref="Cache"/> first.</exception>
    public (Dataset<T> First, Dataset<T> Second) Split(double fraction, long seed)
    {
        int count = Count ?? throw new InvalidOperationException("Only a dataset of known count can be split: call Cache() before Split.");
        (int[] first, int[] second) = Dataset.SplitIndices(count, fraction, seed);
        return (Select(first), Select(second));
    }

    /// <summary>The elements to train with and those to validate with. Split before shuffling, so that the parts stay the same in every epoch.</summary>
    /// <param name="validationFraction">The share of the validation part, between 0 and 1.</param>
    /// <param name="seed">What decides the draw.</param>
    public (Dataset<T> Train, Dataset<T> Validation) TrainValidationSplit(double validationFraction, long seed)
    {
        (Dataset<T> validation, Dataset<T> train) = Split(validationFraction, seed);
        return (train, validation);
    }

    /// <summary>The elements of an epoch by index; null when they can only be read from front to back.</summary>
    internal abstract IReadOnlyList<T>? Items(int epoch);

    /// <summary>The elements of an epoch from <paramref name="start"/> on.</summary>
    internal abstract IEnumerable<T> Open(int epoch, int start);

    private static int Checked(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count;
    }
}
