using System.Buffers;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>
/// Byte-pair encoding whose merges do not count where a whole piece of a text is in the vocabulary (<c>ignore_merges</c>): it is one token then, even if no
/// merges lead to it.
/// </summary>
/// <param name="merging">What makes tokens of other pieces.</param>
/// <param name="vocabulary">The tokens, in the characters that stand for bytes where they are of bytes.</param>
/// <param name="isByteLevel">Whether they are.</param>
internal sealed class WholePieceTokenizer(BpeTokenizer merging, IReadOnlyDictionary<string, int> vocabulary, bool isByteLevel) : Tokenizer
{
    /// <summary>The characters that stand for the 256 bytes.</summary>
    public static IReadOnlyList<char> Characters { get; } = CharactersOfBytes();

    /// <inheritdoc/>
    public override PreTokenizer? PreTokenizer => merging.PreTokenizer;

    /// <inheritdoc/>
    public override Normalizer? Normalizer => merging.Normalizer;

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten) =>
        merging.Decode(ids, destination, out idsConsumed, out charsWritten);

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        string source = text ?? textSpan.ToString();
        string normalized = settings.ConsiderNormalization && Normalizer is { } normalizer ? normalizer.Normalize(source) : source;
        bool cuts = settings.ConsiderPreTokenization && PreTokenizer is not null;
        IEnumerable<(int Offset, int Length)> pieces = cuts ? PreTokenizer!.PreTokenize(normalized) : normalized.Length > 0 ? [(0, normalized.Length)] : [];
        List<EncodedToken> tokens = [];
        foreach ((int offset, int length) in pieces)
        {
            foreach (EncodedToken token in Encode(normalized.Substring(offset, length)))
            {
                (int begin, int end) = (offset + token.Offset.Start.Value, offset + token.Offset.End.Value);
                if (tokens.Count == settings.MaxTokenCount)
                {
                    return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = begin };
                }

                tokens.Add(new EncodedToken(token.Id, token.Value, new Range(begin, end)));
            }
        }

        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = normalized.Length };
    }

    private IReadOnlyList<EncodedToken> Encode(string piece)
    {
        string written = isByteLevel ? string.Concat(Encoding.UTF8.GetBytes(piece).Select(value => Characters[value])) : piece;
        return vocabulary.TryGetValue(written, out int id)
            ? [new EncodedToken(id, written, new Range(0, piece.Length))]
            : merging.EncodeToTokens(piece, out _, considerPreTokenization: false, considerNormalization: false);
    }

    // GPT-2's: bytes that are visible characters of Latin-1 stand for themselves, the others are counted from U+0100 on.
    private static char[] CharactersOfBytes()
    {
        int others = 0;
        return [.. Enumerable.Range(0, 256).Select(value => value is (> 0x20 and < 0x7F) or (> 0xA0 and not 0xAD) ? (char)value : (char)(0x100 + others++))];
    }
}
