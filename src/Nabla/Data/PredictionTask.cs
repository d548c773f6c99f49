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

    /// <summary>The tokens that follow a text: for each place the logits of the next token.</summary>
    [JsonStringEnumMemberName("language-model")]
    LanguageModel,

    /// <summary>The same in another language.</summary>
    [JsonStringEnumMemberName("translation")]
    Translation,

    /// <summary>The part of a text that answers a question, or that there is none.</summary>
    [JsonStringEnumMemberName("question-answering")]
    QuestionAnswering,
}
