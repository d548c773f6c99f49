using Nabla.Compression;

namespace Nabla.Cli.Compression;

/// <summary>How a model is pruned.</summary>
internal sealed record PruneSettings
{
    public const string Magnitude = "magnitude";
    public const string Gradual = "gradual";
    public const string Movement = "movement";
    public const string Structured = "structured";
    public const string Layers = "layers";
    public const string Factorize = "factorize";

    /// <summary>The methods, in the order of the help.</summary>
    public static string[] Methods { get; } = [Magnitude, Gradual, Movement, Structured, Layers, Factorize];

    /// <summary>The names of what says how much a channel counts.</summary>
    public static IReadOnlyDictionary<string, ChannelImportance> Importances { get; } = new OrderedDictionary<string, ChannelImportance>
    {
        ["l2"] = ChannelImportance.L2,
        ["l1"] = ChannelImportance.L1,
        ["scale"] = ChannelImportance.BatchNormScale,
        ["taylor"] = ChannelImportance.Taylor,
    };

    public required string Method { get; init; }

    /// <summary>The share of zeros, for methods of single weights.</summary>
    public required double Sparsity { get; init; }

    /// <summary>Whether all weights are ranked together.</summary>
    public required bool Global { get; init; }

    /// <summary>The share that stays, for methods that make a smaller network.</summary>
    public required double Keep { get; init; }

    public required PruningBudget Budget { get; init; }

    public required ChannelImportance Importance { get; init; }

    public required int MultipleOf { get; init; }

    /// <summary>The share of the energy that factors keep.</summary>
    public required double Energy { get; init; }

    /// <summary>The layers or weights that are chosen; none for all.</summary>
    public required IReadOnlyList<string> Targets { get; init; }

    /// <summary>How what is left is trained.</summary>
    public required FurtherTraining Training { get; init; }

    /// <summary>Whether single weights go, so that shapes stay.</summary>
    public bool IsOfWeights => Method is Magnitude or Gradual or Movement;
}
