using System.Collections;

namespace Nabla.Data.Pipeline;

/// <summary>Elements of a list in another order. A view of a view is a view of the list below, so that rows of tensors stay in reach.</summary>
internal sealed class View<T> : IReadOnlyList<T>
{
    private View(IReadOnlyList<T> items, int[] indices)
    {
        Items = items;
        Indices = indices;
    }

    /// <summary>The list below; never a view.</summary>
    public IReadOnlyList<T> Items { get; }

    /// <summary>For each element its place in <see cref="Items"/>.</summary>
    public int[] Indices { get; }

    public int Count => Indices.Length;

    public T this[int index] => Items[Indices[index]];

    public static View<T> Of(IReadOnlyList<T> items, int[] indices) => items is View<T> view
        ? new View<T>(view.Items, Array.ConvertAll(indices, index => view.Indices[index]))
        : new View<T>(items, indices);

    /// <summary>All elements of a list in their order.</summary>
    public static View<T> All(IReadOnlyList<T> items) => items as View<T> ?? new View<T>(items, [.. Enumerable.Range(0, items.Count)]);

    public IEnumerator<T> GetEnumerator() => IndexedDataset<T>.From(this, 0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
