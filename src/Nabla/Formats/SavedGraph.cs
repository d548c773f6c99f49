using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>A model of several inputs or outputs with what its users should know.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Network">What it computes; its inputs and outputs are named.</param>
public sealed record SavedGraph(string Name, GraphNetwork Network)
{
    /// <summary>The terms of its use, such as <c>CC BY 4.0</c>; null when nothing is said.</summary>
    public string? Licence { get; init; }
}
