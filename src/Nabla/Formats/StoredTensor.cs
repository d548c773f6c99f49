namespace Nabla.Formats;

/// <summary>A tensor as a file of weights stores it, without its elements.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its elements are stored as.</param>
/// <param name="Shape">Its dimensions.</param>
public sealed record StoredTensor(string Name, StoredType Type, Shape Shape);
