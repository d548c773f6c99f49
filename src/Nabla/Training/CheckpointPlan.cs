namespace Nabla.Training;

/// <summary>Where and when checkpoints are written; one more is written when training is cancelled. Each replaces the one before, as a whole or not at all.</summary>
/// <param name="path">The file, whose name ends with <c>.safetensors</c>, or the folder that gets a file <c>checkpoint.safetensors</c>.</param>
public sealed class CheckpointPlan(string path)
{
    /// <summary>The name of the file in a folder.</summary>
    public const string FileName = "checkpoint.safetensors";

    /// <summary>The file that is written.</summary>
    public string File { get; } = FileOf(path);

    /// <summary>The epochs from one checkpoint to the next; 0 for none after epochs.</summary>
    public int EveryEpochs { get; init => field = NotNegative(value, nameof(EveryEpochs)); } = 1;

    /// <summary>The steps from one checkpoint to the next; 0 for none after steps.</summary>
    public int EverySteps { get; init => field = NotNegative(value, nameof(EverySteps)); }

    /// <summary>What the caller wants to find again in <see cref="Checkpoint.Settings"/>.</summary>
    public string Settings { get; init; } = "";

    /// <summary>The checkpoint that a path means.</summary>
    internal static string FileOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path) ? path : Path.Combine(path, FileName);
    }

    private static int NotNegative(int value, string name) => value >= 0
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 or more.");
}
