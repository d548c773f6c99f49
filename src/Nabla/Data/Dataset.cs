using Nabla.Data.Pipeline;

namespace Nabla.Data;

/// <summary>Where pipelines begin, and how samples become batches.</summary>
public static class Dataset
{
    /// <summary>A sample for each row of tensors that are in memory.</summary>
    /// <param name="inputs"><c>[samples, ...]</c></param>
    /// <param name="targets"><c>[samples, ...]</c>; null when they are not known.</param>
    /// <param name="weights"><c>[samples]</c>; null when all samples count the same.</param>
    /// <exception cref="ArgumentException">The tensors have not the same number of rows.</exception>
    public static Dataset<Sample> FromTensors(Tensor inputs, Tensor? targets = null, Tensor? weights = null) =>
        FromTensors([inputs], targets, weights);

    /// <summary>A sample for each row, for a model with several inputs.</summary>
    /// <inheritdoc cref="FromTensors(Tensor, Tensor?, Tensor?)"/>
    public static Dataset<Sample> FromTensors(IReadOnlyList<Tensor> inputs, Tensor? targets = null, Tensor? weights = null) =>
        new ListDataset<Sample>(new TensorRows(inputs, targets, weights));

    /// <summary>
    /// The elements of a sequence, which is enumerated again in each epoch. A list is read by index, so that shuffling and skipping cost nothing.
    /// </summary>
    public static Dataset<T> FromEnumerable<T>(IEnumerable<T> items) => items is IReadOnlyList<T> list
        ? new ListDataset<T>(list)
        : new StreamDataset<T>(items ?? throw new ArgumentNullException(nameof(items)));

    /// <summary>Stacks samples into batches.</summary>
    /// <param name="samples">The samples; all of the same shapes.</param>
    /// <param name="size">The samples of a batch.</param>
    /// <param name="dropRemainder">Whether to leave out a last batch that is not full.</param>
    /// <exception cref="ArgumentException">When read: two samples of a batch differ in shape or type.</exception>
    public static Dataset<Batch> Batch(this Dataset<Sample> samples, int size, bool dropRemainder = false)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        return new BatchedDataset(samples, size, dropRemainder);
    }

    /// <summary>The numbers from 0 to <paramref name="count"/> - 1 in two parts drawn at random, each in rising order.</summary>
    /// <param name="count">How many there are; at least 2.</param>
    /// <param name="fraction">The share of the first part, between 0 and 1; each part gets one at least.</param>
    /// <param name="seed">What decides the draw.</param>
    public static (int[] First, int[] Second) SplitIndices(int count, double fraction, long seed)
    {
        if (count < 2 || !(fraction > 0 && fraction < 1))
        {
            throw new ArgumentException($"A split needs at least 2 elements and a fraction between 0 and 1, but got {count} and {fraction}.");
        }

        int[] shuffled = Permutation.Of(count, seed, epoch: 0);
        int border = Math.Clamp((int)Math.Round(count * fraction), 1, count - 1);
        int[] first = shuffled[..border];
        int[] second = shuffled[border..];
        Array.Sort(first);
        Array.Sort(second);
        return (first, second);
    }
}
