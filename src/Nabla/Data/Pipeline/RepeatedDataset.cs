using System.Collections;

namespace Nabla.Data.Pipeline;

/// <summary>Several epochs of the source as one.</summary>
internal sealed class RepeatedDataset<T>(Dataset<T> source, int times) : Dataset<T>
{
    public override int? Count => source.Count is { } count ? checked(count * times) : null;

    internal override IReadOnlyList<T>? Items(int epoch)
    {
        IReadOnlyList<T>?[] passes = [.. Enumerable.Range(0, times).Select(pass => source.Items(EpochOf(epoch, pass)))];
        return passes.Contains(null) ? null : new PassList(passes!);
    }

    internal override IEnumerable<T> Open(int epoch, int start)
    {
        for (int pass = 0; pass < times; pass++)
        {
            if (source.Count is { } count && start >= count)
            {
                start -= count;
                continue;
            }

            foreach (T item in source.Open(EpochOf(epoch, pass), 0))
            {
                if (start > 0)
                {
                    start--;
                    continue;
                }

                yield return item;
            }
        }
    }

    private int EpochOf(int epoch, int pass) => checked((epoch * times) + pass);

    // All passes have the same length: a dataset has the same elements in every epoch.
    private sealed class PassList(IReadOnlyList<T>[] passes) : IReadOnlyList<T>
    {
        public int Count => checked(passes.Length * passes[0].Count);

        public T this[int index] => passes[index / passes[0].Count][index % passes[0].Count];

        public IEnumerator<T> GetEnumerator() => IndexedDataset<T>.From(this, 0).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
