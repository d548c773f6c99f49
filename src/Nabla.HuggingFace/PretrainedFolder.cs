using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;

namespace Nabla.HuggingFace;

/// <summary>Writes model folders.</summary>
internal static class PretrainedFolder
{
    private const long LargestCopied = 1 << 28;

    // What belongs to the tokenizer and to the preprocessing: it is passed on as it is.
    private static readonly string[] PassedOn =
    [
        "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json", "vocab.txt", "vocab.json", "merges.txt",
        "spiece.model", "sentencepiece.bpe.model", "chat_template.jinja", "generation_config.json", "preprocessor_config.json",
    ];

    private static readonly string[] Replaceable = ["model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json", "README.md", ".gitattributes", "LICENSE"];

    /// <summary>Writes a folder, as a whole or not at all.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="source">The folder whose other files are passed on.</param>
    /// <param name="config">What <c>config.json</c> says.</param>
    /// <param name="tensors">The weights.</param>
    public static void Write(string path, string source, JsonObject config, IReadOnlyDictionary<string, Tensor> tensors)
    {
        AtomicFolder.Write(path, [PretrainedConfig.File, StoredWeights.File, .. PassedOn, .. Replaceable], target =>
        {
            Safetensors.Write(Path.Combine(target, StoredWeights.File), tensors, [KeyValuePair.Create("format", "pt")]);
            JsonSerializerOptions readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
            AtomicFile.WriteText(Path.Combine(target, PretrainedConfig.File), config.ToJsonString(readable) + "\n");
            foreach (string name in PassedOn)
            {
                PassOn(Path.Combine(source, name), Path.Combine(target, name));
            }
        });
    }

    private static void PassOn(string source, string target)
    {
        FileInfo file = new(source);
        if (!file.Exists)
        {
            return;
        }

        if (file.Length > LargestCopied)
        {
            throw new InvalidFileException(source, FilePosition.None, $"expected a file of at most {LargestCopied} bytes beside a model, got {file.Length}");
        }

        File.Copy(source, target);
    }
}
