using Nabla.Formats;

namespace Nabla.Training;

/// <summary>
/// All that training needs to go on as if it had never stopped, also in the middle of an epoch, in one safetensors file: weights, the state of the
/// optimizer, the metrics and the callbacks, and in the file's metadata the place in the data, the history and the settings.
/// </summary>
/// <example>
/// <code>
/// FitOptions options = new() { Checkpoints = new("runs/digits") };
/// trainer.Fit(train, validation, options with { Resume = Checkpoint.Load("runs/digits") });
/// </code>
/// </example>
public sealed class Checkpoint
{
    private readonly SafetensorsFile tensors;

    private Checkpoint(string path)
    {
        File = CheckpointPlan.FileOf(path);
        tensors = Safetensors.Read(File);
        Settings = Text("settings");
        Progress = CheckpointProgress.Parse(Text("progress"), Error);
        Epochs = HistoryJson.Parse(Text("history"), Error);
    }

    /// <summary>The file that was read.</summary>
    public string File { get; }

    /// <summary>The epochs that were finished.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; }

    /// <summary>The steps that were taken.</summary>
    public int Step => Progress.Step;

    /// <summary>What the caller wants to find again, as it gave it to <see cref="CheckpointPlan.Settings"/>.</summary>
    public string Settings { get; }

    /// <summary>How far the run had come.</summary>
    internal CheckpointProgress Progress { get; }

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">The file, or the folder that holds <c>checkpoint.safetensors</c>.</param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidFileException">The file is damaged, or not a checkpoint.</exception>
    public static Checkpoint Load(string path) => new(path);

    /// <summary>Writes a checkpoint.</summary>
    internal static void Save(CheckpointPlan plan, FitState state)
    {
        Safetensors.Write(
            plan.File,
            CheckpointParts.All.SelectMany(part => part.Save(state)),
            [
                KeyValuePair.Create("progress", CheckpointProgress.Of(state).ToJson()),
                KeyValuePair.Create("history", HistoryJson.Format(state.Epochs)),
                KeyValuePair.Create("settings", plan.Settings),
            ]);
    }

    /// <summary>Puts a run where it was.</summary>
    /// <exception cref="InvalidFileException">The checkpoint is of another run; nothing was changed.</exception>
    internal void Restore(FitState state)
    {
        Progress.RequireSame(CheckpointProgress.Of(state), Error);
        Action[] changes = [.. CheckpointParts.All.Select(part => part.Restore(state, Group(part.Name), Error))];
        foreach (Action change in changes)
        {
            change();
        }

        Progress.Restore(state);
        state.Epochs.AddRange(Epochs);
    }

    private OrderedDictionary<string, Tensor> Group(string name)
    {
        string prefix = $"{name}/";
        return new(tensors
            .Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key[prefix.Length..], pair.Value)));
    }

    private string Text(string name) => tensors.Metadata.TryGetValue(name, out string? value)
        ? value
        : throw Error($"expected a checkpoint with '{name}' in its metadata, got none");

    private InvalidFileException Error(string problem) => new(File, FilePosition.None, problem);
}
