using System.Collections;

namespace Nabla.Data.Pipeline;

/// <summary>Each element through a function of the element, the epoch and the place in the epoch.</summary>
internal sealed class MappedDataset<TSource, T>(Dataset<TSource> source, Func<TSource, int, int, T> function) : Dataset<T>
{
    public override int? Count => source.Count;

    internal override IReadOnlyList<T>? Items(int epoch) => source.Items(epoch) is { } items ? new MappedList(items, function, epoch) : null;

    internal override IEnumerable<T> Open(int epoch, int start) =>
        source.Open(epoch, start).Select((item, index) => function(item, epoch, start + index));

    private sealed class MappedList(IReadOnlyList<TSource> items, Func<TSource, int, int, T> function, int epoch) : IReadOnlyList<T>
    {
        public int Count => items.Count;

        public T this[int index] => function(items[index], epoch, index);

        public IEnumerator<T> GetEnumerator() => IndexedDataset<T>.From(this, 0).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
