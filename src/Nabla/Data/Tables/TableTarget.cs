namespace Nabla.Data;

/// <summary>How the target column becomes what a network should answer.</summary>
public sealed record TableTarget
{
    /// <summary>The name in the header row.</summary>
    public required string Name { get; init; }

    /// <summary>What is asked.</summary>
    public required PredictionTask Task { get; init; }

    /// <summary>Why the task is this one, for people: <c>'species' has 3 different texts: classification</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Of a classification: the classes, by label.</summary>
    public IReadOnlyList<string> Classes { get; init => field = value ?? []; } = [];

    /// <summary>Of a regression: the mean over the training rows.</summary>
    public double Mean { get; init; }

    /// <summary>Of a regression: the standard deviation over the training rows.</summary>
    public double Deviation { get; init; } = 1;

    /// <summary>Of a regression: an answer of the network in the unit of the column.</summary>
    public double Restore(double answer) => (answer * Deviation) + Mean;
}
