using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Text;

namespace Nabla.Cli.Recipes;

/// <summary>Any text, and a Transformer that learns which token comes next, so that it can go on with what is begun.</summary>
internal sealed class LanguageModelRecipe : Recipe
{
    private const string UsualOptimizer = "adamw";
    private const int UsualLength = 128;
    private const double WarmupShare = 0.02;
    private const double LastShareOfRate = 0.05;
    private const double LongestGradient = 1;

    public override string Name => "lm";

    public override string Description => "Any text: a Transformer learns which character, word or part of a word comes next.";

    public override string DataDescription => "A text file in UTF-8, gzipped or not; its last tenth validates and tests.";

    public override string Unit => "windows";

    public override string Token => "tokens";

    public override string LengthDescription => $"The tokens that the network sees at once, {UsualLength} by default.";

    public override IReadOnlyList<string> SpecialOptions => ["--unit", "--length", "--vocabulary", "--width", "--layers", "--heads", "--dropout"];

    public override RecipeDefaults Defaults => new(Epochs: 3, Batch: 8, Patience: 3)
    {
        Optimizer = UsualOptimizer,
        LearningRate = 0.002,
        Width = 128,
        Layers = 4,
        Dropout = 0,
        HeadMultiple = 2,
    };

    public override Experiment Prepare(TrainSettings settings, CancellationToken cancellationToken)
    {
        string path = settings.Data ?? throw new UsageException("'nabla train lm' needs a text: give a file with --data.");
        int length = settings.Length ?? UsualLength;
        LanguageModelText text = LanguageModelText.Read(path, settings.TextUnit, length, settings.VocabularySize, settings.Limit);
        Question question = new(PredictionTask.LanguageModel, []);
        Dataset<Sample> train = TokenWindows.Of(text.Train, length, settings.Seed);
        Dataset<Sample> rest = TokenWindows.Of(text.Rest, length);
        return new Experiment
        {
            Network = CreateNetwork(text.Preprocessing, settings),
            Samples = new Parts<Dataset<Sample>>(train, rest, rest),
            Question = question,
            Preprocessing = new ModelPreprocessing(Text: text.Preprocessing),
            Data = $"{Path.GetFileName(path)}, {text.Train.Count + text.Rest.Count} tokens",
            Optimizer = settings.Optimizer == UsualOptimizer ? CreateOptimizer(settings, train.Count ?? 0) : null,
            Notes = [.. Notes(text)],
        };
    }

    private static Sequential CreateNetwork(TextPreprocessing preprocessing, TrainSettings settings) => TransformerNetworks.Llama(
        preprocessing.Vocabulary.Count,
        preprocessing.Length,
        settings.Seed,
        TransformerOptions.Llama with { Size = settings.Width, Layers = settings.Layers, Heads = settings.Heads, Dropout = settings.Dropout });

    // Large rates from the start would undo what the first layers learn; small ones at the end let the weights settle.
    private static AdamW CreateOptimizer(TrainSettings settings, int windows)
    {
        int steps = settings.Epochs * ((windows + settings.Batch - 1) / settings.Batch);
        return new AdamW(weightDecay: 0.1, beta2: 0.99)
        {
            Schedule = new CosineDecay(settings.LearningRate, steps, (int)(steps * WarmupShare), settings.LearningRate * LastShareOfRate),
            ClipGlobalNorm = LongestGradient,
        };
    }

    private static IEnumerable<string> Notes(LanguageModelText text)
    {
        yield return $"a vocabulary of {text.Preprocessing.Vocabulary.Count} tokens; the last {text.Rest.Count:N0} of {text.Train.Count + text.Rest.Count:N0} "
            + "tokens validate and, the same, test";
        if (text.Unknown > 0)
        {
            yield return $"{text.Unknown} of them are not in the vocabulary";
        }
    }
}
