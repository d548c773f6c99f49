using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>What a <c>tokenizer.json</c> does before its model: normalizers and pre-tokenizers, alone or in sequence.</summary>
internal sealed partial class TokenizerJsonSteps
{
    private static readonly SpecialTokens NoTokens = new([]);

    private readonly string path;
    private readonly JsonElement[] normalizers;
    private readonly JsonElement[] preTokenizers;
    private readonly IReadOnlyList<AddedToken> added;

    public TokenizerJsonSteps(string path, JsonElement root, IReadOnlyList<AddedToken> added)
    {
        (this.path, this.added) = (path, added);
        normalizers = Flatten(root, "normalizer", "normalizers");
        preTokenizers = Flatten(root, "pre_tokenizer", "pretokenizers");
    }

    /// <summary>The added tokens as they are in a text that is normalized, with their ids.</summary>
    public Dictionary<string, int> Special => field ??= Found.ToDictionary(token => token.Content, token => token.Id, StringComparer.Ordinal);

    private IReadOnlyList<AddedToken> Found => field ??=
    [
        .. added.Select(token => token.IsNormalized ? token with { Content = Changed(token.Content) } : token)
            .Where(token => token.Content.Length > 0)
            .DistinctBy(token => token.Content),
    ];

    private IReadOnlyList<Func<string, string>> Changes => field ??= [.. normalizers.Select(Change)];

    /// <summary>Whether tokens are of bytes.</summary>
    public bool IsByteLevel => preTokenizers.Any(step => TypeOf(step) == "ByteLevel");

    /// <summary>Whether a step that cuts texts changes them too.</summary>
    public bool ChangesPieces => preTokenizers.Any(step => TypeOf(step) == "Metaspace");

    /// <summary>Cuts texts before byte pairs and word pieces.</summary>
    public PreTokenizer PreTokenizer()
    {
        int place = Array.FindIndex(preTokenizers, step => TypeOf(step) == "ByteLevel");
        bool prefixesPieces = place > 0 && Flag(preTokenizers[place], "add_prefix_space", false);
        return (place == -1 || place == preTokenizers.Length - 1) && !prefixesPieces
            ? new PreTokenizerSequence(SpecialTokens.Of(Found), [.. preTokenizers.Select(Cut).OfType<PreTokenizer>()])
            : throw Unsupported("pre_tokenizer", [.. preTokenizers.Select(TypeOf), prefixesPieces ? "with add_prefix_space" : "in this order"]);
    }

    /// <summary>Changes texts before anything else but that special tokens are found; null when nothing does.</summary>
    public Normalizer? Normalizer()
    {
        bool prefixes = preTokenizers.Any(step => TypeOf(step) == "ByteLevel" && Flag(step, "add_prefix_space", false));
        Func<string, string>[] all = prefixes ? [.. Changes, text => text.StartsWith(' ') ? text : $" {text}"] : [.. Changes];
        AddedToken[] untouched = [.. added.Where(token => !token.IsNormalized || Changes.Count == 0)];
        bool changesNothing = all.Length == 0 && !Array.Exists(untouched, token => token.TakesSpaceBefore || token.TakesSpaceBehind);
        return changesNothing ? null : new StepNormalizer(SpecialTokens.Of(untouched), untouched, all);
    }

    /// <summary>Finds added tokens, changes texts and cuts them, for a tokenizer of our own.</summary>
    public TextCutter Cutter() => new(
        new AddedTokenFinder([.. added.Where(token => !token.IsNormalized)]), Changes,
        new AddedTokenFinder([.. Found.Where(token => token.IsNormalized)]), [.. preTokenizers.Select(PiecesOf)]);

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

