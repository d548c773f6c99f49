namespace Nabla.HuggingFace;

/// <summary>What a network of a model folder answers.</summary>
public enum PretrainedHead
{
    /// <summary>Nothing yet: the features of each step of a sequence, or of an image.</summary>
    None,

    /// <summary>A class for a whole text: logits <c>[batch, classes]</c>.</summary>
    SequenceClassification,

    /// <summary>A class for each token: logits <c>[batch, length, classes]</c>.</summary>
    TokenClassification,

    /// <summary>Where an answer begins and ends: logits <c>[batch, length, 2]</c>.</summary>
    QuestionAnswering,

    /// <summary>The tokens that are hidden behind masks: logits <c>[batch, length, vocabulary]</c>.</summary>
    MaskedLanguageModel,

    /// <summary>The next tokens: logits <c>[batch, length, vocabulary]</c>.</summary>
    CausalLanguageModel,

    /// <summary>A class for a picture: logits <c>[batch, classes]</c>.</summary>
    ImageClassification,
}
