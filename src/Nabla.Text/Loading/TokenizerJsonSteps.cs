using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>What a <c>tokenizer.json</c> does before its model: normalizers and pre-tokenizers, alone or in sequence.</summary>
internal sealed partial class TokenizerJsonSteps
{
    private readonly string path;
    private readonly JsonElement[] normalizers;
    private readonly JsonElement[] preTokenizers;
    private readonly Dictionary<string, int> special;
    private readonly SpecialTokens specialTokens;

    public TokenizerJsonSteps(string path, JsonElement root, Dictionary<string, int> special)
    {
        (this.path, this.special) = (path, special);
        specialTokens = new SpecialTokens([.. special.Keys]);
        normalizers = Flatten(root, "normalizer", "normalizers");
        preTokenizers = Flatten(root, "pre_tokenizer", "pretokenizers");
    }

    /// <summary>Whether tokens are of bytes.</summary>
    public bool IsByteLevel => preTokenizers.Any(step => TypeOf(step) == "ByteLevel");

    /// <summary>Cuts texts before byte pairs and word pieces.</summary>
    public PreTokenizer PreTokenizer() => (preTokenizers.Select(TypeOf).ToArray(), IsByteLevel) switch
    {
        (["ByteLevel"], _) => Matching(BytePairFiles.Pieces()),
        (["Split", "ByteLevel"], _) when !Flag(preTokenizers[1], "use_regex", true) => Matching(PatternOf(preTokenizers[0])),
        (["BertPreTokenizer"], _) => new BertPreTokenizer(specialTokens),
        (["Whitespace"], _) => Matching(WordsAndSigns()),
        (["WhitespaceSplit"], _) => Matching(NoSpace()),
        ([], _) => Matching(Everything()),
        (var types, _) => throw Unsupported("pre_tokenizer", types),
    };

    /// <summary>Changes texts before anything else; null when nothing does.</summary>
    public Normalizer? Normalizer()
    {
        List<Func<string, string>> changes = [.. normalizers.Select(Change)];
        if (preTokenizers.Any(step => TypeOf(step) == "ByteLevel" && Flag(step, "add_prefix_space", false)))
        {
            changes.Add(text => text.StartsWith(' ') ? text : $" {text}");
        }

        return changes.Count == 0 ? null : new Changes(changes);
    }

    /// <summary>How SentencePiece normalizes, as it is in its own file; empty when it does not.</summary>
    public byte[] Charsmap()
    {
        string[] types = [.. normalizers.Select(TypeOf)];
        if (types is not ([] or ["Precompiled"] or ["Precompiled", "Replace"]))
        {
            throw Unsupported("normalizer of Unigram", types);
        }

        return types.Length == 0 ? [] : normalizers[0].GetProperty("precompiled_charsmap").GetBytesFromBase64();
    }

    /// <summary>Whether a text begins as if a space stood before it.</summary>
    public bool AddsSpace()
    {
        string[] types = [.. preTokenizers.Select(TypeOf)];
        if (types is not (["Metaspace"] or ["WhitespaceSplit", "Metaspace"]))
        {
            throw Unsupported("pre_tokenizer of Unigram", types);
        }

        JsonElement step = preTokenizers[^1];
        return step.TryGetProperty("prepend_scheme", out JsonElement scheme) ? scheme.GetString() != "never" : Flag(step, "add_prefix_space", true);
    }

    private Func<string, string> Change(JsonElement step) => TypeOf(step) switch
    {
        "Lowercase" => text => text.ToLowerInvariant(),
        "StripAccents" => Accents.Remove,
        "NFC" => text => text.Normalize(System.Text.NormalizationForm.FormC),
        "NFD" => text => text.Normalize(System.Text.NormalizationForm.FormD),
        "NFKC" => text => text.Normalize(System.Text.NormalizationForm.FormKC),
        "NFKD" => text => text.Normalize(System.Text.NormalizationForm.FormKD),
        "BertNormalizer" => Bert(step).Normalize,
        var type => throw Unsupported("normalizer", [type]),
    };

    private BertNormalizer Bert(JsonElement step)
    {
        bool lowerCase = Flag(step, "lowercase", true);
        return new BertNormalizer(
            lowerCase, Flag(step, "strip_accents", lowerCase), specialTokens, Flag(step, "clean_text", true), Flag(step, "handle_chinese_chars", true));
    }

    private Regex PatternOf(JsonElement split)
    {
        JsonElement pattern = split.GetProperty("pattern");
        return split.GetProperty("behavior").GetString() == "Isolated" && !Flag(split, "invert", false) && pattern.TryGetProperty("Regex", out JsonElement regex)
            ? new Regex(regex.GetString()!, RegexOptions.CultureInvariant)
            : throw Unsupported("pre_tokenizer", ["Split that is not by an isolated regular expression"]);
    }

    private RegexPreTokenizer Matching(Regex pattern) => new(pattern, special.Count > 0 ? special : null);

    private JsonElement[] Flatten(JsonElement parent, string name, string list)
    {
        if (!parent.TryGetProperty(name, out JsonElement step) || step.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return TypeOf(step) == "Sequence" ? [.. step.GetProperty(list).EnumerateArray()] : [step];
    }

    private InvalidFileException Unsupported(string part, string[] types) =>
        new(path, FilePosition.None, $"expected a {part} that can be read, got {(types.Length == 0 ? "none" : string.Join(" and ", types))}, which is not supported");

    private static string TypeOf(JsonElement step) => step.GetProperty("type").GetString() ?? "";

    private static bool Flag(JsonElement step, string name, bool otherwise) =>
        step.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : otherwise;

    [GeneratedRegex(@"\w+|[^\w\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex WordsAndSigns();

    [GeneratedRegex(@"\S+", RegexOptions.CultureInvariant)]
    private static partial Regex NoSpace();

    [GeneratedRegex(".+", RegexOptions.Singleline)]
    private static partial Regex Everything();

    private sealed class Changes(List<Func<string, string>> changes) : Normalizer
    {
        public override string Normalize(string original) => changes.Aggregate(original, (text, change) => change(text));

        public override string Normalize(ReadOnlySpan<char> original) => Normalize(original.ToString());
    }
}
