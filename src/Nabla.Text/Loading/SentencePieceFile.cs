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
        using MemoryStream stream = new(model);
        SentencePieceTokenizer tokenizer = SentencePieceTokenizer.Create(stream, addBeginningOfSentence: false, addEndOfSentence: false, special);
        int size = tokenizer.Vocabulary.Values.Concat(special?.Values ?? []).Max() + 1;
        return new LoadedTokenizer(tokenizer, size);
    }
}
