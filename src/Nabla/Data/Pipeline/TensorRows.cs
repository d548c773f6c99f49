using System.Collections;

namespace Nabla.Data.Pipeline;

/// <summary>Tensors of which each row is a sample.</summary>
internal sealed class TensorRows : IReadOnlyList<Sample>
{
    private readonly IReadOnlyList<Tensor> inputs;
    private readonly Tensor? targets;
    private readonly Tensor? weights;

    public TensorRows(IReadOnlyList<Tensor> inputs, Tensor? targets, Tensor? weights)
    {
        Tensor[] all = [.. inputs, .. new[] { targets, weights }.OfType<Tensor>()];
        if (inputs.Count == 0 || all.Any(tensor => tensor.Shape.Rank == 0 || tensor.Shape[0] != all[0].Shape[0]))
        {
            throw new ArgumentException(
                $"A dataset needs inputs, targets and weights with the same number of rows, but got {string.Join(", ", all.Select(tensor => tensor.Shape))}.");
        }

        this.inputs = [.. inputs];
        this.targets = targets;
        this.weights = weights;
        Count = all[0].Shape[0];
    }

    public int Count { get; }

    public Sample this[int index] => new([.. inputs.Select(input => Row(input, index))], Row(targets, index), Row(weights, index));

    /// <summary>The given rows as a batch.</summary>
    public Batch Gather(ArraySegment<int> rows) => new([.. inputs.Select(input => Gather(input, rows))], Gather(targets, rows), Gather(weights, rows));

    public IEnumerator<Sample> GetEnumerator() => IndexedDataset<Sample>.From(this, 0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(tensor))]
    private static Tensor? Gather(Tensor? tensor, ArraySegment<int> rows) =>
        tensor is null ? null : Tensor.Create(new TensorType(tensor.DataType, tensor.Shape.With(0, rows.Count)), bytes => Copy(tensor, rows, bytes));

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(tensor))]
    private static Tensor? Row(Tensor? tensor, int row) =>
        tensor is null ? null : Tensor.Create(new TensorType(tensor.DataType, tensor.Shape.Without(0)), bytes => Copy(tensor, [row], bytes));

    private static void Copy(Tensor tensor, ReadOnlySpan<int> rows, Span<byte> target)
    {
        ReadOnlySpan<byte> source = tensor.AsBytes();
        int size = target.Length / Math.Max(1, rows.Length);
        for (int index = 0; index < rows.Length; index++)
        {
            source.Slice(rows[index] * size, size).CopyTo(target[(index * size)..]);
        }
    }
}
