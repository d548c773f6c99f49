namespace Nabla.Compression;

/// <summary>A layer that was left as it is.</summary>
/// <param name="Name">Its dotted name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Reason">Why.</param>
public sealed record LeftLayer(string Name, string Kind, string Reason);
