using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A layer that became two.</summary>
/// <param name="Name">Its dotted name, now that of a <see cref="Chain"/> of the two.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Rank">The numbers between the two.</param>
/// <param name="Energy">The share of the energy that is kept.</param>
/// <param name="MultiplyAddsBefore">The multiply-adds of one answer in the layer.</param>
/// <param name="MultiplyAddsAfter">Those in both.</param>
public sealed record FactorizedLayer(string Name, string Kind, int Rank, double Energy, long MultiplyAddsBefore, long MultiplyAddsAfter);

/// <summary>A network with layers that became two.</summary>
/// <param name="Network">The network, of ordinary layers.</param>
/// <param name="Layers">The layers that became two.</param>
/// <param name="Left">The layers that were left as they are, with the reasons.</param>
public sealed record FactorizedNetwork(Sequential Network, IReadOnlyList<FactorizedLayer> Layers, IReadOnlyList<LeftLayer> Left);
