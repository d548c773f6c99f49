using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nabla.Tests;

namespace Nabla.Text.Tests.Loading;

/// <summary>Normalization forms are those of Unicode's own test, whatever the runtime knows of them.</summary>
public sealed class NormalizationTests
{
    [Theory]
    [InlineData("NFC", 1)]
    [InlineData("NFD", 2)]
    [InlineData("NFKC", 3)]
    [InlineData("NFKD", 4)]
    public void Texts_take_the_forms_that_the_standard_says(string form, int column)
    {
        using TemporaryFolder folder = new();
        Normalizer normalizer = PublishedFile.Load(folder, "llama", json => json["normalizer"] = new JsonObject { ["type"] = form }).Normalizer!;
        foreach (string line in File.ReadLines(TokenizerFilesTests.FileOf("NormalizationTest.txt")).Where(line => !line.StartsWith('#')))
        {
            string[] texts = [.. line.Split(';').Select(Text)];
            Assert.Equal((line, texts[column]), (line, normalizer.Normalize(texts[0])));
            Assert.All(form.Contains('K', StringComparison.Ordinal) ? texts : texts[..3], text => Assert.Equal(texts[column], normalizer.Normalize(text)));
        }
    }

    private static string Text(string codePoints) =>
        string.Concat(codePoints.Split(' ').Select(one => new Rune(int.Parse(one, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))));
}
