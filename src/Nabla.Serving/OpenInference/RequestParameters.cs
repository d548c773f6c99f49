using System.Text.Json;
using Nabla.Serving.Inference;

namespace Nabla.Serving.OpenInference;

/// <summary>The parameters of a request that the server knows; others are ignored, as the protocol says.</summary>
internal sealed record RequestParameters
{
    private const string BinaryOutput = "binary_data_output";

    /// <summary>From 1, which comes first.</summary>
    public int Priority { get; init; } = InferenceRequest.UsualPriority;

    /// <summary>How long the caller waits; null when that is not said.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether all outputs come as bytes.</summary>
    public bool BinaryOutputs { get; init; }

    /// <summary>The priority of a number that was sent; 0 is the usual one.</summary>
    /// <exception cref="ServingException">There is no such priority.</exception>
    public static int PriorityOf(long? given) => given switch
    {
        0 => InferenceRequest.UsualPriority,
        >= 1 and <= InferenceRequest.LastPriority => (int)given,
        _ => throw ServingException.Invalid($"The parameter 'priority' expects a number from 0 (the usual one) or 1 (first) to {InferenceRequest.LastPriority} (last)."),
    };

    /// <summary>The time of a number of microseconds that was sent; 0 is none.</summary>
    /// <exception cref="ServingException">There is no such time.</exception>
    public static TimeSpan? TimeoutOf(long? given) => given switch
    {
        0 => null,
        > 0 => TimeSpan.FromMicroseconds(Math.Min(given.Value, TimeSpan.MicrosecondsPerDay)),
        _ => throw ServingException.Invalid("The parameter 'timeout' expects a number of microseconds."),
    };

    /// <summary>Reads the object of parameters that the reader stands on; afterwards it stands on its end.</summary>
    public static RequestParameters Read(ref Utf8JsonReader reader)
    {
        RequestParameters parameters = new();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!;
            reader.Read();
            parameters = name switch
            {
                "priority" => parameters with { Priority = PriorityOf(Whole(ref reader)) },
                "timeout" => parameters with { Timeout = TimeoutOf(Whole(ref reader)) },
                BinaryOutput => parameters with { BinaryOutputs = Truth(ref reader) },
                _ => parameters,
            };
            reader.Skip();
        }

        return parameters;
    }

    /// <summary>A truth value.</summary>
    /// <exception cref="ServingException">It is none.</exception>
    public static bool Truth(string name, JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw NoTruth(name);

    /// <summary>A whole number; null for something else.</summary>
    public static long? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;

    private static long? Whole(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : null;

    private static bool Truth(ref Utf8JsonReader reader) => reader.TokenType is JsonTokenType.True or JsonTokenType.False
        ? reader.GetBoolean()
        : throw NoTruth(BinaryOutput);

    private static ServingException NoTruth(string name) => ServingException.Invalid($"The parameter '{name}' expects true or false.");
}

/// <summary>The parameters of an output that was asked for.</summary>
/// <param name="Classes">How many of the best classes it is to be turned into; 0 for its numbers.</param>
/// <param name="IsBinary">Whether it comes as bytes; null when that is not said.</param>
internal readonly record struct OutputParameters(int Classes, bool? IsBinary)
{
    /// <summary>The number of classes that was sent.</summary>
    /// <exception cref="ServingException">It is no such number.</exception>
    public static int ClassesOf(string output, long? given) => given is >= 0 and <= int.MaxValue
        ? (int)given
        : throw ServingException.Invalid($"The parameter 'classification' of output '{output}' expects a number of classes.");

    /// <summary>Reads the object of an output.</summary>
    public static OutputParameters Read(string name, JsonElement output)
    {
        if (!output.TryGetProperty("parameters", out JsonElement parameters) || parameters.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        return new OutputParameters(
            parameters.TryGetProperty("classification", out JsonElement classes) ? ClassesOf(name, RequestParameters.Whole(classes)) : 0,
            parameters.TryGetProperty("binary_data", out JsonElement binary) ? RequestParameters.Truth("binary_data", binary) : null);
    }
}
