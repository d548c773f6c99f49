namespace Nabla.Layers;

/// <summary>Sequences that a decoder looks at, such as an encoder's outputs.</summary>
/// <param name="Values"><c>[batch, time, features]</c></param>
/// <param name="Lengths">Their int32 lengths <c>[batch]</c>; null when all are full.</param>
public sealed record SequenceMemory(Tensor Values, Tensor? Lengths = null);
