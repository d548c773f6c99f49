using System.Text.Json.Serialization;

namespace Nabla.Data;

/// <summary>What kind of answer a model gives.</summary>
public enum PredictionTask
{
    /// <summary>One of several classes, with a probability for each.</summary>
    [JsonStringEnumMemberName("classification")]
    Classification,

    /// <summary>A number.</summary>
    [JsonStringEnumMemberName("regression")]
    Regression,
}
