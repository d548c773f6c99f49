namespace Nabla.Data.Pipeline;

/// <summary>Computes elements ahead on a background thread.</summary>
internal sealed class PrefetchedDataset<T>(Dataset<T> source, int capacity) : Dataset<T>
{
    public override int? Count => source.Count;

    internal override IReadOnlyList<T>? Items(int epoch) => null;

    internal override IEnumerable<T> Open(int epoch, int start)
    {
        using Prefetcher<T> prefetcher = new(source.Open(epoch, start), capacity);
        while (prefetcher.TryTake(out T? item))
        {
            yield return item;
        }
    }
}