    /// <summary>The steps of a member of a file, in order; none where it is null or missing.</summary>
    /// <param name="parent">What has the member.</param>
    /// <param name="name">The member.</param>
    /// <param name="list">Where the steps of a sequence stand.</param>
    public static JsonElement[] Flatten(JsonElement parent, string name, string list)
    {
        if (!parent.TryGetProperty(name, out JsonElement step) || step.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        return TypeOf(step) == "Sequence" ? [.. step.GetProperty(list).EnumerateArray()] : [step];
    }

    /// <summary>What kind of step it is.</summary>
    public static string TypeOf(JsonElement step) => step.GetProperty("type").GetString() ?? "";

    /// <summary>Whether something is asked for.</summary>
    public static bool Flag(JsonElement step, string name, bool otherwise) =>
        step.TryGetProperty(name, out JsonElement value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : otherwise;

    /// <summary>Puts something else in the place of a text, or of what matches an expression.</summary>
    /// <exception cref="InvalidFileException">The text is empty, or the expression cannot be read.</exception>
    public static Func<string, string> Replacement(string path, JsonElement step)
    {
        string content = step.GetProperty("content").GetString()!;
        if (step.GetProperty("pattern").TryGetProperty("Regex", out _))
        {
            PublishedExpression pattern = PatternOf(path, step);
            return text => pattern.Replace(text, content);
        }

        string replaced = step.GetProperty("pattern").GetProperty("String").GetString()!;
        return replaced.Length > 0
            ? text => text.Replace(replaced, content, StringComparison.Ordinal)
            : throw new InvalidFileException(path, FilePosition.None, "expected a Replace of one character at least, got the pattern ''");
    }

    private Func<string, string> Change(JsonElement step) => TypeOf(step) switch
    {
        "Lowercase" => BertNormalizer.Small,
        "StripAccents" => Accents.RemoveMarks,
        "NFC" => text => UnicodeNormalization.Normalize(text, NormalizationForm.FormC),
        "NFD" => text => UnicodeNormalization.Normalize(text, NormalizationForm.FormD),
        "NFKC" => text => UnicodeNormalization.Normalize(text, NormalizationForm.FormKC),
        "NFKD" => text => UnicodeNormalization.Normalize(text, NormalizationForm.FormKD),
        "BertNormalizer" => Bert(step).Normalize,
        "Strip" => Strip(step),
        "Prepend" => Prefix(step),
        "Replace" => Replacement(path, step),
        var type => throw Unsupported("normalizer", [type]),
    };

    private static BertNormalizer Bert(JsonElement step)
    {
        bool lowerCase = Flag(step, "lowercase", true);
        return new BertNormalizer(
            lowerCase, Flag(step, "strip_accents", lowerCase), NoTokens, Flag(step, "clean_text", true), Flag(step, "handle_chinese_chars", true));
    }

    private static Func<string, string> Strip(JsonElement step)
    {
        (bool left, bool right) = (Flag(step, "strip_left", true), Flag(step, "strip_right", true));
        return text => (left, right) switch
        {
            (true, true) => text.Trim(),
            (true, false) => text.TrimStart(),
            (false, true) => text.TrimEnd(),
            _ => text,
        };
    }

    private Func<string, string> Prefix(JsonElement step)
    {
        string prefix = step.GetProperty("prepend").GetString()!;
        return prefix.Length > 0
            ? text => text.Length == 0 ? text : prefix + text
            : throw new InvalidFileException(path, FilePosition.None, "expected a normalizer Prepend of one character at least, got ''");
    }

    private Func<TextPiece, IEnumerable<TextPiece>> PiecesOf(JsonElement step) => TypeOf(step) == "Metaspace" ? Metaspace.Read(path, step).Cut
        : Cut(step) is { } cut ? piece => cut.PreTokenize(piece.Text).Select(part => piece.Part(part.Offset, part.Length))
        : piece => [piece];

    // Null for a step that cuts nothing.
    private PreTokenizer? Cut(JsonElement step) => TypeOf(step) switch
    {
        "ByteLevel" => Flag(step, "use_regex", true) ? BytePairFiles.Pieces(path) : null,
        "Split" => new SplitPreTokenizer(PatternOf(path, step).Matches, BehaviorOf(step), Flag(step, "invert", false)),
        "Digits" => Cut(Digit(), Flag(step, "individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Punctuation" => Cut(Punctuation(), step.TryGetProperty("behavior", out _) ? BehaviorOf(step) : SplitBehavior.Isolated),
        "BertPreTokenizer" => new BertPreTokenizer(NoTokens),
        "Whitespace" => Cut(WordsAndSigns(), SplitBehavior.Removed, inverts: true),
        "WhitespaceSplit" => Cut(NoSpace(), SplitBehavior.Removed, inverts: true),
        var type => throw Unsupported("pre_tokenizer", [type]),
    };

    private static SplitPreTokenizer Cut(Regex pattern, SplitBehavior behavior, bool inverts = false) =>
        new(text => pattern.Matches(text).Select(match => (match.Index, match.Length)), behavior, inverts);

    private static PublishedExpression PatternOf(string path, JsonElement step)
    {
        JsonElement pattern = step.GetProperty("pattern");
        return new PublishedExpression(
            path, pattern.TryGetProperty("Regex", out JsonElement expression) ? expression.GetString()! : Regex.Escape(pattern.GetProperty("String").GetString()!));
    }

    private SplitBehavior BehaviorOf(JsonElement step) => Enum.TryParse(step.GetProperty("behavior").GetString(), out SplitBehavior behavior) && Enum.IsDefined(behavior)
        ? behavior
        : throw Unsupported("pre_tokenizer", [$"{TypeOf(step)} of behavior {step.GetProperty("behavior").GetString()}"]);

    private string Changed(string text) => Changes.Aggregate(text, (changed, change) => change(changed));

    private InvalidFileException Unsupported(string part, string[] types) =>
        new(path, FilePosition.None, $"expected a {part} that can be read, got {(types.Length == 0 ? "none" : string.Join(" and ", types))}, which is not supported");

    [GeneratedRegex(@"\w+|[^\w\s]+", RegexOptions.CultureInvariant)]
    private static partial Regex WordsAndSigns();

    [GeneratedRegex(@"\S+", RegexOptions.CultureInvariant)]
    private static partial Regex NoSpace();

    // Numbers of all kinds, those of mathematics beyond the basic plane among them.
    [GeneratedRegex(@"\p{N}|\uD835[\uDFCE-\uDFFF]", RegexOptions.CultureInvariant)]
    private static partial Regex Digit();

    // All of ASCII's signs count, such as $ and ^, which Unicode does not take for punctuation.
    [GeneratedRegex(@"[\p{P}$+<=>^`|~]", RegexOptions.CultureInvariant)]
    private static partial Regex Punctuation();
}
