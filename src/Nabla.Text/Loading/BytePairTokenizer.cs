using System.Buffers;
using Microsoft.ML.Tokenizers;

namespace Nabla.Text;

/// <summary>
/// A tokenizer of byte pairs of characters out of a <c>tokenizer.json</c>, such as those of Llama 2, Mistral and Gemma: how it cuts texts, its model, and its
/// decoder. It cuts texts itself, between special tokens; its normalizer and its pre-tokenizer are there for who wants to see what they do.
/// </summary>
/// <param name="model">What makes tokens of pieces.</param>
/// <param name="cutter">What cuts texts.</param>
/// <param name="tokens">The tokens by their ids, added ones among them.</param>
/// <param name="decoder">What makes a text of tokens.</param>
/// <param name="normalizer">What changes texts; null when nothing does.</param>
/// <param name="preTokenizer">What cuts them; null when the steps that cut change them too.</param>
internal sealed class BytePairTokenizer(
    BytePairModel model, TextCutter cutter, IReadOnlyDictionary<int, string> tokens, Func<IReadOnlyList<string>, string> decoder,
    Normalizer? normalizer, PreTokenizer? preTokenizer) : Tokenizer
{
    /// <inheritdoc/>
    public override PreTokenizer? PreTokenizer => preTokenizer;

    /// <inheritdoc/>
    public override Normalizer? Normalizer => normalizer;

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        (idsConsumed, charsWritten) = (0, 0);
        List<string> written = [];
        foreach (int id in ids)
        {
            if (!tokens.TryGetValue(id, out string? token))
            {
                return OperationStatus.InvalidData;
            }

            written.Add(token);
        }

        // A text as a whole or not at all: what a token becomes depends on those beside it.
        string text = decoder(written);
        if (!text.TryCopyTo(destination))
        {
            return OperationStatus.DestinationTooSmall;
        }

        (idsConsumed, charsWritten) = (written.Count, text.Length);
        return OperationStatus.Done;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        TextPiece[] pieces = [.. cutter.Cut(text ?? textSpan.ToString(), settings.ConsiderNormalization, settings.ConsiderPreTokenization)];
        string normalized = string.Concat(pieces.Select(piece => piece.Text));
        List<EncodedToken> found = [];
        int end = 0;
        foreach (TextPiece piece in pieces)
        {
            int start = end;
            foreach ((int id, int length) in piece.AddedId is { } added ? new (int, int)[] { (added, piece.Text.Length) } : model.Encode(piece.Text))
            {
                if (found.Count == settings.MaxTokenCount)
                {
                    return new EncodeResults<EncodedToken> { Tokens = found, NormalizedText = normalized, CharsConsumed = start };
                }

                found.Add(new EncodedToken(id, tokens[id], new Range(start, start + length)));
                start += length;
            }

            end += piece.Text.Length;
        }

        return new EncodeResults<EncodedToken> { Tokens = found, NormalizedText = normalized, CharsConsumed = normalized.Length };
    }
}
