namespace Nabla.Formats;

/// <summary>A tensor of a GGUF file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="Type">What its elements are stored as, as llama.cpp calls it: <c>Q4_0</c>.</param>
/// <param name="Offset">The byte of the file where its elements begin.</param>
/// <param name="ByteCount">The bytes that it takes in the file; 0 when the type is not known.</param>
public sealed record GgufTensor(string Name, Shape Shape, string Type, long Offset, long ByteCount)
{
    /// <summary>The number of the type in the file.</summary>
    internal uint TypeNumber { get; init; }
}
