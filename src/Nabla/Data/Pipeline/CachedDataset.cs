namespace Nabla.Data.Pipeline;

/// <summary>Reads its source once.</summary>
internal sealed class CachedDataset<T>(Dataset<T> source) : IndexedDataset<T>
{
    private readonly Lazy<T[]> items = new(() => [.. source.Open(0, 0)]);

    public override int? Count => source.Count ?? items.Value.Length;

    internal override IReadOnlyList<T> Items(int epoch) => items.Value;
}
