using System.Text.Json.Serialization;

namespace Nabla.Compression;

/// <summary>What stands in <c>adapter_config.json</c> of prefixes, as PEFT names it, and of bottlenecks. Fields that are not named here are skipped.</summary>
internal sealed record TransformerAdapterConfiguration : PeftConfiguration
{
    [JsonPropertyName("num_virtual_tokens")]
    public int? Length { get; init; }

    [JsonPropertyName("num_layers")]
    public int? Layers { get; init; }

    [JsonPropertyName("num_attention_heads")]
    public int? Heads { get; init; }

    [JsonPropertyName("token_dim")]
    public int? TokenSize { get; init; }

    [JsonPropertyName("num_transformer_submodules")]
    public int? Submodules { get; init; }

    [JsonPropertyName("prefix_projection")]
    public bool? HasProjection { get; init; }

    [JsonPropertyName("bottleneck_size")]
    public int? BottleneckSize { get; init; }
}

/// <summary>The JSON form of <see cref="TransformerAdapterConfiguration"/>, generated at compile time.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TransformerAdapterConfiguration))]
internal sealed partial class TransformerAdapterJson : JsonSerializerContext;
