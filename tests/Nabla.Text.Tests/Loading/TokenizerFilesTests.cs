using Microsoft.ML.Tokenizers;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Text.Tests.Loading;

/// <summary>The files of these tests are small and made by hand, in the formats of published models.</summary>
public sealed class TokenizerFilesTests
{
    [Theory]
    [InlineData("byte-level-tokenizer.json", "lower low 我<|endoftext|>", "257 259 258 32 230 136 145 260")]
    [InlineData("gpt2", "lower low 我<|endoftext|>", "257 259 258 32 230 136 145 260")]
    [InlineData("gpt2/vocab.bpe", "low", "257")]
    [InlineData("byte-level-tokenizer.json", "\U0001D4B3low", "240 157 146 179 257")]
    [InlineData("gpt2", "\U0001D4B3low", "240 157 146 179 257")]
    [InlineData("end-of-word-tokenizer.json", "Lower  LOW x", "10 9 8 0")]
    [InlineData("bert", "Hello, unaffable Naïve 我$[MASK]!", "5 11 7 8 9 10 13 14 4 12")]
    [InlineData("wordpiece-tokenizer.json", "Hello, unaffable nai\u0308ve 我$[MASK]!", "5 11 7 8 9 10 13 14 4 12")]
    [InlineData("bert/vocab.txt", "other", "1")]
    [InlineData("tiny.model", "lower  low xlow", "3 4 3 5 0 11 8")]
    [InlineData("unigram-tokenizer.json", "lower low xlow", "3 4 3 5 0 11 8")]
    [InlineData("cl100k_base.tiktoken", "low low<|endoftext|>", "257 258 100257")]
    public void Files_of_each_format_give_the_ids_that_they_say(string name, string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', TokenizerFiles.Load(FileOf(name)).EncodeToIds(text)));

    [Theory]
    [InlineData("byte-level-tokenizer.json", "lower, low 我😀\n")]
    [InlineData("tiny.model", "lower low")]
    [InlineData("unigram-tokenizer.json", "low lower")]
    [InlineData("cl100k_base.tiktoken", "lower, low 我😀\n")]
    public void Texts_come_back(string name, string text)
    {
        Tokenizer tokenizer = TokenizerFiles.Load(FileOf(name));
        Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text)));
    }

    [Fact]
    public void A_bert_tokenizer_adds_its_own_tokens_for_who_asks()
    {
        BertTokenizer tokenizer = Assert.IsType<BertTokenizer>(TokenizerFiles.Load(FileOf("bert")));
        Assert.Equal([2, 5, 3, 6, 3], tokenizer.BuildInputsWithSpecialTokens([5], [6]));
        Assert.Equal([1], TokenizerFiles.Load(FileOf("bert"), lowerCase: false).EncodeToIds("Hello"));
    }

    [Fact]
    public void A_vocabulary_that_does_not_fit_the_weights_is_refused_with_both_sizes()
    {
        Sequential network = new([8], 1, new Embedding(21_128, 2), new GlobalAveragePool1D());
        Assert.Contains(
            "vocab.txt: expected a vocabulary of 21128 tokens as the network has vectors for, got 15",
            Assert.Throws<InvalidFileException>(() => TokenizerFiles.Load(FileOf("bert"), network)).Message,
            StringComparison.Ordinal);
        Sequential fitting = new([8], 1, new Embedding(261, 2), new GlobalAveragePool1D());
        Assert.NotNull(TokenizerFiles.Load(FileOf("byte-level-tokenizer.json"), fitting));
        Assert.NotNull(TokenizerFiles.Load(FileOf("gpt2"), fitting));
        Assert.Throws<ArgumentException>(() => TokenizerFiles.Load(FileOf("gpt2"), new Sequential([8], 1, new Dense(2))));
    }

    [Theory]
    [InlineData("\"type\": \"BPE\"", "\"type\": \"WordLevel\"", "got WordLevel, which is not supported")]
    [InlineData("\"byte_fallback\": false", "\"byte_fallback\": true, \"end_of_word_suffix\": \"x\"", "got BPE with byte_fallback and a prefix or a suffix")]
    [InlineData("\"normalizer\": null", "\"normalizer\": {\"type\": \"Nmt\"}", "expected a normalizer that can be read, got Nmt")]
    [InlineData("\"type\": \"ByteLevel\",\n    \"add", "\"type\": \"UnicodeScripts\",\n    \"add", "expected a pre_tokenizer that can be read, got UnicodeScripts")]
    [InlineData("\"lo\",\n        \"w\"", "\"lo\",\n        \"zzz\"", "got 'lo zzz' as number 2")]
    [InlineData("\"model\"", "\"other\"", "expected a tokenizer.json with a 'model'")]
    [InlineData("{\n  \"version\"", "{{\n  \"version\"", "got a file that is none")]
    [InlineData("\"lo\": 256", "\"lo\": 255", "an id of their own from 0 to 16777216")]
    [InlineData("\"lo\": 256", "\"lo\": -5", "an id of their own from 0 to 16777216")]
    [InlineData("\"lo\": 256", "\"lo\": 2147483647", "an id of their own from 0 to 16777216")]
    [InlineData("\"<|endoftext|>\"", "\"\"", "expected added tokens of one character at least with an id from 0 to 16777216, got '' with 260")]
    [InlineData("\"id\": 260", "\"id\": -5", "got '<|endoftext|>' with -5")]
    [InlineData("\"id\": 260", "\"id\": 2147483647", "got '<|endoftext|>' with 2147483647")]
    public void What_a_tokenizer_json_asks_for_in_vain_is_said(string part, string changed, string problem)
    {
        using TemporaryFolder folder = new();
        string json = File.ReadAllText(FileOf("byte-level-tokenizer.json"));
        string other = json.Replace(part, changed, StringComparison.Ordinal);
        Assert.NotEqual(json, other);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => TokenizerFiles.Load(folder.Write("tokenizer.json", other)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"id\": 2", "\"id\": 3", "expected '</s>' at 3 of the vocabulary, as the added tokens say, got it at 2")]
    [InlineData("[\n        \"<s>\",\n        0\n      ],", "", "expected '</s>' at 2 of the vocabulary, as the added tokens say, got it at 1")]
    public void An_added_token_has_the_place_that_it_says(string part, string changed, string problem)
    {
        using TemporaryFolder folder = new();
        string json = File.ReadAllText(FileOf("unigram-tokenizer.json"));
        string other = json.Replace(part, changed, StringComparison.Ordinal);
        Assert.NotEqual(json, other);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => TokenizerFiles.Load(folder.Write("tokenizer.json", other)));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_no_tokenizers_are_refused()
    {
        using TemporaryFolder folder = new();
        AssertRefused(folder.ToString(), "expected a folder with one of tokenizer.json");
        AssertRefused(folder.Write("vocab.txt", "[UNK]\na\n[UNK]\n"), "got '[UNK]' again at line 3");
        AssertRefused(folder.Write("vocab.txt", "a\nb\n"), "expected a vocabulary with [UNK], got 2 tokens without");
        AssertRefused(folder.Write("vocab.txt", [(byte)'a', (byte)'\n', 0xFF]), "got byte FF at line 2");
        AssertRefused(folder.Write("other.model", "no protocol buffer"), "got a file that is none");
        AssertRefused(folder.Write("mine.tiktoken", "YQ== 0"), "expected one of gpt2, r50k_base");
        AssertRefused(folder.Write("gpt2.tiktoken", "no base64"), "expected a token in base64 and a rank of its own, got something else at line 1");
        AssertRefused(folder.Write("weights.bin", "x"), "got a file called 'weights.bin'");
        AssertRefused(folder.Write("encoder.json", "{}"), "expected vocab.bpe or merges.txt beside it");
        Assert.Throws<FileNotFoundException>(() => TokenizerFiles.Load(folder.File("vocab-2.txt")));

        static void AssertRefused(string path, string problem) =>
            Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => TokenizerFiles.Load(path)).Message, StringComparison.Ordinal);
    }

    internal static string FileOf(string name) => Repository.PathOf($"tests/Nabla.Text.Tests/Loading/Files/{name}");
}
