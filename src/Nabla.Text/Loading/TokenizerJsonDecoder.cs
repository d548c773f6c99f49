using System.Text.Json;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads the decoder of a <c>tokenizer.json</c>: the steps that make a text of tokens.</summary>
internal static class TokenizerJsonDecoder
{
    /// <summary>Reads it. Where there is none, spaces stand between tokens.</summary>
    /// <exception cref="InvalidFileException">A step is not supported, or is not whole.</exception>
    public static Func<IReadOnlyList<string>, string> Read(string path, JsonElement root)
    {
        Func<IReadOnlyList<string>, IReadOnlyList<string>>[] steps = [.. TokenizerJsonSteps.Flatten(root, "decoder", "decoders").Select(step => Step(path, step))];
        return steps.Length == 0
            ? tokens => string.Join(' ', tokens)
            : tokens => string.Concat(steps.Aggregate(tokens, (texts, step) => step(texts)));
    }

    private static Func<IReadOnlyList<string>, IReadOnlyList<string>> Step(string path, JsonElement step) => TokenizerJsonSteps.TypeOf(step) switch
    {
        "Replace" => Each(TokenizerJsonSteps.Replacement(path, step)),
        "ByteFallback" => TokenBytes.Join,
        "ByteLevel" => tokens => [TokenBytes.OfCharacters(tokens)],
        "Fuse" => tokens => [string.Concat(tokens)],
        "Strip" => Strip(path, step),
        "Metaspace" => WithoutMarks(Metaspace.Read(path, step)),
        "BPEDecoder" => WithoutSuffix(step.GetProperty("suffix").GetString()!),
        var type => throw new InvalidFileException(path, FilePosition.None, $"expected a decoder that can be read, got {type}, which is not supported"),
    };

    private static Func<IReadOnlyList<string>, IReadOnlyList<string>> Each(Func<string, string> change) => tokens => [.. tokens.Select(change)];

    private static Func<IReadOnlyList<string>, IReadOnlyList<string>> WithoutMarks(Metaspace metaspace) =>
        tokens => [.. tokens.Select((token, place) => metaspace.TextOf(token, isFirst: place == 0))];

    private static Func<IReadOnlyList<string>, IReadOnlyList<string>> WithoutSuffix(string suffix) => suffix.Length == 0
        ? tokens => tokens
        : tokens => [.. tokens.Select((token, place) => token.Replace(suffix, place == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))];

    // As many of a character as are there, but no more than the numbers, from the beginning and from the end of each token.
    private static Func<IReadOnlyList<string>, IReadOnlyList<string>> Strip(string path, JsonElement step)
    {
        string content = step.GetProperty("content").GetString()!;
        (int atStart, int atEnd) = (step.GetProperty("start").GetInt32(), step.GetProperty("stop").GetInt32());
        return content.Length == 1 && atStart >= 0 && atEnd >= 0
            ? Each(token => Stripped(token, content[0], atStart, atEnd))
            : throw new InvalidFileException(
                path, FilePosition.None, $"expected a decoder Strip of one character, 0 times or more, got '{content}' {atStart} and {atEnd} times");
    }

    private static string Stripped(string token, char character, int atStart, int atEnd)
    {
        int begin = Math.Min(atStart, token.Length - token.AsSpan().TrimStart(character).Length);
        ReadOnlySpan<char> rest = token.AsSpan(begin);
        return rest[..^Math.Min(atEnd, rest.Length - rest.TrimEnd(character).Length)].ToString();
    }
}
