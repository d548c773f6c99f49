namespace Nabla.Data.Pipeline;

/// <summary>A new order in each epoch.</summary>
internal sealed class ShuffledDataset<T>(Dataset<T> source, long seed) : IndexedDataset<T>
{
    public override int? Count => source.Count;

    internal override IReadOnlyList<T> Items(int epoch)
    {
        IReadOnlyList<T> items = source.Items(epoch) ?? [.. source.Open(epoch, 0)];
        return View<T>.Of(items, Permutation.Of(items.Count, seed, epoch));
    }
}
