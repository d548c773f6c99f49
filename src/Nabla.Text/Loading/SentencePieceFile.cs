using Microsoft.ML.Tokenizers;
using Nabla.Formats;

namespace Nabla.Text;

/// <summary>Reads SentencePiece's models (Kudo and Richardson, arXiv 1808.06226): byte-pair encoding and Unigram.</summary>
internal static class SentencePieceFile
{
    public static LoadedTokenizer Read(string file) => Create(PackedFile.ReadAllBytes(file), null);

    /// <summary>A tokenizer of a model in SentencePiece's format.</summary>
    public static LoadedTokenizer Create(byte[] model, IReadOnlyDictionary<string, int>? special)
    {
        SentencePieceTokenizer tokenizer = Load(model, special);
        int size = tokenizer.Vocabulary.Values.Concat(special?.Values ?? []).Max() + 1;
        return new LoadedTokenizer(tokenizer, size);
    }

    // The package takes for granted that a model has all the parts that trainers write.
    private static SentencePieceTokenizer Load(byte[] model, IReadOnlyDictionary<string, int>? special)
    {
        using MemoryStream stream = new(model);
        try
        {
            return SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false, special);
        }
        catch (Exception error) when (error is NullReferenceException or IndexOutOfRangeException)
        {
            throw new FormatException("a part of the model is missing", error);
        }
    }
}
