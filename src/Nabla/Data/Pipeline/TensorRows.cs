using System.Collections;
using System.Runtime.InteropServices;

namespace Nabla.Data.Pipeline;

/// <summary>Tensors of which each row is a sample. Inputs that are pixels, bytes from 0 to 255, are delivered as float32 from 0 to 1.</summary>
internal sealed class TensorRows : IReadOnlyList<Sample>
{
    private readonly IReadOnlyList<Tensor> inputs;
    private readonly Tensor? targets;
    private readonly Tensor? weights;
    private readonly bool arePixels;

    public TensorRows(IReadOnlyList<Tensor> inputs, Tensor? targets, Tensor? weights, bool arePixels = false)
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
        this.arePixels = arePixels;
        Count = all[0].Shape[0];
    }

    public int Count { get; }

    public Sample this[int index] => new([.. inputs.Select(input => Row(input, index, arePixels))], Row(targets, index), Row(weights, index));

    /// <summary>The given rows as a batch.</summary>
    public Batch Gather(ArraySegment<int> rows) => new([.. inputs.Select(input => Gather(input, rows, arePixels))], Gather(targets, rows), Gather(weights, rows));

    public IEnumerator<Sample> GetEnumerator() => IndexedDataset<Sample>.From(this, 0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(tensor))]
    private static Tensor? Gather(Tensor? tensor, ArraySegment<int> rows, bool arePixels = false) =>
        tensor is null ? null : Create(tensor, tensor.Shape.With(0, rows.Count), rows, arePixels);

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(tensor))]
    private static Tensor? Row(Tensor? tensor, int row, bool arePixels = false) =>
        tensor is null ? null : Create(tensor, tensor.Shape.Without(0), new[] { row }, arePixels);

    private static Tensor Create(Tensor tensor, Shape shape, ArraySegment<int> rows, bool arePixels) => arePixels
        ? Tensor.Create(new TensorType(DataType.Float32, shape), bytes => Scale(tensor, rows, MemoryMarshal.Cast<byte, float>(bytes)))
        : Tensor.Create(new TensorType(tensor.DataType, shape), bytes => Copy(tensor, rows, bytes));

    private static void Scale(Tensor pixels, ReadOnlySpan<int> rows, Span<float> target)
    {
        ReadOnlySpan<byte> source = pixels.AsSpan<byte>();
        int size = target.Length / Math.Max(1, rows.Length);
        for (int index = 0; index < rows.Length; index++)
        {
            Pixels.Scale(source.Slice(rows[index] * size, size), target.Slice(index * size, size));
        }
    }

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
