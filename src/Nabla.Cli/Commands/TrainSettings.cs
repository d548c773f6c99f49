using System.Text.Json;
using System.Text.Json.Serialization;
using Nabla.Data;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>What decides the result of <c>nabla train</c>; kept in the checkpoint, so that a run goes on with the same.</summary>
internal sealed record TrainSettings
{
    public required string Recipe { get; init; }

    public string? Data { get; init; }

    public required int Epochs { get; init; }

    public required int Batch { get; init; }

    public required double LearningRate { get; init; }

    public required string Optimizer { get; init; }

    public required long Seed { get; init; }

    public required int Patience { get; init; }

    public int? Limit { get; init; }

    public string? Target { get; init; }

    public string? Delimiter { get; init; }

    public bool NoQuotes { get; init; }

    // Generated readers of JSON set what a file leaves out to null, whatever the initializer says. A checkpoint of an older version has fewer fields.
    public IReadOnlyList<string> Ignore { get; init => field = value ?? []; } = [];

    public IReadOnlyList<int> Hidden { get; init => field = value ?? []; } = [];

    public int Size { get; init; }

    public string? TextColumn { get; init; }

    public IReadOnlyList<string> Columns { get; init => field = value ?? []; } = [];

    public int? Length { get; init; }

    public int VocabularySize { get; init; }

    public string? Source { get; init; }

    public bool LowerCase { get; init; }

    public bool Separate { get; init; }

    public int Width { get; init; }

    public int Layers { get; init; }

    public int Heads { get; init; }

    public double Dropout { get; init; }

    public TextUnit TextUnit { get; init; }

    public string Network { get; init => field = value ?? "cnn"; } = "cnn";

    public bool Buckets { get; init; }

    public int Task { get; init; }

    public int Questions { get; init; }

    public int? Average { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, TrainSettingsJson.Default.TrainSettings);

    /// <summary>The settings of a run that was stopped.</summary>
    /// <exception cref="UsageException">The run is of another recipe, or has no readable settings.</exception>
    public static TrainSettings Of(Checkpoint checkpoint, string recipe)
    {
        try
        {
            TrainSettings settings = JsonSerializer.Deserialize(checkpoint.Settings, TrainSettingsJson.Default.TrainSettings)!;
            return settings.Recipe == recipe
                ? settings
                : throw new UsageException(
                    $"{checkpoint.File}: this is a run of '{settings.Recipe}', not of '{recipe}'; go on with 'nabla train {settings.Recipe}'.");
        }
        catch (JsonException)
        {
            throw new UsageException($"{checkpoint.File}: this checkpoint has no settings of 'nabla train'; only its program can go on with it.");
        }
    }
}

/// <summary>How a run is carried out: nothing here changes its result.</summary>
/// <param name="Threads">The threads that compute.</param>
/// <param name="Eager">Whether each operation runs at once instead of in compiled steps.</param>
/// <param name="Output">The run folder; null for a new one below <c>runs</c>.</param>
/// <param name="Resume">The run that is gone on with; null for a new one.</param>
/// <param name="Json">Whether a machine reads the output.</param>
internal sealed record RunOptions(int Threads, bool Eager, string? Output, Checkpoint? Resume, bool Json);

/// <summary>The JSON form of <see cref="TrainSettings"/>, generated at compile time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrainSettings))]
internal sealed partial class TrainSettingsJson : JsonSerializerContext;
