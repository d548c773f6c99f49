namespace Nabla.Text.QuestionAnswering;

/// <summary>A part of a passage as an input of a reader, with its question.</summary>
/// <param name="Input">int32 <c>[1 + features, questionLength + tokens]</c>.</param>
/// <param name="First">The passage's token that the window begins with.</param>
/// <param name="Count">The tokens of the window.</param>
internal sealed record PassageWindow(Tensor Input, int First, int Count)
{
    /// <summary>Where the answer begins and ends in the window, from 1; 0 and 0 when it is not in there.</summary>
    public Tensor Target((int First, int Last)? answer) => answer is { } span && span.First >= First && span.Last < First + Count
        ? Tensor.From(span.First - First + 1, span.Last - First + 1)
        : Tensor.From(0, 0);
}
