using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Compression;

/// <summary>What stands in PEFT's <c>adapter_config.json</c>, as far as it decides what is computed. Fields that are not named here are skipped.</summary>
internal sealed record AdapterConfiguration
{
    [JsonPropertyName("peft_type")]
    public string PeftType { get; init; } = "LORA";

    [JsonPropertyName("base_model_name_or_path")]
    public string? BaseModel { get; init; }

    [JsonPropertyName("task_type")]
    public string? TaskType { get; init; }

    [JsonPropertyName("inference_mode")]
    public bool InferenceMode { get; init; } = true;

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

    [JsonPropertyName("bias")]
    public string Bias { get; init; } = "none";

    [JsonPropertyName("use_rslora")]
    public bool IsRankStabilised { get; init; }

    [JsonPropertyName("use_dora")]
    public bool DecomposesWeights { get; init; }
}

/// <summary>The JSON form of <see cref="AdapterConfiguration"/>, generated at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(AdapterConfiguration))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class AdapterJson : JsonSerializerContext;
