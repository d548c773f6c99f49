using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Optimizers;
using Nabla.Text;
using Nabla.Text.Metrics;
using Nabla.Training;

namespace Nabla.Cli.Recipes;

/// <summary>Says how good translations are.</summary>
internal static class TranslationScores
{
    /// <summary>What BLEU is called among the scores.</summary>
    public const string BleuName = "bleu";

    /// <summary>The setting of a run that names the language of the sentences.</summary>
    public const string SourceSetting = "source";

    /// <summary>The setting of a run that names the language of the translations.</summary>
    public const string TargetSetting = "target";

    private const int Beams = 4;
    private const int TokensAtOnce = 2048;

    /// <summary>BLEU, from 0 to 100, of the translations of all sentences, without regard to capital letters; of characters for languages without spaces.</summary>
    public static IReadOnlyDictionary<string, double> Of(Translator translator, ParallelTexts texts, string language, CancellationToken cancellationToken)
    {
        string[] translations = [.. translator.Translate(texts.Sources, Beams, cancellationToken: cancellationToken).Select(translation => translation.Text)];
        Bleu bleu = new()
        {
            LowerCase = true,
            Tokenization = TranslationVocabularies.HasNoSpaces(language) ? BleuTokenization.Characters : BleuTokenization.Mteval13a,
        };
        return new Dictionary<string, double> { [BleuName] = bleu.Score(translations, texts.Targets).Score };
    }

    /// <summary>The scores of a saved model on the test files of a folder, or on all pairs of a file.</summary>
    public static Judgement Of(SavedModel model, string path, CancellationToken cancellationToken)
    {
        string source = Setting(model, SourceSetting);
        string target = Setting(model, TargetSetting);
        ParallelTexts texts = TranslationCorpus.ReadTest(path, source, target);
        EncodedPairs encoded = EncodedPairs.Of(texts, model.Preprocessing!.Text!, model.Preprocessing.Target!);
        Trainer trainer = new(model.Network, TranslateRecipe.CreateLoss(), new Sgd(), TranslateRecipe.CreateMetric());
        Scores scores = trainer.Evaluate(encoded.Samples, new LengthBuckets { Tokens = TokensAtOnce });
        Translator translator = new(model);
        return new Judgement(
            new Scores(scores.Loss, [.. scores.Skip(1), .. Of(translator, texts, target, cancellationToken)]),
            texts.Count,
            [.. DataNotes.OfPairs(texts.Dropped, encoded.Truncated, encoded.Unknown, translator.Window)]);
    }

    private static string Setting(SavedModel model, string name) => model.Training?.Settings.GetValueOrDefault(name)
        ?? throw new UsageException($"The model '{model.Name}' does not say its {name} language: it was not trained by 'nabla train translate'.");
}
