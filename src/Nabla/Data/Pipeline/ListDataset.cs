namespace Nabla.Data.Pipeline;

/// <summary>What is read by index, the same in every epoch.</summary>
internal sealed class ListDataset<T>(IReadOnlyList<T> items) : IndexedDataset<T>
{
    public override int? Count => items.Count;

    internal override IReadOnlyList<T> Items(int epoch) => items;
}
