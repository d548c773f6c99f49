namespace Nabla;

/// <summary>What is known of a tensor before it is computed: the type of its elements and its shape.</summary>
/// <param name="DataType">The type of the elements.</param>
/// <param name="Shape">The dimensions.</param>
public readonly record struct TensorType(DataType DataType, Shape Shape)
{
    /// <summary>The bytes of a tensor of this type.</summary>
    public long ByteCount => (long)Shape.ElementCount * DataType.Size;

    /// <summary>As in <c>float32[64, 10]</c>.</summary>
    public override string ToString() => $"{DataType.Label}{Shape}";
}
