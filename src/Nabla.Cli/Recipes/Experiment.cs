using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;

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

    /// <summary>What training makes small; null for what is usual for the question.</summary>
    public Loss? Loss { get; init; }

    /// <summary>What tells how good the network is; null for what is usual for the question.</summary>
    public IReadOnlyList<Metric>? Metrics { get; init; }

    /// <summary>What changes the weights; null for what the settings say.</summary>
    public Optimizer? Optimizer { get; init; }

    /// <summary>Further scores by name of the trained network, such as the quality of translations; null for none.</summary>
    public Func<CancellationToken, IReadOnlyDictionary<string, double>>? Judge { get; init; }

    /// <summary>What the model's record should say beside the settings that all recipes have.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>How sequences of different lengths become batches; null when all are alike.</summary>
    public LengthBuckets? Buckets { get; init; }

    /// <summary>What a person should know before training starts, a line each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
