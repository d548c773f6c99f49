namespace Nabla.Data.Pipeline;

/// <summary>A stage whose elements have an index in every epoch, whatever stands before it.</summary>
internal abstract class IndexedDataset<T> : Dataset<T>
{
    internal abstract override IReadOnlyList<T> Items(int epoch);

    internal override IEnumerable<T> Open(int epoch, int start) => From(Items(epoch), start);

    /// <summary>The elements of a list from an index on.</summary>
    internal static IEnumerable<T> From(IReadOnlyList<T> items, int start)
    {
        for (int index = start; index < items.Count; index++)
        {
            yield return items[index];
        }
    }
}
