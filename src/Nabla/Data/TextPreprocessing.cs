using System.Globalization;
using System.Text.Json.Serialization;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>What the tokens of a text are.</summary>
public enum TextUnit
{
    /// <summary>Words and punctuation marks; of scripts without spaces, such as Chinese, each character.</summary>
    Word,

    /// <summary>Characters, white space included.</summary>
    Character,

    /// <summary>Parts of words, merged from characters as <see cref="TextPreprocessing.Merges"/> says.</summary>
    Subword,
}

/// <summary>
/// How a text becomes the input of a network: cut into tokens, which are replaced by their places in a vocabulary; longer texts are cut off, shorter
/// ones are filled up with 0. Plain data that is saved with the model.
/// </summary>
public sealed record TextPreprocessing
{
    private const int MostTokens = 1 << 16;
    private const int LargestVocabulary = 1 << 20;

    /// <summary>The place that stands for no token.</summary>
    public const int PaddingId = 0;

    /// <summary>The place that stands for tokens which the vocabulary does not have.</summary>
    public const int UnknownId = 1;

    /// <summary>The token before the first of a text, where a vocabulary has one.</summary>
    public const string BeginToken = "<bos>";

    /// <summary>The token behind the last of a text, where a vocabulary has one.</summary>
    public const string EndToken = "<eos>";

    /// <summary>The token between two parts of an input, where a vocabulary has one.</summary>
    public const string SeparatorToken = "<sep>";

    /// <summary>What stands in a vocabulary at <see cref="PaddingId"/> and <see cref="UnknownId"/>.</summary>
    public static IReadOnlyList<string> SpecialTokens { get; } = ["<pad>", "<unk>"];

    /// <summary>What a token is.</summary>
    public required TextUnit Unit { get; init; }

    /// <summary>Whether capital letters become small ones first.</summary>
    [JsonRequired]
    public bool LowerCase { get; init; } = true;

    /// <summary>The tokens of an input; at least 1.</summary>
    public required int Length { get; init; }

    /// <summary>The tokens by their places: <see cref="SpecialTokens"/>, then those that were met most.</summary>
    public required IReadOnlyList<string> Vocabulary { get; init; }

    /// <summary>
    /// The pairs of parts that become one, <c>left right</c>, those that were learnt first first (byte-pair encoding); null unless tokens are parts of
    /// words.
    /// </summary>
    public IReadOnlyList<string>? Merges { get; init; }

    /// <summary>How the table of texts and classes that was learnt from is written; null for one with a header row and a column <c>label</c>.</summary>
    public TextTable? Table { get; init; }

    /// <summary>The shape of one input: <c>[length]</c>.</summary>
    [JsonIgnore]
    public Shape InputShape => [Length];

    /// <summary>The place of a token, such as <see cref="EndToken"/>; null when the vocabulary does not have it.</summary>
    public int? PlaceOf(string token)
    {
        for (int place = 0; place < Vocabulary.Count; place++)
        {
            if (Vocabulary[place] == token)
            {
                return place;
            }
        }

        return null;
    }

    /// <summary>Refuses what no text can become.</summary>
    internal void Validate(string path)
    {
        if (Length is < 1 or > MostTokens)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected inputs of 1 to {MostTokens} tokens, got {Length}");
        }

        if (Vocabulary.Count > LargestVocabulary || Vocabulary.Contains(null!) || Vocabulary.Distinct().Count() != Vocabulary.Count
            || !Vocabulary.Take(SpecialTokens.Count).SequenceEqual(SpecialTokens))
        {
            throw new InvalidFileException(
                path, FilePosition.None,
                $"expected a vocabulary of at most {LargestVocabulary} different tokens that begins with {string.Join(", ", SpecialTokens)}, got {Vocabulary.Count} tokens");
        }

        ValidateMerges(path);
        Table?.Validate(path);
    }

    private void ValidateMerges(string path)
    {
        if (Unit == TextUnit.Subword != Merges is not null || Merges?.Count > LargestVocabulary)
        {
            string got = Merges is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{Merges.Count} for tokens of kind {Unit}");
            throw new InvalidFileException(path, FilePosition.None, $"expected at most {LargestVocabulary} merges for parts of words and none otherwise, got {got}");
        }

        HashSet<string> known = [.. Vocabulary];
        if (Merges?.Any(merge => !IsMerge(merge, known)) == true)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected merges of two tokens of the vocabulary into one of it, got '{Merges.First(merge => !IsMerge(merge, known))}'");
        }
    }

    private static bool IsMerge(string? merge, HashSet<string> known)
    {
        string[] parts = merge?.Split(' ') ?? [];
        return parts is [{ Length: > 0 } left, { Length: > 0 } right] && known.Contains(left) && known.Contains(right) && known.Contains(left + right);
    }
}
