namespace Nabla.Data.Pipeline;

/// <summary>Some elements, by their indices.</summary>
internal sealed class SelectedDataset<T>(Dataset<T> source, int[] indices) : IndexedDataset<T>
{
    public override int? Count => indices.Length;

    internal override IReadOnlyList<T> Items(int epoch)
    {
        IReadOnlyList<T> items = source.Items(epoch)
            ?? throw new InvalidOperationException("Elements can be selected or split only by index: call Cache() before Select or Split.");
        int wrong = Array.FindIndex(indices, index => index < 0 || index >= items.Count);
        return wrong < 0
            ? View<T>.Of(items, indices)
            : throw new InvalidOperationException($"Select asks for element {indices[wrong]} of a dataset of {items.Count}.");
    }
}
