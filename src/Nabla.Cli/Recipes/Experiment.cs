using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Cli.Recipes;

/// <summary>All that is ready when training may start.</summary>
internal sealed record Experiment
{
    /// <summary>The network, with its initial weights.</summary>
    public required Sequential Network { get; init; }

    /// <summary>The samples to learn from, to validate with and to be judged by.</summary>
    public required Parts<Dataset<Sample>> Samples { get; init; }

    /// <summary>What is asked of the network.</summary>
    public required Question Question { get; init; }

    /// <summary>How raw data becomes inputs.</summary>
    public required ModelPreprocessing Preprocessing { get; init; }

    /// <summary>What it learns from, for the model's record.</summary>
    public required string Data { get; init; }

    /// <summary>What a person should know before training starts, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
