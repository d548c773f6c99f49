using System.Collections;

namespace Nabla.Data.Pipeline;

/// <summary>Samples stacked into batches. Rows of tensors are copied straight into the batch.</summary>
internal sealed class BatchedDataset(Dataset<Sample> source, int size, bool dropRemainder) : Dataset<Batch>
{
    public override int? Count => source.Count is { } count ? BatchesOf(count) : null;

    internal override IReadOnlyList<Batch>? Items(int epoch) => source.Items(epoch) is { } samples
        ? new BatchList(View<Sample>.All(samples), size, BatchesOf(samples.Count))
        : null;

    internal override IEnumerable<Batch> Open(int epoch, int start) => Items(epoch) is { } batches
        ? IndexedDataset<Batch>.From(batches, start)
        : source.Open(epoch, checked(start * size)).Chunk(size).Where(chunk => !dropRemainder || chunk.Length == size).Select(Stacking.Stack);

    private int BatchesOf(int samples) => (samples / size) + (dropRemainder || samples % size == 0 ? 0 : 1);

    private sealed class BatchList(View<Sample> samples, int size, int count) : IReadOnlyList<Batch>
    {
        public int Count => count;

        public Batch this[int index]
        {
            get
            {
                int start = index * size;
                ArraySegment<int> indices = new(samples.Indices, start, Math.Min(size, samples.Count - start));
                return samples.Items is TensorRows rows
                    ? rows.Gather(indices)
                    : Stacking.Stack([.. indices.Select(sample => samples.Items[sample])]);
            }
        }

        public IEnumerator<Batch> GetEnumerator() => IndexedDataset<Batch>.From(this, 0).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
