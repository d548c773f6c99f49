namespace Nabla.Training;

/// <summary>
/// Where and when checkpoints are written; one more is written when training is cancelled. Each replaces the one before, as a whole or not at all.
/// </summary>
/// <param name="path">The file, whose name ends with <c>.safetensors</c>, or the folder that gets a file <c>checkpoint.safetensors</c>.</param>
public sealed class CheckpointPlan(string path)
{
    /// <summary>The name of the file in a folder.</summary>
    public const string FileName = "checkpoint.safetensors";

    /// <summary>The file that is written.</summary>
    public string File { get; } = FileOf(path);

    /// <summary>The epochs from one checkpoint to the next; 0 for none after epochs.</summary>
    public int EveryEpochs { get; init => field = Limits.AtLeast(0, value, nameof(EveryEpochs)); } = 1;

    /// <summary>The steps from one checkpoint to the next; 0 for none after steps.</summary>
    public int EverySteps { get; init => field = Limits.AtLeast(0, value, nameof(EverySteps)); }

    /// <summary>What the caller wants to find again in <see cref="Checkpoint.Settings"/>.</summary>
    public string Settings { get; init; } = "";

    /// <summary>Makes the folder, and checks that files can be written there.</summary>
    /// <exception cref="IOException">They cannot.</exception>
    internal void RequireWritable()
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(File))!;
        Directory.CreateDirectory(folder);
        using FileStream probe = new(
            Path.Combine(folder, $".{Path.GetRandomFileName()}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
    }

    /// <summary>The checkpoint that a path means.</summary>
    internal static string FileOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path) ? path : Path.Combine(path, FileName);
    }
}
