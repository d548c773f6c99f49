using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using Nabla.Tests;

namespace Nabla.Text.Tests.Loading;

/// <summary>The file of Llama 2's kind in <c>Files/published</c>, with what the tokenizers library says of it and its variants.</summary>
internal static class PublishedFile
{
    /// <summary>The variants: their names, their changes, and texts with their ids.</summary>
    public static JsonArray Variants { get; } = Json("ids.json").AsArray();

    /// <summary>A file of the folder.</summary>
    public static JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(TokenizerFilesTests.FileOf($"published/{name}")))!;

    /// <summary>A variant by its name.</summary>
    public static JsonNode Variant(string name) => Variants.Single(variant => (string)variant!["name"]! == name)!;

    /// <summary>The tokenizer of a variant, changed further or not.</summary>
    public static Tokenizer Load(TemporaryFolder folder, string name, Action<JsonNode>? change = null)
    {
        JsonNode file = Json("tokenizer.json");
        JsonNode variant = Variant(name);
        foreach ((string member, JsonNode? value) in variant["changes"]!.AsObject())
        {
            if (member != "model")
            {
                file[member] = value?.DeepClone();
                continue;
            }

            foreach ((string part, JsonNode? changed) in value!.AsObject())
            {
                file["model"]![part] = changed?.DeepClone();
            }
        }

        foreach (JsonNode? token in variant["without"]?.AsArray() ?? [])
        {
            Assert.True(file["model"]!["vocab"]!.AsObject().Remove((string)token!));
        }

        change?.Invoke(file);
        return TokenizerFiles.Load(folder.Write("tokenizer.json", file.ToJsonString()));
    }
}
