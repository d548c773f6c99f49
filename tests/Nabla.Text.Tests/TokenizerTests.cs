using System.Buffers;
using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text.Tests;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("A fine film.", "A|fine|film|.")]
    [InlineData("don't stop -- it's 3.5 stars", "don't|stop|-|-|it's|3|.|5|stars")]
    [InlineData("房间很干净，WiFi也快", "房|间|很|干|净|，|WiFi|也|快")]
    [InlineData("naïve cafe\u0301", "naïve|cafe\u0301")]
    [InlineData("'quoted' rock 'n' roll'", "'|quoted|'|rock|'|n|'|roll|'")]
    [InlineData("\u20BB7\uD842\uDFB7家\t\n 😀ok", "\u20BB|7|\uD842\uDFB7|家|😀|ok")]
    [InlineData(" \t ", "")]
    public void Words_are_cut_at_spaces_and_marks_and_ideographs_stand_alone(string text, string expected) =>
        Assert.Equal(expected.Split('|', StringSplitOptions.RemoveEmptyEntries), new WordPreTokenizer().PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length)));

    [Fact]
    public void Characters_include_spaces_and_keep_surrogates_together()
    {
        const string text = "a 😀国";
        Assert.Equal([(0, 1), (1, 1), (2, 2), (4, 1)], new CharacterPreTokenizer().PreTokenize(text));
    }

    [Fact]
    public void Vocabularies_have_what_is_met_most_first_and_break_ties_by_order()
    {
        string[] texts = ["b a a", "C c a", "b d <pad>"];
        Assert.Equal(["<pad>", "<unk>", "a", "b", "c"], Vocabulary.Build(texts, TextUnit.Word, mostTokens: 5));
        Assert.Equal(["<pad>", "<unk>", "a", "b"], Vocabulary.Build(texts, TextUnit.Word, fewestUses: 2, lowerCase: false));
        Assert.Equal(["<pad>", "<unk>", " ", "a"], Vocabulary.Build(texts, TextUnit.Character, mostTokens: 4));
    }

    [Fact]
    public void A_vocabulary_tokenizer_serves_whoever_takes_a_tokenizer()
    {
        Tokenizer tokenizer = new VocabularyTokenizer(TextUnit.Word, ["<pad>", "<unk>", "a", "fine", "film"]);
        Assert.Equal([2, 3, 4, 1], tokenizer.EncodeToIds("A FINE film!"));
        Assert.Equal(4, tokenizer.CountTokens("A FINE film!"));
        Assert.Equal([2, 3], tokenizer.EncodeToIds("a fine film", 2, out _, out int consumed));
        Assert.Equal("a fine", "a fine film"[..consumed].TrimEnd());
        Assert.Equal(["a", "fine", "film", "!"], tokenizer.EncodeToTokens("A FINE film!", out string? normalized).Select(token => token.Value));
        Assert.Equal("a fine film!", normalized);
        Assert.Equal("a fine <unk>", tokenizer.Decode([2, 3, 1, 0]));
        Assert.Equal(OperationStatus.DestinationTooSmall, tokenizer.Decode([2, 3], new char[3], out int ids, out int chars));
        Assert.Equal((1, 1), (ids, chars));
        Assert.Equal(OperationStatus.InvalidData, tokenizer.Decode([5], new char[9], out _, out _));
    }

    [Fact]
    public void Characters_decode_to_the_text_they_came_from()
    {
        const string text = "春眠不觉晓 ok";
        VocabularyTokenizer tokenizer = new(TextUnit.Character, Vocabulary.Build([text], TextUnit.Character), lowerCase: false);
        Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text)));
    }

    [Fact]
    public void A_vocabulary_that_is_none_is_refused()
    {
        Assert.Contains("must begin with <pad>, <unk>", Assert.Throws<ArgumentException>(() => new VocabularyTokenizer(TextUnit.Word, ["a"])).Message, StringComparison.Ordinal);
        Assert.Contains("'a' twice: at 2 and at 3", Assert.Throws<ArgumentException>(() => new VocabularyTokenizer(TextUnit.Word, ["<pad>", "<unk>", "a", "a"])).Message, StringComparison.Ordinal);
    }
}
