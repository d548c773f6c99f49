using System.Globalization;
using System.Text;

namespace Nabla.Text.QuestionAnswering;

/// <summary>A text cut into words and marks, with what one sees at once: where sentences end, and which words are the same but for their endings.</summary>
internal sealed class ReadText
{
    private const int ShortestStem = 4;
    private static readonly string[] Suffixes = ["'s", "\u2019s", "ing", "ies", "ed", "es", "ly", "s", "y", "e"];

    public ReadText(string text)
    {
        Text = text;
        Pieces = [.. new WordPreTokenizer().PreTokenize(text)];
        Keys = Array.ConvertAll(Pieces, piece => KeyOf(text.Substring(piece.Offset, piece.Length)));
        Kinds = Array.ConvertAll(Pieces, piece => KindOf(text.AsSpan(piece.Offset, piece.Length)));
        Sentences = new int[Pieces.Length];
        Clauses = new int[Pieces.Length];
        for (int index = 1; index < Pieces.Length; index++)
        {
            bool ends = EndsSentence(index - 1);
            bool changes = ends || Kinds[index - 1] == TokenKind.Pause || Kinds[index] is TokenKind.Pause or TokenKind.SentenceEnd;
            Sentences[index] = Sentences[index - 1] + (ends ? 1 : 0);
            Clauses[index] = Clauses[index - 1] + (changes ? 1 : 0);
        }
    }

    public string Text { get; }

    /// <summary>Where the tokens stand.</summary>
    public (int Offset, int Length)[] Pieces { get; }

    /// <summary>The tokens in small letters, English words without their endings.</summary>
    public string[] Keys { get; }

    public TokenKind[] Kinds { get; }

    /// <summary>The number of the sentence that each token is in.</summary>
    public int[] Sentences { get; }

    /// <summary>The number of the part of a sentence, between pauses, that each token is in.</summary>
    public int[] Clauses { get; }

    public int Count => Pieces.Length;

    /// <summary>Whether a token says something: it is no mark.</summary>
    public bool Speaks(int index) => Kinds[index] is TokenKind.Word or TokenKind.Capital or TokenKind.Number or TokenKind.Ideograph;

    /// <summary>What stands from one token to another, both within.</summary>
    public AnswerSpan Span(int first, int last)
    {
        int begin = Pieces[first].Offset;
        int end = Pieces[last].Offset + Pieces[last].Length;
        return new AnswerSpan(begin, Text[begin..end]);
    }

    /// <summary>The first and the last token that a span touches; null when it touches none.</summary>
    public (int First, int Last)? TokensOf(AnswerSpan span)
    {
        int first = Array.FindIndex(Pieces, piece => piece.Offset + piece.Length > span.Start);
        int last = Array.FindLastIndex(Pieces, piece => piece.Offset < span.End);
        return first >= 0 && last >= first ? (first, last) : null;
    }

    // A full stop within a number or behind a single letter, as in 'J. Smith', ends nothing.
    private bool EndsSentence(int index)
    {
        if (Kinds[index] != TokenKind.SentenceEnd || Text[Pieces[index].Offset] != '.')
        {
            return Kinds[index] == TokenKind.SentenceEnd;
        }

        int behind = Pieces[index].Offset + 1;
        bool isInitial = index > 0 && Pieces[index - 1].Length == 1 && char.IsUpper(Text[Pieces[index - 1].Offset]);
        return !isInitial && (behind >= Text.Length || char.IsWhiteSpace(Text[behind]));
    }

    private static string KeyOf(string token)
    {
        string small = token.ToLowerInvariant();
        string? suffix = small[0] < 128 && char.IsLetter(small[0]) && small.Length > ShortestStem
            ? Suffixes.FirstOrDefault(ending => small.EndsWith(ending, StringComparison.Ordinal) && small.Length - ending.Length >= ShortestStem - 1)
            : null;
        return suffix is null ? small : small[..^suffix.Length];
    }

    private static TokenKind KindOf(ReadOnlySpan<char> token)
    {
        _ = Rune.DecodeFromUtf16(token, out Rune first, out _);
        return first.Value switch
        {
            '.' or '!' or '?' or ';' or '\u3002' or '\uFF01' or '\uFF1F' or '\uFF1B' => TokenKind.SentenceEnd,
            ',' or ':' or '\uFF0C' or '\uFF1A' or '\u3001' => TokenKind.Pause,
            _ when Rune.IsDigit(first) || Rune.GetUnicodeCategory(first) is UnicodeCategory.OtherNumber or UnicodeCategory.LetterNumber => TokenKind.Number,
            _ when Rune.GetUnicodeCategory(first) == UnicodeCategory.OtherLetter => TokenKind.Ideograph,
            _ when Rune.IsLetter(first) => Rune.IsUpper(first) ? TokenKind.Capital : TokenKind.Word,
            _ => Rune.GetUnicodeCategory(first) switch
            {
                UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation => TokenKind.Open,
                UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation => TokenKind.Close,
                _ => TokenKind.Sign,
            },
        };
    }
}
