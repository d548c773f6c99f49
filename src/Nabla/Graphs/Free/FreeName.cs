namespace Nabla.Graphs.Free;

/// <summary>A size that a function leaves open, such as that of the batch.</summary>
/// <param name="Name">What it is called, such as <c>batch</c>.</param>
/// <param name="Largest">The largest that it may be; null where there is no limit.</param>
internal sealed record FreeName(string Name, int? Largest = null)
{
    /// <summary>The size of a batch.</summary>
    public const string Batch = "batch";

    /// <summary>The number of steps of a sequence.</summary>
    public const string Time = "time";
}

/// <summary>What a function is given: a name, the type of the elements, and a shape that may be open.</summary>
internal sealed record FreeArgument(string Name, DataType DataType, FreeShape Shape)
{
    /// <summary>The type at given sizes.</summary>
    public TensorType At(IReadOnlyDictionary<string, int> sizes) => new(DataType, Shape.At(sizes));
}
