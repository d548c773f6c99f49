using System.Text.Json.Serialization;

namespace Nabla.Data;

/// <summary>The JSON form of <see cref="TablePreprocessing"/>, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TablePreprocessing))]
internal sealed partial class TableJson : JsonSerializerContext;
