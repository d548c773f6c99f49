using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nabla.Serving.Http;

// What the OpenAPI document shows of the bodies; they are read and written by hand, without objects in between.

/// <summary>Server metadata.</summary>
internal sealed record ServerMetadata(string Name, string Version, IReadOnlyList<string> Extensions);

/// <summary>Whether the server runs.</summary>
internal sealed record LiveAnswer(bool Live);

/// <summary>Whether all models are ready.</summary>
internal sealed record ReadyAnswer(bool Ready);

/// <summary>Whether a model is ready.</summary>
internal sealed record ModelReadyAnswer(string Name, bool Ready);

/// <summary>Model metadata.</summary>
internal sealed record ModelMetadata(
    string Name, IReadOnlyList<string> Versions, string Platform, IReadOnlyList<TensorMetadata> Inputs, IReadOnlyList<TensorMetadata> Outputs);

/// <summary>An input or output; -1 where a size is free.</summary>
internal sealed record TensorMetadata(string Name, string Datatype, IReadOnlyList<long> Shape);

/// <summary>What a model is asked.</summary>
internal sealed record InferenceRequestBody(
    IReadOnlyList<RequestInput> Inputs, string? Id = null, JsonElement? Parameters = null, IReadOnlyList<RequestOutput>? Outputs = null);

/// <summary>An input with its elements.</summary>
internal sealed record RequestInput(string Name, string Datatype, IReadOnlyList<long> Shape, JsonElement? Data = null, JsonElement? Parameters = null);

/// <summary>An output that is asked for.</summary>
internal sealed record RequestOutput(string Name, JsonElement? Parameters = null);

/// <summary>What a model answers.</summary>
internal sealed record InferenceResponseBody(
    [property: JsonPropertyName("model_name")] string ModelName,
    [property: JsonPropertyName("model_version")] string ModelVersion,
    IReadOnlyList<RequestInput> Outputs,
    string? Id = null);

/// <summary>Which states are wanted.</summary>
internal sealed record IndexRequestBody(bool Ready = false);

/// <summary>The state of a version.</summary>
internal sealed record ModelIndexEntry(string Name, string Version, string State, string Reason);

/// <summary>A version in <c>parameters</c>; without it, the version that the server chooses.</summary>
internal sealed record VersionChoice(VersionParameter? Parameters = null);

/// <summary>The parameter <c>version</c>.</summary>
internal sealed record VersionParameter(string? Version = null);

/// <summary>TensorFlow Serving: the rows, or the inputs with all rows.</summary>
internal sealed record PredictBody(
    JsonElement? Instances = null, JsonElement? Inputs = null, [property: JsonPropertyName("signature_name")] string? SignatureName = null);

/// <summary>TensorFlow Serving: the features of each row.</summary>
internal sealed record ExamplesBody(
    IReadOnlyList<JsonElement> Examples, JsonElement? Context = null, [property: JsonPropertyName("signature_name")] string? SignatureName = null);

/// <summary>TensorFlow Serving: the states of versions.</summary>
internal sealed record ModelVersionStatus([property: JsonPropertyName("model_version_status")] IReadOnlyList<JsonElement> Versions);

/// <summary>The label with the probabilities of all, or a number; and by which id its label may be told, where examples are kept.</summary>
internal sealed record Prediction(
    string Model, string Version, string? Id = null, string? Label = null, IReadOnlyDictionary<string, double>? Probabilities = null, double? Value = null);

/// <summary>What the answer to a request should have been.</summary>
internal sealed record FeedbackBody(string Id, string Label);

/// <summary>Whether the request was kept.</summary>
internal sealed record FeedbackAnswer(bool Kept);

/// <summary>What went wrong.</summary>
internal sealed record ErrorAnswer(string Error, string Reason);

/// <summary>The JSON form of what is described here and of options, generated at compile time. Unknown fields are errors.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ServerMetadata))]
[JsonSerializable(typeof(LiveAnswer))]
[JsonSerializable(typeof(ReadyAnswer))]
[JsonSerializable(typeof(ModelReadyAnswer))]
[JsonSerializable(typeof(ModelMetadata))]
[JsonSerializable(typeof(InferenceRequestBody))]
[JsonSerializable(typeof(InferenceResponseBody))]
[JsonSerializable(typeof(IndexRequestBody))]
[JsonSerializable(typeof(ModelIndexEntry[]))]
[JsonSerializable(typeof(PredictBody))]
[JsonSerializable(typeof(ExamplesBody))]
[JsonSerializable(typeof(ModelVersionStatus))]
[JsonSerializable(typeof(VersionChoice))]
[JsonSerializable(typeof(Prediction))]
[JsonSerializable(typeof(FeedbackBody))]
[JsonSerializable(typeof(FeedbackAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(TrafficRules))]
[JsonSerializable(typeof(ServingOptions))]
internal sealed partial class ServingJson : JsonSerializerContext;
