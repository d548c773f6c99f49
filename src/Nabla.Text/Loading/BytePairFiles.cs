using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads GPT-2's pair of files: the ids of tokens as JSON, and the merges, a pair a line.</summary>
internal static partial class BytePairFiles
{
    private const string EndOfText = "<|endoftext|>";

    private const string Pattern = @"'(?:s|t|re|ve|m|ll|d)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>How GPT-2 cuts texts: endings such as 's, letters, digits or signs with the space before them, white space.</summary>
    /// <param name="path">The file that asks for it.</param>
    public static SplitPreTokenizer Pieces(string path)
    {
        Lazy<PublishedExpression> ofCodePoints = new(() => new PublishedExpression(path, Pattern));
        return new SplitPreTokenizer(
            text => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') ? ofCodePoints.Value.Matches(text) : InPlane().Matches(text).Select(match => (match.Index, match.Length)),
            SplitBehavior.Isolated);
    }

    public static LoadedTokenizer Read(string vocabularyFile, string mergesFile)
    {
        Dictionary<string, int> vocabulary = Ids(vocabularyFile);
        string[] merges = [.. TextLines.Read(mergesFile).Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))];
        Dictionary<string, int> special = vocabulary.TryGetValue(EndOfText, out int end) ? new() { [EndOfText] = end } : [];
        return Create(mergesFile, vocabulary, merges, special, options =>
        {
            options.ByteLevel = true;
            options.PreTokenizer = new PreTokenizerSequence(new SpecialTokens([.. special.Keys]), [Pieces(mergesFile)]);
        });
    }

    /// <summary>A tokenizer, when each merge is of tokens of the vocabulary.</summary>
    public static LoadedTokenizer Create(
        string path, Dictionary<string, int> vocabulary, IReadOnlyList<string> merges, IReadOnlyDictionary<string, int> special, Action<BpeOptions> configure)
    {
        RequireIds(path, vocabulary);
        if (merges.Index().FirstOrDefault(merge => !IsMerge(merge.Item, vocabulary)) is { Item: { } odd } wrong)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected merges of two tokens of the vocabulary, got '{odd}' as number {wrong.Index + 1}");
        }

        BpeOptions options = new(vocabulary) { Merges = merges, SpecialTokens = special.Count > 0 ? special : null };
        configure(options);
        return new LoadedTokenizer(BpeTokenizer.Create(options), vocabulary.Values.Concat(special.Values).Max() + 1);
    }

    /// <summary>Each token has an id of its own in the range of ids.</summary>
    /// <exception cref="InvalidFileException">One has none.</exception>
    public static void RequireIds(string path, Dictionary<string, int> vocabulary)
    {
        bool fits = vocabulary.Count > 0 && vocabulary.Values.Distinct().Count() == vocabulary.Count
            && vocabulary.Values.All(id => id is >= 0 and <= AddedToken.LargestId);
        if (!fits)
        {
            throw new InvalidFileException(
                path, FilePosition.None, $"expected tokens with an id of their own from 0 to {AddedToken.LargestId}, got {vocabulary.Count} tokens where one has none");
        }
    }

    private static Dictionary<string, int> Ids(string file)
    {
        byte[] json = PackedFile.ReadAllBytes(file);
        Data.Utf8Text.Require(json, file);
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetInt32(), StringComparer.Ordinal);
    }

    private static bool IsMerge(string merge, Dictionary<string, int> vocabulary) =>
        merge.Split(' ') is [{ Length: > 0 } left, { Length: > 0 } right] && vocabulary.ContainsKey(left) && vocabulary.ContainsKey(right);

    // The same for texts whose characters are all one char.
    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex InPlane();
}
