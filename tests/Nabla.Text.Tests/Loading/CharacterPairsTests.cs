using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Text.Tests.Loading;

/// <summary>Byte pairs of characters, with bytes for those that are not known, give the ids and texts of the tokenizers library.</summary>
public sealed class CharacterPairsTests : IDisposable
{
    private const string HardText = "the dog  and\tthe 漢字 👩‍👩‍👧 𠀀 e\u0301 ";

    private readonly TemporaryFolder folder = new();

    /// <summary>The names of the variants.</summary>
    public static IEnumerable<TheoryDataRow<string>> Names => PublishedFile.Variants.Select(variant => new TheoryDataRow<string>((string)variant!["name"]!));

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Ids_and_texts_are_those_of_the_published_implementation(string name)
    {
        Tokenizer tokenizer = PublishedFile.Load(folder, name);
        foreach (JsonNode? one in PublishedFile.Variant(name)["cases"]!.AsArray())
        {
            string text = (string)one!["text"]!;
            int[] ids = [.. one["ids"]!.AsArray().Select(id => (int)id!)];
            Assert.Equal((text, string.Join(' ', ids)), (text, string.Join(' ', tokenizer.EncodeToIds(text))));
            Assert.Equal((string)one["decoded"]!, tokenizer.Decode(ids));
            Assert.Equal(ids.Length, tokenizer.CountTokens(text));
        }
    }

    [Theory]
    [InlineData("llama")]
    [InlineData("gemma")]
    [InlineData("metaspace first")]
    public void Texts_come_back_whole_and_piece_by_piece(string name)
    {
        Tokenizer tokenizer = PublishedFile.Load(folder, name);
        IReadOnlyList<int> ids = tokenizer.EncodeToIds(HardText);
        Assert.Equal(HardText, tokenizer.Decode(ids));
        StreamingDecoder decoder = new(tokenizer);
        string[] pieces = [.. ids.Select(decoder.Add)];
        Assert.Equal("", decoder.Finish());
        Assert.Equal(HardText, string.Concat(pieces));
        Assert.DoesNotContain('\uFFFD', string.Concat(pieces));
    }

    [Fact]
    public void Bytes_behind_a_prompt_that_is_cut_within_a_character_come_out_whole()
    {
        Tokenizer tokenizer = PublishedFile.Load(folder, "llama");
        IReadOnlyList<int> ids = tokenizer.EncodeToIds("漢字漢字漢字");
        StreamingDecoder decoder = new(tokenizer, [.. ids.SkipLast(6)]);
        Assert.Equal("漢字", string.Concat(ids.TakeLast(6).Select(decoder.Add)));
    }

    [Fact]
    public void Bytes_that_are_no_character_become_one_replacement_and_leave_their_neighbours()
    {
        Tokenizer tokenizer = PublishedFile.Load(folder, "gemma");
        int[] ids = [.. tokenizer.EncodeToIds("漢"), .. tokenizer.EncodeToIds("字").SkipLast(1), .. tokenizer.EncodeToIds("the")];
        Assert.Equal("漢\uFFFDthe", tokenizer.Decode(ids));
    }

    [Fact]
    public void Tokens_say_where_they_stand_and_as_many_as_asked_for_come()
    {
        Tokenizer tokenizer = PublishedFile.Load(folder, "llama");
        IReadOnlyList<EncodedToken> tokens = tokenizer.EncodeToTokens("the 😀<s>x", out string? normalized);
        Assert.Equal("▁the▁😀<s>▁x", normalized);
        Assert.Equal("▁the|▁||||😀|<s>|▁x", string.Join('|', tokens.Select(token => normalized![token.Offset])).Replace("▁|x", "▁x", StringComparison.Ordinal));
        Assert.Equal(tokens.Take(2).Select(token => token.Id), tokenizer.EncodeToIds("the 😀<s>x", 2, out _, out int consumed));
        Assert.Equal(5, consumed);
    }

