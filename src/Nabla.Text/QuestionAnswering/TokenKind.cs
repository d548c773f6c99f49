namespace Nabla.Text.QuestionAnswering;

/// <summary>What a token looks like; a network learns which of them begin and end answers.</summary>
internal enum TokenKind
{
    None,
    Word,
    Capital,
    Number,
    Ideograph,
    SentenceEnd,
    Pause,
    Open,
    Close,
    Sign,
}
