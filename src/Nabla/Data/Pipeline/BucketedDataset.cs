using System.Collections;

namespace Nabla.Data.Pipeline;

/// <summary>
/// Samples of similar length stacked into batches. Shuffled samples are sorted by length within windows of many batches, longest first, so that the
/// first of a batch says its length; then the batches are shuffled, so that an epoch does not go from long to short.
/// </summary>
internal sealed class BucketedDataset(Dataset<Sample> source, int size, LengthBuckets buckets, long? seed) : Dataset<Batch>
{
    // Batches take another order than samples of the same seed.
    private const long BatchOrder = 0x6275636B657473;

    private (IReadOnlyList<Sample> Items, TokenLengths Lengths)? measured;

    public override int? Count => source.Count is { } count && buckets.Tokens is null ? (count + size - 1) / size : null;

    internal override IReadOnlyList<Batch> Items(int epoch)
    {
        View<Sample> samples = View<Sample>.All(source.Items(epoch) ?? [.. source.Open(epoch, 0)]);
        TokenLengths lengths = Measure(samples.Items);
        List<int[]> batches = seed is { } order ? Shuffled(samples, lengths, order, epoch) : Cut(samples.Indices, lengths, all: true).Batches;
        return new BatchList(samples.Items, batches, lengths, buckets);
    }

    internal override IEnumerable<Batch> Open(int epoch, int start) => IndexedDataset<Batch>.From(Items(epoch), start);

    // Most sources deliver one list in all epochs: it is measured once.
    private TokenLengths Measure(IReadOnlyList<Sample> items)
    {
        if (measured is not { } known || !ReferenceEquals(known.Items, items))
        {
            measured = known = (items, TokenLengths.Of(items, buckets.TargetPadding));
        }

        return known.Lengths;
    }

    private List<int[]> Shuffled(View<Sample> samples, TokenLengths lengths, long order, int epoch)
    {
        int[] drawn = Array.ConvertAll(Permutation.Of(samples.Count, order, epoch), index => samples.Indices[index]);
        int window = checked(buckets.CountOf(buckets.LengthOf(lengths.Mean, lengths.Longest), size) * buckets.Window);
        List<int[]> batches = [];
        int[] rest = [];
        for (int start = 0; start < drawn.Length; start += window)
        {
            int end = Math.Min(start + window, drawn.Length);
            (List<int[]> cut, rest) = Cut([.. rest.Concat(drawn[start..end]).OrderByDescending(index => lengths[index])], lengths, all: end == drawn.Length);
            batches.AddRange(cut);
        }

        return [.. Permutation.Of(batches.Count, order ^ BatchOrder, epoch).Select(index => batches[index])];
    }

    // What does not fill a batch goes to the next window, so that only one batch of an epoch is smaller than others of its length.
    private (List<int[]> Batches, int[] Left) Cut(int[] samples, TokenLengths lengths, bool all)
    {
        List<int[]> batches = [];
        int start = 0;
        while (start < samples.Length)
        {
            int count = CountFrom(samples.AsSpan(start), lengths);
            if (start + count > samples.Length && !all)
            {
                break;
            }

            batches.Add(samples[start..Math.Min(start + count, samples.Length)]);
            start += count;
        }

        return (batches, start < samples.Length ? samples[start..] : []);
    }

    // Samples that are sorted fit as the first one does; in the order of the source a longer one may follow, and ends the batch.
    private int CountFrom(ReadOnlySpan<int> samples, TokenLengths lengths)
    {
        int length = buckets.LengthOf(lengths[samples[0]], lengths.Longest);
        int count = buckets.CountOf(length, size);
        for (int index = 1; index < Math.Min(count, samples.Length); index++)
        {
            length = Math.Max(length, buckets.LengthOf(lengths[samples[index]], lengths.Longest));
            if (buckets.CountOf(length, size) <= index)
            {
                return index;
            }
        }

        return Math.Min(count, buckets.CountOf(length, size));
    }

    private sealed class BatchList(IReadOnlyList<Sample> samples, List<int[]> batches, TokenLengths lengths, LengthBuckets buckets) : IReadOnlyList<Batch>
    {
        public int Count => batches.Count;

        public Batch this[int index]
        {
            get
            {
                int length = buckets.LengthOf(batches[index].Max(sample => lengths[sample]), lengths.Longest);
                Filling filling = new(length, buckets.TargetPadding, lengths.TargetsFollow);
                return Stacking.Stack(Array.ConvertAll(batches[index], sample => filling.Fill(samples[sample])));
            }
        }

        public IEnumerator<Batch> GetEnumerator() => IndexedDataset<Batch>.From(this, 0).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
