using Nabla.Compression;
using Nabla.Formats;

namespace Nabla.Cli.Compression;

/// <summary>What became of a layer.</summary>
/// <param name="Name">Its dotted name.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Change">What became of it, for people.</param>
internal sealed record ChangedLayer(string Name, string Kind, string Change);

/// <summary>A pruned model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Changed">The layers that were changed.</param>
/// <param name="Left">The layers that were left, with the reasons.</param>
internal sealed record PruneResult(SavedModel Model, IReadOnlyList<ChangedLayer> Changed, IReadOnlyList<LeftLayer> Left);
