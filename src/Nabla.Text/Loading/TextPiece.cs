namespace Nabla.Text;

/// <summary>A piece of a text: what a model makes tokens of, or an added token.</summary>
/// <param name="Text">What stands there.</param>
/// <param name="AddedId">The id of the added token; null for text.</param>
/// <param name="Begins">Whether nothing of the text stands before it.</param>
internal readonly record struct TextPiece(string Text, int? AddedId, bool Begins)
{
    /// <summary>A part of it, which is text as well.</summary>
    public TextPiece Part(int offset, int length) => new(length == Text.Length ? Text : Text.Substring(offset, length), null, Begins && offset == 0);
}
