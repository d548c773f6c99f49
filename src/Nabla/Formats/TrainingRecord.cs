using System.Collections.Immutable;

namespace Nabla.Formats;

/// <summary>How a model was trained: enough to do it again.</summary>
public sealed record TrainingRecord
{
    /// <summary>The recipe or program, such as <c>train digits</c>.</summary>
    public required string Recipe { get; init; }

    /// <summary>What it learnt from, for people.</summary>
    public string? Data { get; init; }

    /// <summary>What decided the initial weights and the order of the samples.</summary>
    public long Seed { get; init; }

    /// <summary>How often all samples were learnt from.</summary>
    public int Epochs { get; init; }

    // Generated readers of JSON set what a file leaves out to null, whatever the initializer says.

    /// <summary>Further settings, such as <c>optimizer</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init => field = value ?? ImmutableDictionary<string, string>.Empty; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The figures it reached, such as <c>test_accuracy</c>; all finite.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init => field = value ?? ImmutableDictionary<string, double>.Empty; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>How the model was trained that this training began with, its base; null where it began with nothing, or that is not known.</summary>
    public TrainingRecord? Base { get; init; }

    /// <summary>This record and those of the base, of the base's base and so on.</summary>
    internal IEnumerable<TrainingRecord> WithBases()
    {
        for (TrainingRecord? record = this; record is not null; record = record.Base)
        {
            yield return record;
        }
    }
}
