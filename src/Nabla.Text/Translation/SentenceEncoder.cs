using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>Sentences as tokens with the token of the end, and back.</summary>
internal sealed class SentenceEncoder
{
    private readonly TextPreprocessing preprocessing;
    private readonly Tokenizer tokenizer;

    /// <exception cref="ArgumentException">The vocabulary has no token of the beginning or the end.</exception>
    public SentenceEncoder(TextPreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        this.preprocessing = preprocessing;
        tokenizer = TextTokenizer.Of(preprocessing);
        Begin = Find(TextPreprocessing.BeginToken);
        End = Find(TextPreprocessing.EndToken);
    }

    /// <summary>The id of the token before the first.</summary>
    public int Begin { get; }

    /// <summary>The id of the token behind the last.</summary>
    public int End { get; }

    /// <summary>The tokens that fit, that of the end counted.</summary>
    public int Length => preprocessing.Length;

    /// <summary>The tokens of a sentence and that of the end, at most as many as fit.</summary>
    public EncodedSentence Encode(string sentence)
    {
        IReadOnlyList<int> ids = tokenizer.EncodeToIds(sentence);
        return new EncodedSentence(
            [.. ids.Take(Length - 1), End], IsTruncated: ids.Count >= Length, IsUnknown: ids.All(SaysNothing));
    }

    /// <summary>The sentence of some tokens.</summary>
    public string Decode(IEnumerable<int> ids) => tokenizer.Decode(ids) ?? "";

    /// <summary>A token as people read it.</summary>
    public string Show(int id) => preprocessing.Vocabulary[id];

    // The mark of a space stands before an unknown character as well.
    private bool SaysNothing(int id) => id == TextPreprocessing.UnknownId || preprocessing.Vocabulary[id] == SubwordText.Space;

    private int Find(string token) => preprocessing.PlaceOf(token)
        ?? throw new ArgumentException($"The vocabulary needs the token {token} to translate, but has none such.");
}

/// <summary>The tokens of a sentence, that of the end last.</summary>
/// <param name="Ids">The tokens.</param>
/// <param name="IsTruncated">Whether tokens did not fit and are left out.</param>
/// <param name="IsUnknown">Whether the vocabulary has none of them.</param>
internal readonly record struct EncodedSentence(int[] Ids, bool IsTruncated, bool IsUnknown);
