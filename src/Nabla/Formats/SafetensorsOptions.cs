namespace Nabla.Formats;

/// <summary>How tensors are written into a safetensors file.</summary>
/// <example><code>Safetensors.Write("half.safetensors", weights, new SafetensorsOptions { Floats = StoredType.BFloat16 });</code></example>
public sealed record SafetensorsOptions
{
    /// <summary>Free text to keep with the tensors.</summary>
    public IEnumerable<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>
    /// What floating-point numbers are stored as: float64, float32, float16 or bfloat16, each value rounded to the nearest, of two the even one; null for
    /// what they are. A finite value beyond the largest of the type is an error, not an infinity.
    /// </summary>
    /// <exception cref="ArgumentException">It is another type.</exception>
    public StoredType? Floats
    {
        get;
        init => field = value is null || ElementWriter.IsFloat(value.Value)
            ? value
            : throw new ArgumentException($"Floating-point numbers are stored as float64, float32, float16 or bfloat16, not as {value.Value.Label}.", nameof(Floats));
    }

    /// <summary>What integers are stored as: a type of integers; null for what they are. A value that the type does not have is an error.</summary>
    /// <exception cref="ArgumentException">It is another type.</exception>
    public StoredType? Integers
    {
        get;
        init => field = value is null || ElementWriter.IsInteger(value.Value)
            ? value
            : throw new ArgumentException($"Integers are stored as integers, not as {value.Value.Label}.", nameof(Integers));
    }

    /// <summary>What a tensor is stored as.</summary>
    internal StoredTensorType TypeOf(Tensor tensor) => new(ElementWriter.TypeOf(tensor.DataType, Floats, Integers), tensor.Shape);
}
