namespace Nabla.Text;

/// <summary>Finds added tokens in texts, the longest where several begin, with the white space beside them that they take.</summary>
internal sealed class AddedTokenFinder
{
    private readonly Dictionary<string, AddedToken> known;
    private readonly SpecialTokens places;

    public AddedTokenFinder(IReadOnlyList<AddedToken> tokens)
    {
        known = tokens.ToDictionary(token => token.Content, StringComparer.Ordinal);
        places = SpecialTokens.Of(tokens);
    }

    /// <summary>The tokens of a piece and what stands between them.</summary>
    public IEnumerable<TextPiece> Split(TextPiece piece)
    {
        string text = piece.Text;
        int begin = 0;
        foreach ((int offset, int length, bool isToken) in places.Split(text))
        {
            if (!isToken || offset < begin)
            {
                continue;
            }

            AddedToken token = known[text.Substring(offset, length)];
            int end = token.TakesSpaceBefore ? begin + text.AsSpan(begin, offset - begin).TrimEnd().Length : offset;
            if (end > begin)
            {
                yield return piece.Part(begin, end - begin);
            }

            yield return new TextPiece(token.Content, token.Id, piece.Begins && offset == 0);
            begin = token.TakesSpaceBehind ? text.Length - text.AsSpan(offset + length).TrimStart().Length : offset + length;
        }

        if (begin < text.Length)
        {
            yield return piece.Part(begin, text.Length - begin);
        }
    }
}
