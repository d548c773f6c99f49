using Microsoft.ML.Tokenizers;
using Nabla.Data;

namespace Nabla.Text;

/// <summary>The tokenizers of models.</summary>
public static class TextTokenizer
{
    /// <summary>The tokenizer that a model was trained with: of words, of characters or of parts of words.</summary>
    /// <exception cref="ArgumentException">The vocabulary or the merges are none.</exception>
    public static Tokenizer Of(TextPreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        return preprocessing.Unit == TextUnit.Subword ? new SubwordTokenizer(preprocessing) : new VocabularyTokenizer(preprocessing);
    }
}
