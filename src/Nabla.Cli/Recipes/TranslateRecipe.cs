using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>Sentences in two languages, and an encoder-decoder Transformer that translates one into the other.</summary>
internal sealed class TranslateRecipe : Recipe
{
    private const double LabelSmoothing = 0.1;
    private const double WarmupShare = 0.1;
    private const double LongestGradient = 1;
    private const int HiddenPerWidth = 2;

    public override string Name => "translate";

    public override string Description => "Sentences in two languages: an encoder-decoder Transformer translates one into the other.";

    public override string DataDescription =>
        "A folder with files such as train.en, train.de, val.en, val.de, test.en, test.de, a sentence a line, or one file of pairs with a tab between; "
        + "gzipped or not.";

    public override string Unit => "sentences";

    public override string Token => "pieces of words";

    public override string TargetDescription => "The language to translate into: the ending of its files.";

    public override IReadOnlyList<string> SpecialOptions =>
        ["--source", "--target", "--lower-case", "--separate", "--vocabulary", "--length", "--width", "--layers", "--heads", "--dropout", "--average"];

    public override RecipeDefaults Defaults => new(Epochs: 20, Batch: 64, Patience: 5, Vocabulary: 8_000) { FewestTokens = 5, ShortestLength = 2 };

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        string path = settings.Data ?? throw new UsageException("'nabla train translate' needs sentences in two languages: give a folder or a file with --data.");
        string source = settings.Source ?? throw new UsageException("'nabla train translate' needs the language to translate from: give --source, such as en.");
        string target = settings.Target ?? throw new UsageException("'nabla train translate' needs the language to translate into: give --target, such as de.");
        Parts<ParallelTexts> texts = TranslationCorpus.Read(path, source, target, settings.Limit, settings.Seed);
        TranslationVocabularies vocabularies = TranslationVocabularies.Learn(texts.Train, source, target, settings);
        Parts<EncodedPairs> encoded = texts.Map(part => EncodedPairs.Of(part, vocabularies.Source, vocabularies.Target));
        LengthBuckets buckets = BucketsFor(encoded.Train.Samples, settings.Batch);
        Sequential network = CreateNetwork(vocabularies, settings);
        return new Experiment
        {
            Network = network,
            Samples = encoded.Map(part => part.Samples),
            Question = new Question(PredictionTask.Translation, []),
            Preprocessing = new ModelPreprocessing(Text: vocabularies.Source, Target: vocabularies.Target),
            Data = $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(path))}, {texts.Count(part => part.Count)} sentences, {source} to {target}",
            Loss = CreateLoss(),
            Metrics = [CreateMetric()],
            Optimizer = settings.Optimizer == Defaults.Optimizer ? CreateOptimizer(settings, StepsOf(encoded.Train.Samples, buckets, settings)) : null,
            Buckets = buckets,
            Judge = stop => TranslationScores.Of(new Translator(network, vocabularies.Source, vocabularies.Target), texts.Test, target, stop),
            Settings = new Dictionary<string, string> { [TranslationScores.SourceSetting] = source, [TranslationScores.TargetSetting] = target },
            Notes = [.. Notes(texts, vocabularies, encoded)],
        };
    }

    /// <summary>What is made small: a part of each answer is spread over all tokens, so that the network is never quite sure.</summary>
    public static Loss CreateLoss() =>
        new SparseCategoricalCrossEntropy(fromLogits: true, ignoreIndex: TextPreprocessing.PaddingId, labelSmoothing: LabelSmoothing);

    /// <summary>The share of tokens that are foretold.</summary>
    public static Metric CreateMetric() => new Accuracy(ignoreIndex: TextPreprocessing.PaddingId);

    private static Sequential CreateNetwork(TranslationVocabularies vocabularies, TrainSettings settings) => TransformerNetworks.EncoderDecoder(
        vocabularies.Source.Vocabulary.Count,
        vocabularies.Target.Vocabulary.Count,
        vocabularies.Source.Length,
        settings.Seed,
        TransformerOptions.Translator with
        {
            Size = settings.Width,
            Layers = settings.Layers,
            Heads = settings.Heads,
            Hidden = HiddenPerWidth * settings.Width,
            Dropout = settings.Dropout,
            SharesVocabulary = vocabularies.AreJoint,
        });

    // Batches of equally many tokens: logits over a large vocabulary would fill the memory for a batch of long sentences.
    private static LengthBuckets BucketsFor(Dataset<Sample> samples, int batch) =>
        new() { Tokens = (int)Math.Ceiling(batch * samples.Epoch(0).Average(sample => sample.Input.Shape[1])) };

    private static int StepsOf(Dataset<Sample> samples, LengthBuckets buckets, TrainSettings settings) =>
        settings.Epochs * samples.Batch(settings.Batch, buckets, settings.Seed).Epoch(0).Count();

    // Large rates from the start would undo what the first layers learn (Vaswani et al., Attention Is All You Need, 2017, section 5.3).
    private static Adam CreateOptimizer(TrainSettings settings, int steps)
    {
        return new Adam(beta2: 0.98, epsilon: 1e-9)
        {
            Schedule = new CosineDecay(settings.LearningRate, steps, (int)(steps * WarmupShare)),
            ClipGlobalNorm = LongestGradient,
        };
    }

    private static IEnumerable<string> Notes(Parts<ParallelTexts> texts, TranslationVocabularies vocabularies, Parts<EncodedPairs> encoded)
    {
        yield return vocabularies.Note;
        foreach (string note in DataNotes.OfPairs(
            texts.Count(part => part.Dropped), encoded.Count(part => part.Truncated), encoded.Count(part => part.Unknown), vocabularies.Source.Length - 1))
        {
            yield return note;
        }
    }
}
