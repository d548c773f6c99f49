using Microsoft.ML.Tokenizers;
using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>A text for a language model: what it learns from and, behind that, what it is judged by.</summary>
/// <param name="Train">The tokens of the first part.</param>
/// <param name="Rest">The tokens of the last part.</param>
/// <param name="Preprocessing">How text becomes tokens; the vocabulary is that of the first part.</param>
internal sealed record LanguageModelText(IReadOnlyList<int> Train, IReadOnlyList<int> Rest, TextPreprocessing Preprocessing)
{
    /// <summary>How many tokens of the last part are not in the vocabulary.</summary>
    public int Unknown => Rest.Count(token => token == TextPreprocessing.UnknownId);

    /// <summary>Reads a text and splits it: the last tenth is kept apart.</summary>
    /// <exception cref="UsageException">It is too short.</exception>
    public static LanguageModelText Read(string path, TextUnit unit, int length, int vocabularySize, int? limit)
    {
        string text = TextFile.Read(path);
        text = limit < text.Length ? text[..Boundary(text, limit.Value)] : text;
        int cut = Boundary(text, (int)(text.Length * (1 - Parts.Share)));
        TextPreprocessing preprocessing = Fit(text[..cut], unit, length, vocabularySize);
        Tokenizer tokenizer = TextTokenizer.Of(preprocessing);
        IReadOnlyList<int> train = tokenizer.EncodeToIds(text[..cut]);
        IReadOnlyList<int> rest = tokenizer.EncodeToIds(text[cut..]);
        return train.Count >= 2 * length && rest.Count > length
            ? new LanguageModelText(train, rest, preprocessing)
            : throw new UsageException(
                $"{path}: expected a text that fills windows of {length} tokens to learn from and, in its last tenth, to validate with; got {train.Count} and "
                + $"{rest.Count} tokens. Give a longer text, or a smaller --length.");
    }

    private static TextPreprocessing Fit(string text, TextUnit unit, int length, int vocabularySize) => unit == TextUnit.Subword
        ? new BpeTrainer { VocabularySize = vocabularySize, LowerCase = false }.Train([text], length)
        : new TextPreprocessing
        {
            Unit = unit,
            LowerCase = false,
            Length = length,
            Vocabulary = Vocabulary.Build([text], unit, vocabularySize, lowerCase: false),
        };

    // Two surrogates are one character.
    private static int Boundary(string text, int place) => place > 0 && place < text.Length && char.IsLowSurrogate(text[place]) ? place + 1 : place;
}
