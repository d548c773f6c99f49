using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Text.Tests.Loading;

/// <summary>What a <c>tokenizer.json</c> may ask for. The vocabulary is that of bytes, each with its value for an id, and a few tokens more.</summary>
public sealed class TokenizerJsonTests : IDisposable
{
    private const string Cl100kLike = @"[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s+(?!\S)|\s+";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true, "97 261")]
    [InlineData(false, "262")]
    public void Bytes_without_an_expression_are_not_cut(bool usesExpression, string expected) => AssertIds(expected, "a b", json =>
    {
        Add(json, "Ġb", 261, "Ġ", "b");
        Add(json, "aĠb", 262, "a", "Ġb");
        json["pre_tokenizer"]!["use_regex"] = usesExpression;
    });

    [Fact]
    public void Special_tokens_are_found_before_a_normalizer_and_others_behind_it() => AssertIds("97 261 98 120 262 60 120 62", "a<X>BXnEW<x>", json =>
    {
        json["normalizer"] = new JsonObject { ["type"] = "Lowercase" };
        json["added_tokens"]!.AsArray().Add((JsonNode)new JsonObject { ["id"] = 261, ["content"] = "<X>", ["normalized"] = false });
        json["added_tokens"]!.AsArray().Add((JsonNode)new JsonObject { ["id"] = 262, ["content"] = "New", ["normalized"] = true });
    });

    [Fact]
    public void A_space_is_put_before_what_stands_between_special_tokens() =>
        AssertIds("258 260 258", "low<|endoftext|>low", json => json["pre_tokenizer"]!["add_prefix_space"] = true);

    [Theory]
    [InlineData("lstrip", false, "low <m> low", "257 261 258")]
    [InlineData("rstrip", false, "low <m> low", "257 32 261 257")]
    [InlineData("rstrip", true, "low <m> low <m> ", "258 32 261 258 32 261")]
    [InlineData("single_word", false, "<m> a<m> <m>b", "261 32 97 60 109 62 32 60 109 62 98")]
    public void Special_tokens_take_white_space_or_stand_alone_as_they_say(string flag, bool prefixes, string text, string expected) => AssertIds(expected, text, json =>
    {
        json["pre_tokenizer"]!["add_prefix_space"] = prefixes;
        json["added_tokens"]!.AsArray().Add((JsonNode)new JsonObject { ["id"] = 261, ["content"] = "<m>", ["normalized"] = false, [flag] = true });
    });

    [Theory]
    [InlineData("ab abc 我", true, "261 32 97 98 99 32 262")]
    [InlineData("ab abc 我", false, "97 98 32 97 98 99 32 230 136 145")]
    [InlineData("lower<|endoftext|>ab", true, "257 259 260 261")]
    public void A_whole_piece_of_the_vocabulary_needs_no_merges_where_they_are_to_be_ignored(string text, bool ignores, string expected)
    {
        Tokenizer tokenizer = AssertIds(expected, text, json =>
        {
            json["model"]!["vocab"]!["ab"] = 261;
            json["model"]!["vocab"]!["æĪĳ"] = 262;
            json["model"]!["ignore_merges"] = ignores;
            json["pre_tokenizer"] = Sequence(Split(@"\s", "Isolated"), new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false });
        });
        IReadOnlyList<int> ids = tokenizer.EncodeToIds(text);
        Assert.Equal(text, tokenizer.Decode(ids));
        Assert.Equal(ids.Count, tokenizer.CountTokens(text));
        Assert.Equal(ids.Take(2), tokenizer.EncodeToIds(text, 2, out _, out _));
        Assert.Equal("low ab", string.Concat(tokenizer.EncodeToTokens("low ab", out _).Select(token => "low ab"[token.Offset])));
    }

    [Theory]
    [InlineData(true, "97 49 50")]
    [InlineData(false, "97 261")]
    public void Digits_stand_alone_or_together(bool apart, string expected) => AssertIds(expected, "a12", json =>
    {
        Add(json, "12", 261, "1", "2");
        JsonObject digits = new() { ["type"] = "Digits", ["individual_digits"] = apart };
        json["pre_tokenizer"] = Sequence(digits, new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = true });
    });

    /// <summary>The example of the format's documentation.</summary>
    [Theory]
    [InlineData("Removed", "the|final|countdown")]
    [InlineData("Isolated", "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", "the|-final|-|-countdown")]
    [InlineData("Contiguous", "the|-|final|--|countdown")]
    public void What_is_found_becomes_what_is_asked_for(string behavior, string expected)
    {
        JsonObject split = Split("-", behavior);
        split["pattern"] = new JsonObject { ["String"] = "-" };
        AssertPieces(expected, "the-final--countdown", split);
    }

    [Fact]
    public void Half_a_character_is_a_piece_like_any_other() => AssertPieces("a\ud83d|!|b", "a\ud83d! b", new JsonObject { ["type"] = "BertPreTokenizer" });

    [Theory]
    [InlineData(Cl100kLike, "Hi there1234!!\n  x", "Hi| there|123|4|!!\n| | x")]
    [InlineData("a++ab", "aaab", "aaab")]
    [InlineData("(?:ab)?+c", "abcc", "abc|c")]
    [InlineData(@"[x\]]*+y", "x]y]", "x]y|]")]
    [InlineData(@"\p{L}?+1", "a1b", "a1|b")]
    [InlineData("[0-9]", "a1b", "a|1|b")]
    public void Possessive_quantifiers_never_give_back_what_they_took(string pattern, string text, string expected) => AssertPieces(expected, text, Split(pattern, "Isolated"));

    [Theory]
    [InlineData(@"\p{N}{1,3}+", @"expected an expression that can be read, got '\p{N}{1,3}+' (the quantifier {1,3}+, which programs read in two ways)")]
    [InlineData(@"\p{Hanish}+", @"got '\p{Hanish}+' (the property Hanish, which is neither a category nor a script)")]
    [InlineData(@"\pL", @"got '\pL' (an escape without its braces)")]
    [InlineData("[a[bc]]", "got '[a[bc]]' (a class within a class)")]
    [InlineData("[a-c&&b]", "got '[a-c&&b]' (a class within a class)")]
    [InlineData("[z-a]", "got '[z-a]' (a range of characters that has no beginning or no end, or ends before it begins)")]
    [InlineData(@"[a-\d]", @"got '[a-\d]' (a range of characters that has no beginning or no end")]
    [InlineData("[ab", "got '[ab' (a class without an end)")]
    [InlineData(@"\x{110000}", @"got '\x{110000}' (the code point '110000')")]
    [InlineData(@"\R", @"got '\R' (the escape \R)")]
    [InlineData("(a", "expected an expression that can be read, got '(a'")]
    public void An_expression_that_cannot_be_read_is_named(string pattern, string problem) => AssertRefused(problem, json => json["pre_tokenizer"] = Split(pattern, "Isolated"));

    [Fact]
    public void An_expression_that_takes_too_long_is_an_error()
    {
        Tokenizer tokenizer = Load(json => json["pre_tokenizer"] = Split("(x+x+)+[yz]", "Isolated"));
        string message = Assert.Throws<InvalidFileException>(() => tokenizer.EncodeToIds(new string('x', 40))).Message;
        Assert.Contains("tokenizer.json: expected an expression that finds a place within 1 s, got '(x+x+)+[yz]', which does not in a text of 40 characters", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Replace", "ab", "$0", "cabd", "c$0d")]
    [InlineData("Replace", " {2,}", "_", "a  b c   d", "a_b c_d")]
    [InlineData("Strip", "", "", " \ta b\n", "a b")]
    public void Normalizers_change_texts(string type, string pattern, string content, string text, string expected)
    {
        Tokenizer tokenizer = Load(json => json["normalizer"] = new JsonObject { ["type"] = type, ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["content"] = content });
        Assert.Equal(expected, tokenizer.Normalizer!.Normalize(text));
    }

    [Fact]
    public void Steps_that_cannot_be_done_in_their_order_are_named()
    {
        JsonObject bytes = new() { ["type"] = "ByteLevel", ["add_prefix_space"] = true };
        AssertRefused("got Digits and ByteLevel and with add_prefix_space", json => json["pre_tokenizer"] = Sequence(new JsonObject { ["type"] = "Digits" }, bytes.DeepClone()));
        AssertRefused("got ByteLevel and Digits and in this order", json => json["pre_tokenizer"] = Sequence(bytes.DeepClone(), new JsonObject { ["type"] = "Digits" }));
        AssertRefused("got Split of behavior Sometimes", json => json["pre_tokenizer"] = Split("a", "Sometimes"));
    }

    private static JsonObject Split(string pattern, string behavior) =>
        new() { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = behavior, ["invert"] = false };

    private static JsonObject Sequence(params JsonNode[] steps) => new() { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(steps) };

    private static void Add(JsonNode json, string token, int id, string left, string right)
    {
        json["model"]!["vocab"]![token] = id;
        json["model"]!["merges"]!.AsArray().Add((JsonNode)new JsonArray(left, right));
    }

    private void AssertPieces(string expected, string text, JsonObject step)
    {
        Tokenizer tokenizer = Load(json => json["pre_tokenizer"] = step);
        Assert.Equal(expected, string.Join('|', tokenizer.PreTokenizer!.PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length))));
    }

    private void AssertRefused(string problem, Action<JsonNode> change) =>
        Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => Load(change)).Message, StringComparison.Ordinal);

    private Tokenizer AssertIds(string expected, string text, Action<JsonNode> change)
    {
        Tokenizer tokenizer = Load(change);
        Assert.Equal(expected, string.Join(' ', tokenizer.EncodeToIds(text)));
        return tokenizer;
    }

    private Tokenizer Load(Action<JsonNode> change)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(TokenizerFilesTests.FileOf("byte-level-tokenizer.json")))!;
        change(json);
        return TokenizerFiles.Load(folder.Write("tokenizer.json", json.ToJsonString()));
    }
}
