using System.Buffers;
using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>
/// A tokenizer whose tokens are words or characters, and whose ids are places in a vocabulary. It is a <see cref="Tokenizer"/> like those for byte
/// pairs and word pieces, so all code that takes one takes it.
/// </summary>
/// <example>
/// <code>
/// IReadOnlyList&lt;string&gt; vocabulary = Vocabulary.Build(texts, TextUnit.Word, mostTokens: 20_000);
/// VocabularyTokenizer tokenizer = new(TextUnit.Word, vocabulary);
/// IReadOnlyList&lt;int&gt; ids = tokenizer.EncodeToIds("A fine film.");
/// </code>
/// </example>
public sealed class VocabularyTokenizer : Tokenizer
{
    private readonly TextUnit unit;
    private readonly IReadOnlyList<string> vocabulary;
    private readonly Dictionary<string, int> ids;

    /// <summary>A tokenizer.</summary>
    /// <param name="unit">What a token is.</param>
    /// <param name="vocabulary">The tokens by their ids, <see cref="TextPreprocessing.SpecialTokens"/> first.</param>
    /// <param name="lowerCase">Whether capital letters become small ones first.</param>
    /// <exception cref="ArgumentException">A token is there twice, or the first are not the special ones.</exception>
    public VocabularyTokenizer(TextUnit unit, IReadOnlyList<string> vocabulary, bool lowerCase = true)
    {
        ids = Vocabulary.PlacesOf(vocabulary);
        (this.unit, this.vocabulary) = (unit, vocabulary);
        PreTokenizer = Vocabulary.PreTokenizerOf(unit);
        Normalizer = lowerCase ? new SmallLetters() : null;
    }

    /// <summary>The tokenizer that a model was trained with.</summary>
    public VocabularyTokenizer(TextPreprocessing preprocessing)
        : this(preprocessing.Unit, preprocessing.Vocabulary, preprocessing.LowerCase)
    {
    }

    /// <inheritdoc/>
    public override PreTokenizer PreTokenizer { get; }

    /// <inheritdoc/>
    public override Normalizer? Normalizer { get; }

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        (idsConsumed, charsWritten) = (0, 0);
        foreach (int id in ids)
        {
            if (id < 0 || id >= vocabulary.Count)
            {
                return OperationStatus.InvalidData;
            }

            string space = unit == TextUnit.Word && charsWritten > 0 ? " " : "";
            string token = id == TextPreprocessing.PaddingId ? "" : vocabulary[id];
            if (token.Length > 0 && !$"{space}{token}".TryCopyTo(destination[charsWritten..]))
            {
                return OperationStatus.DestinationTooSmall;
            }

            charsWritten += token.Length > 0 ? space.Length + token.Length : 0;
            idsConsumed++;
        }

        return OperationStatus.Done;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        string source = text ?? textSpan.ToString();
        string normalized = settings.ConsiderNormalization && Normalizer is { } normalizer ? normalizer.Normalize(source) : source;
        List<EncodedToken> tokens = [];
        int end = normalized.Length;
        foreach ((int offset, int length) in PreTokenizer.PreTokenize(normalized))
        {
            if (tokens.Count == settings.MaxTokenCount)
            {
                end = offset;
                break;
            }

            string token = normalized.Substring(offset, length);
            tokens.Add(new EncodedToken(ids.GetValueOrDefault(token, TextPreprocessing.UnknownId), token, new Range(offset, offset + length)));
        }

        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = end };
    }
}
