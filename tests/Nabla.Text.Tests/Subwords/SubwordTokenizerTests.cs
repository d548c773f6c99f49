using System.Buffers;
using CsCheck;
using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text.Tests.Subwords;

public sealed class SubwordTokenizerTests
{
    private static readonly string[] Vocabulary = ["<pad>", "<unk>", "\u2581", "l", "o", "w", "e", "r", ".", "lo", "low", "\u2581low", "er"];
    private static readonly string[] Merges = ["l o", "lo w", "\u2581 low", "e r"];

    [Theory]
    [InlineData("Hello  world, it's\n3.5%!", "Hello| | world|,| it's|\n|3|.|5|%!")]
    [InlineData("我有(a b)", "我有|(|a| b|)")]
    [InlineData(" x \t y ", " x| |\t| y| ")]
    [InlineData("a 我 !", "a| 我| !")]
    [InlineData("", "")]
    public void Texts_are_cut_into_runs_with_the_space_before_them_and_nothing_is_left_out(string text, string expected)
    {
        IEnumerable<(int Offset, int Length)> pieces = new SubwordTokenizer(Vocabulary, Merges).PreTokenizer.PreTokenize(text);
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), pieces.Select(piece => text.Substring(piece.Offset, piece.Length)));
    }

    [Fact]
    public void Parts_are_merged_in_the_order_in_which_they_were_learnt()
    {
        Tokenizer tokenizer = new SubwordTokenizer(Vocabulary, Merges);
        Assert.Equal(["\u2581low", "er", "\u2581low", "\u2581", "lo", "o", "e", "e", "."], tokenizer.EncodeToTokens("Lower low looee.", out string? normalized).Select(token => token.Value));
        Assert.Equal("lower low looee.", normalized);
        Assert.Equal([11, 12, 11], tokenizer.EncodeToIds("lower low"));
        Assert.Equal("lower low looee.", tokenizer.Decode(tokenizer.EncodeToIds("lower low looee.")));
    }

    [Fact]
    public void Tokens_know_their_places_in_the_text()
    {
        const string text = "low lower";
        IReadOnlyList<EncodedToken> tokens = new SubwordTokenizer(Vocabulary, Merges).EncodeToTokens(text, out _);
        Assert.Equal(["low", " low", "er"], tokens.Select(token => text[token.Offset]));
        Assert.Equal([11, 11], new SubwordTokenizer(Vocabulary, Merges).EncodeToIds(text, 2, out _, out int consumed));
        Assert.Equal(7, consumed);
    }

    [Fact]
    public void Characters_that_are_not_known_become_bytes_where_there_are_bytes()
    {
        Assert.Equal([2, 1], new SubwordTokenizer(Vocabulary, Merges).EncodeToIds("春"));
        TextPreprocessing learnt = new BpeTrainer { VocabularySize = 300, Bytes = true, LowerCase = false }.Train(["low low lower lower"], length: 4);
        Tokenizer tokenizer = TextTokenizer.Of(learnt);
        Assert.Equal(["\u2581", "<0xE6>", "<0x98>", "<0xA5>"], tokenizer.EncodeToTokens("春", out _).Select(token => token.Value));
        IReadOnlyList<int> ids = tokenizer.EncodeToIds("低 春😀, low\n");
        Assert.Equal("低 春😀, low\n", tokenizer.Decode(ids));
        Assert.Equal("低 \uFFFD", tokenizer.Decode(ids.Take(6)));
        StreamingDecoder decoder = new(tokenizer);
        Assert.Equal("低 春😀, low\n", string.Concat(ids.Select(decoder.Add)) + decoder.Finish());
    }

    [Fact]
    public void Any_text_comes_back_when_there_are_bytes()
    {
        Tokenizer tokenizer = TextTokenizer.Of(new BpeTrainer { VocabularySize = 400, Bytes = true, LowerCase = false }.Train(
            ["the quick brown fox jumps over the lazy dog and the other dogs", "春眠不觉晓 春眠不觉晓"], length: 4));
        Gen.String[Gen.Frequency((5, Gen.Char['a', 'z']), (2, Gen.Const(' ')), (1, Gen.Char['\u4E00', '\u4E20']), (1, Gen.Char['\t', '~']))]
            .Sample(text => Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text)) ?? ""), iter: 500);
    }

    [Fact]
    public void A_word_of_any_length_takes_no_longer_than_it_must()
    {
        string word = string.Concat(Enumerable.Repeat("lower", 40_000));
        Assert.Equal(80_000, new SubwordTokenizer(Vocabulary, Merges).CountTokens(word));
    }

    [Fact]
    public void Destinations_that_are_too_small_and_ids_that_are_none_are_said()
    {
        SubwordTokenizer tokenizer = new(Vocabulary, Merges);
        Assert.Equal(OperationStatus.DestinationTooSmall, tokenizer.Decode([11, 12], new char[4], out int ids, out int characters));
        Assert.Equal((1, 3), (ids, characters));
        Assert.Equal(OperationStatus.InvalidData, tokenizer.Decode([99], new char[9], out _, out _));
        Assert.Contains("got 'l x'", Assert.Throws<ArgumentException>(() => new SubwordTokenizer(Vocabulary, ["l x"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_of_parts_of_words_become_inputs()
    {
        TextPreprocessing preprocessing = new() { Unit = TextUnit.Subword, Length = 3, Vocabulary = Vocabulary, Merges = Merges };
        EncodedTexts texts = EncodedTexts.Of(preprocessing, ["low", "lower lower", "春"]);
        Assert.Equal([11, 0, 0, 11, 12, 11, 2, 1, 0], texts.Ids.ToArray<int>());
        Assert.Equal(1, texts.Truncated);
        Assert.Contains("use BpeTrainer", Assert.Throws<ArgumentException>(() => Text.Vocabulary.Build(["a"], TextUnit.Subword)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vocabularies_of_words_have_further_special_tokens_where_asked_for() =>
        Assert.Equal(
            ["<pad>", "<unk>", "<bos>", "<eos>", "b"], Text.Vocabulary.Build(["b <bos> b"], TextUnit.Word, fewestUses: 2, furtherTokens: ["<bos>", "<eos>"]));
}
