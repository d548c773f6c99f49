using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Training;

/// <summary>
/// All that training needs to go on as if it had never stopped, in one safetensors file: weights, the optimizer's state, the weights of the
/// best epoch, and in the file's metadata the history and the settings. One file is replaced as a whole or not at all.
/// </summary>
public sealed class Checkpoint
{
    private const string Model = "model/";
    private const string Optimizer = "optimizer/";
    private const string Best = "best/";

    private readonly string path;
    private readonly SafetensorsFile file;

    private Checkpoint(string path)
    {
        this.path = path;
        file = Safetensors.Read(path);
        Epochs = [.. ParseHistory(Text("history"))];
        Settings = Text("settings");
    }

    /// <summary>The epochs that were trained.</summary>
    public IReadOnlyList<EpochResult> Epochs { get; }

    /// <summary>What the caller wants to find again, as it gave it to <see cref="Save"/>.</summary>
    public string Settings { get; }

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trainer">The model and the optimizer.</param>
    /// <param name="stopping">Keeps the best epoch.</param>
    /// <param name="epochs">The epochs that were trained.</param>
    /// <param name="settings">Anything the caller wants to find again.</param>
    public static void Save(string path, Trainer trainer, EarlyStopping stopping, IReadOnlyList<EpochResult> epochs, string settings)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(stopping);
        KeyValuePair<string, Parameter>[] parameters = [.. trainer.Model.NamedParameters];
        IEnumerable<KeyValuePair<string, Tensor>> best = stopping.BestValues is { } values
            ? parameters.Select((pair, index) => KeyValuePair.Create(Best + pair.Key, values[index]))
            : [];
        Safetensors.Write(
            path,
            parameters.Select(pair => KeyValuePair.Create(Model + pair.Key, pair.Value.Value))
                .Concat(trainer.Optimizer.State.Select(pair => KeyValuePair.Create(Optimizer + pair.Key, pair.Value)))
                .Concat(best),
            [
                KeyValuePair.Create("step", trainer.Optimizer.Step.ToString(CultureInfo.InvariantCulture)),
                KeyValuePair.Create("history", FormatHistory(epochs)),
                KeyValuePair.Create("settings", settings),
            ]);
    }

    /// <summary>Reads a checkpoint.</summary>
    /// <exception cref="InvalidFileException">The file is damaged, or not a checkpoint.</exception>
    public static Checkpoint Load(string path) => new(path);

    /// <summary>Puts model, optimizer and early stopping where they were.</summary>
    /// <exception cref="InvalidFileException">The checkpoint is of another model; nothing was changed.</exception>
    public void Restore(Trainer trainer, EarlyStopping stopping)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(stopping);
        KeyValuePair<string, Parameter>[] parameters = [.. trainer.Model.NamedParameters];
        Tensor[] values = [.. parameters.Select(pair => Find(Model + pair.Key, pair.Value.Value.Type))];
        Tensor[]? best = Epochs.Count == 0 ? null : [.. parameters.Select(pair => Find(Best + pair.Key, pair.Value.Value.Type))];
        if (!int.TryParse(Text("step"), NumberStyles.None, CultureInfo.InvariantCulture, out int step))
        {
            throw Error($"expected the number of steps, got '{Text("step")}'");
        }

        for (int index = 0; index < parameters.Length; index++)
        {
            parameters[index].Value.Value = values[index];
        }

        trainer.Optimizer.Restore(step, file.Where(pair => pair.Key.StartsWith(Optimizer, StringComparison.Ordinal))
            .Select(pair => KeyValuePair.Create(pair.Key[Optimizer.Length..], pair.Value)));
        stopping.Restore(Epochs, best);
    }

    private static string FormatHistory(IReadOnlyList<EpochResult> epochs) => new JsonArray([.. epochs.Select(epoch => new JsonArray(
        epoch.Epoch, epoch.Loss, epoch.Accuracy, epoch.ValidationLoss, epoch.ValidationAccuracy, epoch.Seconds))]).ToJsonString();

    private IEnumerable<EpochResult> ParseHistory(string json)
    {
        try
        {
            return [.. JsonNode.Parse(json)!.AsArray().Select(row => new EpochResult(
                row![0]!.GetValue<int>(), Number(row, 1), Number(row, 2), Number(row, 3), Number(row, 4), Number(row, 5)))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException or NullReferenceException)
        {
            throw Error($"expected the history of a training run, got '{json}'");
        }

        static double Number(JsonNode row, int index) => row[index]!.GetValue<double>();
    }

    private string Text(string name) => file.Metadata.TryGetValue(name, out string? value) ? value : throw Error($"expected '{name}' in the metadata, got none");

    private Tensor Find(string name, TensorType type) => file.TryGetValue(name, out Tensor? tensor) && tensor.Type == type
        ? tensor
        : throw Error($"expected tensor '{name}' of {type.DataType.Label} {type.Shape}, got {(tensor is null ? "none" : $"{tensor.DataType.Label} {tensor.Shape}")}");

    private InvalidFileException Error(string problem) => new(path, FilePosition.Byte(0), problem);
}
