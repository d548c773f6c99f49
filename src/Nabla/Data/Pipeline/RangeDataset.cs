namespace Nabla.Data.Pipeline;

/// <summary>The elements from one place to another: what is left by <c>Take</c> and <c>Skip</c>.</summary>
internal sealed class RangeDataset<T>(Dataset<T> source, int offset, int limit) : Dataset<T>
{
    public override int? Count => source.Count is { } count ? Within(count) : null;

    internal override IReadOnlyList<T>? Items(int epoch) => source.Items(epoch) is { } items
        ? View<T>.Of(items, [.. Enumerable.Range(Math.Min(offset, items.Count), Within(items.Count))])
        : null;

    internal override IEnumerable<T> Open(int epoch, int start) => start < limit
        ? source.Open(epoch, checked(offset + start)).Take(limit - start)
        : [];

    private int Within(int count) => Math.Min(limit, Math.Max(0, count - offset));
}
