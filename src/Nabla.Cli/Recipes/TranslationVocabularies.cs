using Microsoft.ML.Tokenizers;
using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>How the sentences of two languages become tokens.</summary>
/// <param name="Source">Those that are read.</param>
/// <param name="Target">Those that are written.</param>
/// <param name="AreJoint">Whether the two have one vocabulary.</param>
internal sealed record TranslationVocabularies(TextPreprocessing Source, TextPreprocessing Target, bool AreJoint)
{
    private const double ShareOfWholeTexts = 0.999;
    private const int LongestUsual = 256;

    // Languages that are written without spaces: each character is a token.
    private static readonly string[] WithoutSpaces = ["zh", "cmn", "yue", "ja"];

    /// <summary>What a person should know of it.</summary>
    public string Note => AreJoint
        ? $"a joint vocabulary of {Source.Vocabulary.Count} tokens; the first {Source.Length - 1} of a sentence are read"
        : $"vocabularies of {Source.Vocabulary.Count} and {Target.Vocabulary.Count} tokens; the first {Source.Length - 1} of a sentence are read";

    /// <summary>Whether the words of a language are not told apart by spaces, so that its characters are its tokens.</summary>
    public static bool HasNoSpaces(string language) => WithoutSpaces.Contains(language.Split('-', '_')[0], StringComparer.OrdinalIgnoreCase);

    /// <summary>Learns the tokens of both languages from pairs.</summary>
    public static TranslationVocabularies Learn(ParallelTexts texts, string source, string target, TrainSettings settings)
    {
        bool joint = !settings.Separate && !HasNoSpaces(source) && !HasNoSpaces(target);
        IEnumerable<string> both = texts.Sources.Concat(texts.Targets);
        TextPreprocessing read = Learn(joint ? both : texts.Sources, source, settings);
        TextPreprocessing written = joint ? read : Learn(texts.Targets, target, settings);
        int length = settings.Length ?? Math.Max(UsualLength(texts.Sources, read), UsualLength(texts.Targets, written));
        return new TranslationVocabularies(read with { Length = length }, written with { Length = length }, joint);
    }

    private static TextPreprocessing Learn(IEnumerable<string> texts, string language, TrainSettings settings)
    {
        string[] further = [TextPreprocessing.BeginToken, TextPreprocessing.EndToken];
        if (!HasNoSpaces(language))
        {
            return new BpeTrainer { VocabularySize = settings.VocabularySize, FurtherTokens = further, LowerCase = settings.LowerCase }.Train(texts, length: 1);
        }

        IReadOnlyList<string> characters = Vocabulary.Build(
            texts, TextUnit.Character, settings.VocabularySize, fewestUses: 2, settings.LowerCase, further);
        return new TextPreprocessing { Unit = TextUnit.Character, LowerCase = settings.LowerCase, Length = 1, Vocabulary = characters };
    }

    // The token of the end counts as well.
    private static int UsualLength(IReadOnlyList<string> texts, TextPreprocessing preprocessing)
    {
        Tokenizer tokenizer = TextTokenizer.Of(preprocessing);
        int[] lengths = [.. texts.Select(text => tokenizer.CountTokens(text)).Order()];
        return Math.Min(lengths[(int)((lengths.Length - 1) * ShareOfWholeTexts)], LongestUsual) + 1;
    }
}
