using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads <c>tokenizer.json</c> of Hugging Face: byte-pair encoding, WordPiece and Unigram, with the package's tokenizers where they do what it asks for.</summary>
internal sealed class TokenizerJson
{
    private const string ByteToken = "<0x00>";

    private readonly string path;
    private readonly JsonElement root;
    private readonly JsonElement model;
    private readonly IReadOnlyList<AddedToken> added;
    private readonly TokenizerJsonSteps steps;

    private TokenizerJson(string path, JsonElement root)
    {
        (this.path, this.root) = (path, root);
        model = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("model", out JsonElement found) && found.ValueKind == JsonValueKind.Object
            ? found
            : throw new InvalidFileException(path, FilePosition.None, "expected a tokenizer.json with a 'model', got JSON without");
        added = AddedToken.ReadAll(path, root);
        steps = new TokenizerJsonSteps(path, root, added);
    }

    public static LoadedTokenizer Read(string path)
    {
        byte[] json = PackedFile.ReadAllBytes(path);
        Utf8Text.Require(json, path);
        using JsonDocument document = JsonDocument.Parse(json);
        return new TokenizerJson(path, document.RootElement).Create();
    }

    /// <summary>A text of the model; null where there is none.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private LoadedTokenizer Create() => Text(model, "type") switch
    {
        "BPE" => BytePairs(),
        "WordPiece" => WordPieces(),
        "Unigram" => Unigrams(),
        null when model.TryGetProperty("merges", out _) => BytePairs(),
        var type => throw Unsupported("model", type ?? "without a type"),
    };

    private LoadedTokenizer BytePairs()
    {
        Dictionary<string, int> vocabulary = Ids(model.GetProperty("vocab"));
        bool hasAffixes = Text(model, "continuing_subword_prefix") is { Length: > 0 } || Text(model, "end_of_word_suffix") is { Length: > 0 };
        if (!steps.IsByteLevel && !hasAffixes)
        {
            return CharacterPairs(vocabulary);
        }

        bool fallsBack = TokenizerJsonSteps.Flag(model, "byte_fallback", false) && (hasAffixes || !WholePieceTokenizer.Characters.All(character => vocabulary.ContainsKey($"{character}")));
        if (fallsBack)
        {
            throw Unsupported("model", $"BPE with byte_fallback and {(hasAffixes ? "a prefix or a suffix" : "ByteLevel without all bytes")}");
        }

        string[] merges = [.. model.GetProperty("merges").EnumerateArray().Select(
            merge => merge.ValueKind == JsonValueKind.Array ? string.Join(' ', merge.EnumerateArray().Select(part => part.GetString())) : merge.GetString()!)];
        LoadedTokenizer merging = BytePairFiles.Create(path, vocabulary, merges, steps.Special, options =>
        {
            options.ByteLevel = steps.IsByteLevel;
            options.PreTokenizer = steps.PreTokenizer();
            options.Normalizer = steps.Normalizer();
            options.UnknownToken = Text(model, "unk_token");
            options.FuseUnknownTokens = TokenizerJsonSteps.Flag(model, "fuse_unk", false);
            options.ContinuingSubwordPrefix = Text(model, "continuing_subword_prefix") is { Length: > 0 } prefix ? prefix : null;
            options.EndOfWordSuffix = Text(model, "end_of_word_suffix") is { Length: > 0 } suffix ? suffix : null;
        });
        return TokenizerJsonSteps.Flag(model, "ignore_merges", false)
            ? merging with { Tokenizer = new WholePieceTokenizer((BpeTokenizer)merging.Tokenizer, vocabulary, steps.IsByteLevel) }
            : merging;
    }

