using Microsoft.ML.Tokenizers;
using Nabla.Tests;

namespace Nabla.Text.Tests.Loading;

/// <summary>The vocabularies of published models, where they are at hand, give the published ids.</summary>
public sealed class PublishedTokenizerTests
{
    [Theory]
    [InlineData("gpt2", "Hello world", "15496 995")]
    [InlineData("gpt2", "Hello world<|endoftext|>", "15496 995 50256")]
    [InlineData("bert-base-uncased", "Hello world", "7592 2088")]
    [InlineData("bert-base-uncased", "I've been waiting for a HuggingFace course my whole life.", "1045 1005 2310 2042 3403 2005 1037 17662 12172 2607 2026 2878 2166 1012")]
    [InlineData("bert-base-uncased", "Naïve [MASK]", "15743 103")]
    [InlineData("bert-base-chinese", "我爱北京天安门", "2769 4263 1266 776 1921 2128 7305")]
    public void Ids_are_the_published_ones(string name, string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', Load(name).EncodeToIds(text)));

    [Fact]
    public void Bytes_of_any_text_come_back()
    {
        Tokenizer tokenizer = Load("gpt2");
        const string text = "  two  spaces\n\nnew 我爱 😀 naïve";
        Assert.Equal(text, tokenizer.Decode(tokenizer.EncodeToIds(text)));
    }

    private static Tokenizer Load(string name)
    {
        string? folder = new[] { "../shared", "../../shared" }.Select(shared => Repository.PathOf($"{shared}/data/vocab/{name}")).FirstOrDefault(Directory.Exists);
        Assert.SkipWhen(folder is null, $"the vocabulary of {name} is not at hand");
        return TokenizerFiles.Load(folder!);
    }
}
