using Nabla.Data;

namespace Nabla.Text;

/// <summary>
/// Learns parts of words by byte-pair encoding (Sennrich, Haddow and Birch, Neural Machine Translation of Rare Words with Subword Units, 2016, arXiv
/// 1508.07909): from single characters on, the pair of neighbours that is met most becomes one token, over and over. Of pairs met equally often the one
/// whose tokens were known first wins, so that the same texts give the same tokens.
/// </summary>
/// <example>
/// <code>
/// BpeTrainer trainer = new() { VocabularySize = 8000, FurtherTokens = [TextPreprocessing.BeginToken, TextPreprocessing.EndToken] };
/// TextPreprocessing preprocessing = trainer.Train(english.Concat(german), length: 64);
/// </code>
/// </example>
public sealed record BpeTrainer
{
    /// <summary>The most tokens of the vocabulary, special tokens, bytes and characters counted; it is smaller when there is no more to learn.</summary>
    public int VocabularySize { get; init; } = 8000;

    /// <summary>What follows <see cref="TextPreprocessing.SpecialTokens"/>, such as <see cref="TextPreprocessing.BeginToken"/>.</summary>
    public IReadOnlyList<string> FurtherTokens { get; init; } = [];

    /// <summary>Whether the vocabulary has all bytes, so that no character is ever unknown: one that is not in it becomes the bytes of its UTF-8.</summary>
    public bool Bytes { get; init; }

    /// <summary>Whether capital letters become small ones first.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>How often a character or a pair must be met to become a token; 1 or more.</summary>
    public int FewestUses { get; init; } = 2;

    /// <summary>The most characters of a token, 2 or more.</summary>
    public int LongestToken { get; init; } = 16;

    /// <summary>Learns from texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="length">The tokens of an input.</param>
    /// <returns>The preprocessing of a model: its vocabulary, and its merges.</returns>
    /// <exception cref="ArgumentException">The vocabulary has not even room for the special tokens, or a size is too small.</exception>
    public TextPreprocessing Train(IEnumerable<string> texts, int length)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(FewestUses, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestToken, 2);
        string[] special = [.. TextPreprocessing.SpecialTokens, .. FurtherTokens, .. Bytes ? SubwordText.Bytes : []];
        if (special.Length > VocabularySize || special.Distinct(StringComparer.Ordinal).Count() != special.Length)
        {
            throw new ArgumentException(
                $"A vocabulary of {VocabularySize} tokens has no room for {special.Length} special tokens and bytes, or one of them is there twice.", nameof(texts));
        }

        BpeLearning learning = new(special, WordsOf(texts), this);
        learning.Run();
        return new TextPreprocessing
        {
            Unit = TextUnit.Subword,
            LowerCase = LowerCase,
            Length = length,
            Vocabulary = learning.Tokens,
            Merges = learning.Merges,
        };
    }

    // In the order in which they are met first.
    private OrderedDictionary<string, long> WordsOf(IEnumerable<string> texts)
    {
        SubwordPreTokenizer preTokenizer = new();
        OrderedDictionary<string, long> words = new(StringComparer.Ordinal);
        foreach (string text in texts.Select(text => LowerCase ? text.ToLowerInvariant() : text))
        {
            foreach ((int offset, int length) in preTokenizer.PreTokenize(text))
            {
                string piece = text.Substring(offset, length);
                string word = offset == 0 ? $" {piece}" : piece;
                words[word] = words.GetValueOrDefault(word) + 1;
            }
        }

        return words;
    }
}
