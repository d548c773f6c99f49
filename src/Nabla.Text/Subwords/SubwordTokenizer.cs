using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>
/// A tokenizer whose tokens are parts of words, merged from characters (Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword
/// Units, 2016, arXiv 1508.07909). A low line (U+2581) in a token stands for the space before a word, so that decoding gives the text back, spaces
/// included. Characters that the vocabulary does not have become bytes where it has bytes, otherwise unknown.
/// </summary>
/// <example>
/// <code>
/// TextPreprocessing preprocessing = new BpeTrainer { VocabularySize = 8000 }.Train(texts, length: 64);
/// Tokenizer tokenizer = TextTokenizer.Of(preprocessing);
/// IReadOnlyList&lt;int&gt; ids = tokenizer.EncodeToIds("Unbelievable, isn't it?");
/// </code>
/// </example>
public sealed class SubwordTokenizer : Tokenizer
{
    private const int MostWordsKept = 1 << 16;
    private const int LongestWordKept = 64;

    private readonly IReadOnlyList<string> vocabulary;
    private readonly Dictionary<string, int> ids;
    private readonly int[] bytes;
    private readonly SubwordMerging merging;
    private readonly ConcurrentDictionary<string, (int Id, int Length)[]> known = new(StringComparer.Ordinal);
    private int kept;

    /// <summary>A tokenizer.</summary>
    /// <param name="vocabulary">The tokens by their ids, <see cref="TextPreprocessing.SpecialTokens"/> first.</param>
    /// <param name="merges">The pairs that become one, <c>left right</c>, those that were learnt first first.</param>
    /// <param name="lowerCase">Whether capital letters become small ones first.</param>
    /// <exception cref="ArgumentException">A token is there twice, the first are not the special ones, or a merge is not of tokens.</exception>
    public SubwordTokenizer(IReadOnlyList<string> vocabulary, IReadOnlyList<string> merges, bool lowerCase = true)
    {
        ArgumentNullException.ThrowIfNull(merges);
        this.vocabulary = vocabulary;
        ids = Vocabulary.PlacesOf(vocabulary);
        bytes = ids.ContainsKey(SubwordText.Bytes[0]) ? [.. SubwordText.Bytes.Select(token => ids.GetValueOrDefault(token, TextPreprocessing.UnknownId))] : [];
        Dictionary<(int, int), (int, int)> ranks = [];
        foreach (string merge in merges)
        {
            ranks.TryAdd(PairOf(merge, out int merged), (ranks.Count, merged));
        }

        merging = new SubwordMerging(ranks);
        Normalizer = lowerCase ? new SmallLetters() : null;
    }

    /// <summary>The tokenizer that a model was trained with.</summary>
    public SubwordTokenizer(TextPreprocessing preprocessing)
        : this(
            (preprocessing ?? throw new ArgumentNullException(nameof(preprocessing))).Vocabulary,
            preprocessing.Merges ?? throw new ArgumentException("The preprocessing has no merges of parts of words.", nameof(preprocessing)),
            preprocessing.LowerCase)
    {
    }

    /// <inheritdoc/>
    public override PreTokenizer PreTokenizer { get; } = new SubwordPreTokenizer();

    /// <inheritdoc/>
    public override Normalizer? Normalizer { get; }

    /// <inheritdoc/>
    public override OperationStatus Decode(IEnumerable<int> ids, Span<char> destination, out int idsConsumed, out int charsWritten)
    {
        ArgumentNullException.ThrowIfNull(ids);
        (idsConsumed, charsWritten) = (0, 0);
        foreach ((string? piece, int count) in SubwordText.Pieces(ids, vocabulary, hasBytes: bytes.Length > 0))
        {
            if (piece is null)
            {
                return OperationStatus.InvalidData;
            }

            if (!piece.TryCopyTo(destination[charsWritten..]))
            {
                return OperationStatus.DestinationTooSmall;
            }

            idsConsumed += count;
            charsWritten += piece.Length;
        }

        return OperationStatus.Done;
    }

    /// <inheritdoc/>
    protected override EncodeResults<EncodedToken> EncodeToTokens(string? text, ReadOnlySpan<char> textSpan, EncodeSettings settings)
    {
        string source = text ?? textSpan.ToString();
        string normalized = settings.ConsiderNormalization && Normalizer is { } normalizer ? normalizer.Normalize(source) : source;
        List<EncodedToken> tokens = [];
        foreach ((int offset, int length) in PreTokenizer.PreTokenize(normalized))
        {
            int start = offset;
            foreach ((int id, int size) in Parts(normalized.AsSpan(offset, length), offset == 0))
            {
                if (tokens.Count == settings.MaxTokenCount)
                {
                    return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = start };
                }

                tokens.Add(new EncodedToken(id, vocabulary[id], new Range(start, start + size)));
                start += size;
            }
        }

        return new EncodeResults<EncodedToken> { Tokens = tokens, NormalizedText = normalized, CharsConsumed = normalized.Length };
    }

    // Words come again and again: the usual ones are kept.
    private (int Id, int Length)[] Parts(ReadOnlySpan<char> piece, bool beginsText)
    {
        if (beginsText || piece.Length > LongestWordKept)
        {
            return Merge(piece, beginsText);
        }

        ConcurrentDictionary<string, (int, int)[]>.AlternateLookup<ReadOnlySpan<char>> lookup = known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(piece, out (int Id, int Length)[]? parts))
        {
            return parts;
        }

        parts = Merge(piece, beginsText);
        if (Interlocked.Increment(ref kept) <= MostWordsKept)
        {
            lookup.TryAdd(piece, parts);
        }

        return parts;
    }

    private (int Id, int Length)[] Merge(ReadOnlySpan<char> piece, bool beginsText)
    {
        List<(int Id, int Length)> symbols = [];
        foreach ((string symbol, int length) in SubwordText.Symbols(piece, beginsText))
        {
            if (bytes.Length == 0 || ids.ContainsKey(symbol))
            {
                symbols.Add((ids.GetValueOrDefault(symbol, TextPreprocessing.UnknownId), length));
                continue;
            }

            // The last byte stands for the character, so that no part of it is left when a text is cut.
            int[] values = [.. Encoding.UTF8.GetBytes(symbol).Select(value => bytes[value])];
            symbols.AddRange(values.Select((id, index) => (id, index == values.Length - 1 ? length : 0)));
        }

        (int, int)[] parts = [.. symbols];
        return parts[..merging.Merge(parts)];
    }

    private (int Left, int Right) PairOf(string merge, out int merged)
    {
        string[] parts = merge.Split(' ');
        return parts.Length == 2 && ids.TryGetValue(parts[0], out int left) && ids.TryGetValue(parts[1], out int right) && ids.TryGetValue(parts[0] + parts[1], out merged)
            ? (left, right)
            : throw new ArgumentException($"A merge is of two tokens of the vocabulary into one of it, but got '{merge}'.", nameof(merge));
    }
}
