using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>A token of a <c>tokenizer.json</c> that is found in texts as a whole.</summary>
/// <param name="Content">Its text.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsNormalized">Whether it is found behind the normalizer, in the form that this gives it; else before.</param>
internal sealed record AddedToken(string Content, int Id, bool IsNormalized)
{
    /// <summary>The largest id of a token, far beyond all vocabularies there are.</summary>
    public const int LargestId = 1 << 24;

    /// <summary>Whether white space before it belongs to it.</summary>
    public bool TakesSpaceBefore { get; init; }

    /// <summary>Whether white space behind it belongs to it.</summary>
    public bool TakesSpaceBehind { get; init; }

    /// <summary>Whether it is found as a word of its own alone.</summary>
    public bool IsWord { get; init; }

    /// <summary>The tokens of a file, each text once.</summary>
    /// <exception cref="InvalidFileException">One has no text, or an id out of range.</exception>
    public static IReadOnlyList<AddedToken> ReadAll(string path, JsonElement root)
    {
        Dictionary<string, AddedToken> tokens = new(StringComparer.Ordinal);
        if (root.TryGetProperty("added_tokens", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement element in list.EnumerateArray())
            {
                AddedToken token = Read(path, element);
                tokens[token.Content] = token;
            }
        }

        return [.. tokens.Values];
    }

    private static AddedToken Read(string path, JsonElement element)
    {
        string content = element.GetProperty("content").GetString()!;
        int id = element.GetProperty("id").GetInt32();
        if (content.Length == 0 || id is < 0 or > LargestId)
        {
            throw new InvalidFileException(
                path, FilePosition.None, $"expected added tokens of one character at least with an id from 0 to {LargestId}, got '{content}' with {id}");
        }

        return new AddedToken(content, id, Flag("normalized")) { TakesSpaceBefore = Flag("lstrip"), TakesSpaceBehind = Flag("rstrip"), IsWord = Flag("single_word") };

        bool Flag(string name) => element.TryGetProperty(name, out JsonElement flag) && flag.ValueKind == JsonValueKind.True;
    }
}
