namespace Nabla.Formats;

/// <summary>
/// Stands in for the tensors of a file of which the headers alone are read: zeros of the right types and shapes. Those of one size share their memory, so that
/// a model can be looked at which is larger than the machine's.
/// </summary>
internal sealed class TensorOutlines
{
    private readonly Dictionary<(DataType Type, int Count), Tensor> zeros = [];

    /// <summary>The outline of a tensor of a type.</summary>
    public Tensor Of(TensorType type)
    {
        (DataType, int) size = (type.DataType, type.Shape.ElementCount);
        if (!zeros.TryGetValue(size, out Tensor? outline))
        {
            zeros[size] = outline = Tensor.Zeros(type.Shape, type.DataType);
        }

        return outline.WithShape(type.Shape);
    }

    /// <summary>The outlines of tensors that the headers of a file tell of, by name.</summary>
    public OrderedDictionary<string, Tensor> Of(IEnumerable<StoredTensor> tensors) =>
        new(tensors.Select(tensor => KeyValuePair.Create(tensor.Name, Of(new StoredTensorType(tensor.Type, tensor.Shape).InMemory))));
}
