using System.Text.Json;
using Microsoft.ML.Tokenizers;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// Loads the tokenizers of published models through Microsoft.ML.Tokenizers, gzipped or not: <c>tokenizer.json</c> of Hugging Face (byte-pair encoding,
/// WordPiece, Unigram), BERT's <c>vocab.txt</c>, GPT-2's <c>vocab.json</c> with <c>merges.txt</c> (or <c>encoder.json</c> with <c>vocab.bpe</c>),
/// SentencePiece's <c>.model</c> and tiktoken's <c>.tiktoken</c>.
/// </summary>
/// <remarks>
/// Nothing is put before or behind a text: <c>[CLS]</c> and <c>[SEP]</c>, <c>&lt;s&gt;</c> and the like are ids for the caller to add.
/// </remarks>
/// <example>
/// <code>
/// Tokenizer tokenizer = TokenizerFiles.Load("bert-base-uncased/vocab.txt");
/// Tokenizer same = TokenizerFiles.Load("bert-base-uncased");             // a folder: the file in it that is known
/// Tokenizer checkedOne = TokenizerFiles.Load("gpt2", network);           // an error when the network has another number of vectors
/// </code>
/// </example>
public static class TokenizerFiles
{
    private static readonly string[] Known =
        ["tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "vocab.txt", "vocab.json", "encoder.json"];

    /// <summary>Loads a tokenizer.</summary>
    /// <param name="path">A file, or a folder with one.</param>
    /// <param name="network">What must have a vector for each id; null to check nothing.</param>
    /// <param name="lowerCase">
    /// Whether BERT's <c>vocab.txt</c> is of small letters without accents, which the file does not say; null to take it for such when none of its tokens
    /// begins with a capital letter from A to Z.
    /// </param>
    /// <exception cref="InvalidFileException">It is none of these files, is not whole, asks for what is not supported, or does not fit the network.</exception>
    /// <exception cref="ArgumentException">The network does not begin with vectors of tokens.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static Tokenizer Load(string path, Sequential? network = null, bool? lowerCase = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string file = Directory.Exists(path) ? FileIn(path) : path;
        LoadedTokenizer loaded = Read(file, lowerCase);
        if (network is not null && VectorsOf(network) is int vectors && vectors != loaded.Size)
        {
            throw new InvalidFileException(
                file, FilePosition.None, $"expected a vocabulary of {vectors} tokens as the network has vectors for, got {loaded.Size}");
        }

        return loaded.Tokenizer;
    }

    /// <summary>Reads a file.</summary>
    internal static LoadedTokenizer Read(string file, bool? lowerCase)
    {
        PackedFile.Require(file);
        try
        {
            return NameOf(file) switch
            {
                "encoder.json" or "vocab.json" => BytePairFiles.Read(file, Beside(file, "vocab.bpe", "merges.txt")),
                "vocab.bpe" or "merges.txt" => BytePairFiles.Read(Beside(file, "encoder.json", "vocab.json"), file),
                var name when name.EndsWith(".json", StringComparison.Ordinal) => TokenizerJson.Read(file),
                var name when name.EndsWith(".model", StringComparison.Ordinal) => SentencePieceFile.Read(file),
                var name when name.EndsWith(".tiktoken", StringComparison.Ordinal) => TiktokenFile.Read(file, name),
                var name when name.EndsWith(".txt", StringComparison.Ordinal) => BertFile.Read(file, lowerCase),
                var name => throw new InvalidFileException(
                    file, FilePosition.None, $"expected {string.Join(", ", Known)} or a .tiktoken file of a tokenizer, got a file called '{name}'"),
            };
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or KeyNotFoundException or JsonException or FormatException and not InvalidFileException
            || error.GetType().Name == "InvalidProtocolBufferException")
        {
            throw new InvalidFileException(file, FilePosition.None, $"expected a tokenizer, got a file that is none ({error.Message.TrimEnd('.')})", error);
        }
    }

    private static int VectorsOf(Sequential network) => network.Layers switch
    {
        [Embedding embedding, ..] => embedding.VocabularySize,
        [TiedEmbedding tied, ..] => tied.Embedding.VocabularySize,
        _ => throw new ArgumentException("The network does not begin with vectors of tokens: an Embedding or a TiedEmbedding.", nameof(network)),
    };

    private static string FileIn(string folder) =>
        Known.SelectMany(name => new[] { name, $"{name}.gz" }).Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidFileException(folder, FilePosition.None, $"expected a folder with one of {string.Join(", ", Known)}, got none of them");

    private static string Beside(string file, params string[] names) =>
        names.SelectMany(name => new[] { name, $"{name}.gz" }).Select(name => Path.Combine(Path.GetDirectoryName(file) ?? "", name)).FirstOrDefault(File.Exists)
        ?? throw new InvalidFileException(file, FilePosition.None, $"expected {string.Join(" or ", names)} beside it, got neither");

    private static string NameOf(string file)
    {
        string name = Path.GetFileName(file).ToLowerInvariant();
        return name.EndsWith(".gz", StringComparison.Ordinal) ? name[..^3] : name;
    }
}
