namespace Nabla.Data.Pipeline;

/// <summary>What can only be read from front to back.</summary>
internal sealed class StreamDataset<T>(IEnumerable<T> items) : Dataset<T>
{
    public override int? Count => items.TryGetNonEnumeratedCount(out int count) ? count : null;

    internal override IReadOnlyList<T>? Items(int epoch) => null;

    internal override IEnumerable<T> Open(int epoch, int start) => items.Skip(start);
}
