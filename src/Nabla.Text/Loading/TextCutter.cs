namespace Nabla.Text;

/// <summary>
/// Cuts texts as a <c>tokenizer.json</c> says: added tokens are found, what stands between them is normalized, others are found in that, and the steps of
/// the pre-tokenizer, which may change texts too, cut the rest.
/// </summary>
/// <param name="before">The added tokens that are found in a text as it is.</param>
/// <param name="changes">The normalizers.</param>
/// <param name="behind">The added tokens that are found in a text that is normalized.</param>
/// <param name="steps">The pre-tokenizers; none where a text is one piece.</param>
internal sealed class TextCutter(
    AddedTokenFinder before, IReadOnlyList<Func<string, string>> changes, AddedTokenFinder behind, IReadOnlyList<Func<TextPiece, IEnumerable<TextPiece>>> steps)
{
    /// <summary>The pieces of a text, none of them empty.</summary>
    public IEnumerable<TextPiece> Cut(string text, bool normalizes, bool cuts)
    {
        IEnumerable<TextPiece> pieces = before.Split(new TextPiece(text, null, Begins: true));
        pieces = EachText(normalizes ? EachText(pieces, Normalized) : pieces, behind.Split);
        return (cuts ? steps : []).Aggregate(pieces, EachText).Where(piece => piece.Text.Length > 0);
    }

    private IEnumerable<TextPiece> Normalized(TextPiece piece) => [piece with { Text = changes.Aggregate(piece.Text, (text, change) => change(text)) }];

    private static IEnumerable<TextPiece> EachText(IEnumerable<TextPiece> pieces, Func<TextPiece, IEnumerable<TextPiece>> step) =>
        pieces.SelectMany(piece => piece.AddedId is null ? step(piece) : [piece]);
}