    // The bytes of characters that are not known, Metaspace and decoders are not the package's.
    private LoadedTokenizer CharacterPairs(Dictionary<string, int> vocabulary)
    {
        BytePairModel pairs = BytePairModelJson.Read(path, model, vocabulary);
        Dictionary<int, string> tokens = vocabulary.ToDictionary(pair => pair.Value, pair => pair.Key);
        foreach (AddedToken token in added)
        {
            RequirePlace(token, vocabulary, tokens);
            tokens[token.Id] = token.Content;
        }

        BytePairTokenizer tokenizer = new(
            pairs, steps.Cutter(), tokens, TokenizerJsonDecoder.Read(path, root), steps.Normalizer(), steps.ChangesPieces ? null : steps.PreTokenizer());
        return new LoadedTokenizer(tokenizer, tokens.Keys.Max() + 1);
    }

    private void RequirePlace(AddedToken token, Dictionary<string, int> vocabulary, Dictionary<int, string> tokens)
    {
        if (vocabulary.TryGetValue(token.Content, out int place) && place != token.Id)
        {
            throw new InvalidFileException(
                path, FilePosition.None, $"expected '{token.Content}' at {token.Id} of the vocabulary, as the added tokens say, got it at {place}");
        }

        if (tokens.TryGetValue(token.Id, out string? other) && other != token.Content)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected '{token.Content}' at {token.Id}, as the added tokens say, got '{other}' there");
        }
    }

    private LoadedTokenizer WordPieces()
    {
        Dictionary<string, int> ids = Ids(model.GetProperty("vocab"));
        string[] vocabulary = [.. ids.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
        if (ids.Values.Order().Index().Any(pair => pair.Index != pair.Item))
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a vocabulary whose ids are 0 to {vocabulary.Length - 1}, got others");
        }

        BertOptions options = new()
        {
            UnknownToken = Text(model, "unk_token") ?? "[UNK]",
            ContinuingSubwordPrefix = Text(model, "continuing_subword_prefix") ?? "##",
            MaxInputCharsPerWord = model.TryGetProperty("max_input_chars_per_word", out JsonElement most) ? most.GetInt32() : 100,
        };
        return BertFile.Create(path, vocabulary, options, steps.Special.Keys, _ => steps.Normalizer(), _ => steps.PreTokenizer());
    }

    private LoadedTokenizer Unigrams()
    {
        Dictionary<string, int> special = added.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);
        SentencePieceModel sentencePiece = new() { Charsmap = steps.Charsmap(), AddsSpace = steps.AddsSpace() };
        int unknown = model.TryGetProperty("unk_id", out JsonElement id) && id.ValueKind == JsonValueKind.Number ? id.GetInt32() : -1;
        bool hasBytes = TokenizerJsonSteps.Flag(model, "byte_fallback", false);
        foreach ((int index, JsonElement piece) in model.GetProperty("vocab").EnumerateArray().Index())
        {
            if (piece.GetArrayLength() != 2)
            {
                throw new InvalidFileException(path, FilePosition.None, $"expected pieces with a token and a score, got another at {index}");
            }

            string token = piece[0].GetString()!;
            if (special.TryGetValue(token, out int expected) && expected != index)
            {
                throw new InvalidFileException(path, FilePosition.None, $"expected '{token}' at {expected} of the vocabulary, as the added tokens say, got it at {index}");
            }

            PieceKind kind = index == unknown ? PieceKind.Unknown
                : special.ContainsKey(token) ? PieceKind.Control
                : hasBytes && token.Length == ByteToken.Length && token.StartsWith("<0x", StringComparison.Ordinal) ? PieceKind.Byte
                : PieceKind.Normal;
            sentencePiece.Add(token, piece[1].GetSingle(), kind);
        }

        return SentencePieceFile.Create(sentencePiece.ToBytes(hasBytes), special.Count > 0 ? special : null);
    }

    private InvalidFileException Unsupported(string part, string kind) =>
        new(path, FilePosition.None, $"expected a {part} of kind BPE, WordPiece or Unigram that can be read, got {kind}, which is not supported");

    private static Dictionary<string, int> Ids(JsonElement vocabulary) =>
        vocabulary.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetInt32(), StringComparer.Ordinal);
}
