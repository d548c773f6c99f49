using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A layer that lost channels, units or heads.</summary>
/// <param name="Name">Its dotted name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="What">What it lost: filters, units, heads, channels.</param>
/// <param name="Before">How many there were.</param>
/// <param name="After">How many there are.</param>
public sealed record PrunedLayer(string Name, string Kind, string What, int Before, int After);

/// <summary>A network that became smaller.</summary>
/// <param name="Network">The smaller network, of ordinary layers: it trains, saves, exports and serves like any other.</param>
/// <param name="Layers">The layers that lost something.</param>
/// <param name="Left">The layers that were left as they are, with the reasons.</param>
/// <param name="Kept">The share of the budget that is left.</param>
public sealed record PrunedNetwork(Sequential Network, IReadOnlyList<PrunedLayer> Layers, IReadOnlyList<LeftLayer> Left, double Kept);
