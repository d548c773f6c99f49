using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Compression;

/// <summary>What stands in <c>adapter_config.json</c> of low-rank updates, as far as it decides what is computed. Fields that are not named here are skipped.</summary>
internal sealed record AdapterConfiguration : PeftConfiguration
{
    [JsonPropertyName("r")]
    public int Rank { get; init; }

    [JsonPropertyName("lora_alpha")]
    public double Alpha { get; init; }

    [JsonPropertyName("lora_dropout")]
    public double Dropout { get; init; }

    [JsonPropertyName("target_modules")]
    public JsonElement TargetModules { get; init; }

    [JsonPropertyName("fan_in_fan_out")]
    public bool FanInFanOut { get; init; }

    // Generated readers of JSON set what a file leaves out to null, whatever the initializer says.
    [JsonPropertyName("bias")]
    public string Bias { get; init => field = value ?? "none"; } = "none";

    [JsonPropertyName("modules_to_save")]
    public IReadOnlyList<string>? SavedModules { get; init; }

    [JsonPropertyName("use_rslora")]
    public bool IsRankStabilised { get; init; }

    [JsonPropertyName("use_dora")]
    public bool DecomposesWeights { get; init; }
}

/// <summary>The JSON form of <see cref="AdapterConfiguration"/>, generated at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(AdapterConfiguration))]
[JsonSerializable(typeof(PeftConfiguration))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class AdapterJson : JsonSerializerContext;
