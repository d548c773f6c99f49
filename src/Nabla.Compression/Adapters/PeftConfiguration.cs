using System.Text.Json.Serialization;

namespace Nabla.Compression;

/// <summary>What stands in each of PEFT's <c>adapter_config.json</c>, whatever the method.</summary>
internal record PeftConfiguration
{
    /// <summary>The method, as PEFT calls it.</summary>
    [JsonPropertyName("peft_type")]
    [JsonPropertyOrder(-1)]
    public string? PeftType { get; init; }

    [JsonPropertyName("base_model_name_or_path")]
    [JsonPropertyOrder(-1)]
    public string? BaseModel { get; init; }

    [JsonPropertyName("task_type")]
    [JsonPropertyOrder(-1)]
    public string? TaskType { get; init; }

    [JsonPropertyName("inference_mode")]
    [JsonPropertyOrder(-1)]
    public bool InferenceMode { get; init; } = true;
}
