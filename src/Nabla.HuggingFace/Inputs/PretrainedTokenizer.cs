using Microsoft.ML.Tokenizers;
using Nabla.Formats;
using Nabla.Text;

namespace Nabla.HuggingFace;

/// <summary>The tokenizer of a model folder.</summary>
internal static class PretrainedTokenizer
{
    private const string Settings = "tokenizer_config.json";

    // The JSON before SentencePiece's own file, which does not say which tokens are found in texts.
    private static readonly string[] Files = ["vocab.txt", "tokenizer.json", "tokenizer.model", "vocab.json"];

    /// <summary>Whether a folder has a tokenizer.</summary>
    public static bool IsIn(string folder) => FileIn(folder) is not null;

    /// <summary>Reads the tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="vectors">The tokens that the network has vectors for.</param>
    /// <exception cref="InvalidFileException">There is none, it is not supported, or it has more tokens than the network has vectors.</exception>
    public static Tokenizer Read(string folder, int vectors)
    {
        string file = FileIn(folder) ?? throw new InvalidFileException(
            folder, FilePosition.None, $"expected a folder with one of {string.Join(", ", Files)}, got none of them");
        LoadedTokenizer loaded = TokenizerFiles.Read(file, IsOfSmallLetters(folder));
        return loaded.Size <= vectors
            ? loaded.Tokenizer
            : throw new InvalidFileException(file, FilePosition.None, $"expected at most {vectors} tokens, which the network has vectors for, got {loaded.Size}");
    }

    private static string? FileIn(string folder) => Files.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static bool? IsOfSmallLetters(string folder)
    {
        string path = Path.Combine(folder, Settings);
        return File.Exists(path) && PretrainedConfig.Read(path) is { } settings && settings.Has("do_lower_case") ? settings.Flag("do_lower_case", true) : null;
    }
}
