using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nabla.Tests;

namespace Nabla.Text.Tests.Loading;

/// <summary>Expressions of published files cut texts as the tokenizers library does, whose engine sees a character where .NET's sees two surrogates.</summary>
public sealed class ExpressionTests
{
    private static readonly JsonArray Expected = PublishedFile.Json("pieces.json").AsArray();

    /// <summary>The expressions.</summary>
    public static IEnumerable<TheoryDataRow<string>> Patterns => Expected.Select(one => new TheoryDataRow<string>((string)one!["pattern"]!));

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Texts_are_cut_as_by_the_published_implementation(string pattern)
    {
        using TemporaryFolder folder = new();
        JsonNode expected = Expected.Single(one => (string)one!["pattern"]! == pattern)!;
        Tokenizer tokenizer = PublishedFile.Load(folder, "llama", json =>
        {
            json["normalizer"] = null;
            json["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Split",
                ["pattern"] = new JsonObject { ["Regex"] = pattern },
                ["behavior"] = (string)expected["behavior"]!,
                ["invert"] = false,
            };
        });
        foreach (JsonNode? one in expected["cases"]!.AsArray())
        {
            string text = (string)one!["text"]!;
            IEnumerable<string> pieces = tokenizer.PreTokenizer!.PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length));
            Assert.Equal(string.Join('|', one["pieces"]!.AsArray().Select(piece => (string)piece!)), string.Join('|', pieces));
        }
    }

    /// <summary>U+20000 is of the script Han, U+1F600 is not.</summary>
    [Fact]
    public void A_replacement_takes_characters_beyond_the_basic_plane_as_a_whole()
    {
        using TemporaryFolder folder = new();
        Tokenizer tokenizer = PublishedFile.Load(folder, "llama", json => json["normalizer"] = new JsonObject
        {
            ["type"] = "Replace",
            ["pattern"] = new JsonObject { ["Regex"] = @"\p{Han}" },
            ["content"] = "_",
        });
        Assert.Equal("a_😀_b", tokenizer.Normalizer!.Normalize("a\U00020000😀字b"));
    }
}