    /// <summary>A text without white space to cut at: the work would be a thousand times more were it to grow with the square.</summary>
    [Fact]
    public void A_long_text_of_one_piece_is_merged()
    {
        Tokenizer tokenizer = PublishedFile.Load(folder, "gemma");
        string text = string.Concat(Enumerable.Repeat("the dog thinks 漢", 20_000));
        IReadOnlyList<int> ids = tokenizer.EncodeToIds(text);
        Assert.Equal(text, tokenizer.Decode(ids));
        int period = tokenizer.EncodeToIds("the dog thinks 漢").Count;
        Assert.Equal(20_000 * period, ids.Count);
    }

    [Theory]
    [InlineData("<0x41>", "without <0x41> and without ''")]
    [InlineData("<0x00>", "without <0x00> and without ''")]
    public void A_byte_that_is_missing_where_nothing_else_stands_for_it_is_named(string token, string problem) => AssertRefused(problem, json =>
    {
        json["model"]!["vocab"]!.AsObject().Remove(token);
        json["model"]!["unk_token"] = null;
    });

    [Fact]
    public void What_a_file_asks_for_in_vain_is_said()
    {
        AssertRefused("got a vocabulary of 545 without '<none>'", json =>
        {
            json["model"]!["unk_token"] = "<none>";
            json["model"]!["byte_fallback"] = false;
        });
        AssertRefused("expected merges of two tokens of the vocabulary into one of it, got '漢 字' as number 1", json => json["model"]!["merges"]![0] = new JsonArray("漢", "字"));
        AssertRefused("got 'a a' as number 1", json => json["model"]!["merges"]![0] = "a a");
        AssertRefused("got 'a' as number 1", json => json["model"]!["merges"]![0] = "a");
        AssertRefused("expected a normalizer Prepend of one character at least, got ''", json => json["normalizer"]!["normalizers"]![0]!["prepend"] = "");
        AssertRefused("expected a Replace of one character at least, got the pattern ''", json => json["normalizer"]!["normalizers"]![1]!["pattern"]!["String"] = "");
        AssertRefused("expected a decoder that can be read, got CTC", json => json["decoder"]!["decoders"]![1]!["type"] = "CTC");
        AssertRefused("expected a decoder Strip of one character, 0 times or more, got ' ' -1 and 0 times", json => json["decoder"]!["decoders"]![3]!["start"] = -1);
        AssertRefused("got '▁' with 'sometimes'", json => json["pre_tokenizer"] = new JsonObject { ["type"] = "Metaspace", ["replacement"] = "▁", ["prepend_scheme"] = "sometimes" });
        AssertRefused("expected tokens with an id of their own from 0 to 16777216", json => json["model"]!["vocab"]!["the"] = 0);
        AssertRefused("expected '<s>' at 7 of the vocabulary, as the added tokens say, got it at 1", json => json["added_tokens"]![1]!["id"] = 7);
        AssertRefused("expected '<new>' at 1, as the added tokens say, got '<s>' there", json => json["added_tokens"]![1]!["content"] = "<new>");
    }

    [Fact]
    public void A_replacement_that_takes_too_long_is_an_error()
    {
        Tokenizer tokenizer = PublishedFile.Load(folder, "llama", json => json["normalizer"]!["normalizers"]![1]!["pattern"] = new JsonObject { ["Regex"] = "(x+x+)+[yz]" });
        Assert.Contains(
            "tokenizer.json: expected an expression that finds a place within 1 s, got '(x+x+)+[yz]'",
            Assert.Throws<InvalidFileException>(() => tokenizer.EncodeToIds(new string('x', 40))).Message, StringComparison.Ordinal);
    }

    private void AssertRefused(string problem, Action<JsonNode> change) =>
        Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => PublishedFile.Load(folder, "llama", change)).Message, StringComparison.Ordinal);
}
