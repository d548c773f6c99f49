using System.Globalization;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Losses;
using Nabla.Metrics;

namespace Nabla.Cli.Recipes;

/// <summary>What is asked of a network: one of several classes, a number, or something else about a text.</summary>
/// <param name="Task">Which of these.</param>
/// <param name="Labels">The names of the classes; none for a number.</param>
/// <param name="Target">How the number stands in a table; null for classes of images.</param>
internal sealed record Question(PredictionTask Task, IReadOnlyList<string> Labels, TableTarget? Target = null)
{
    /// <summary>A question of classes.</summary>
    public Question(IReadOnlyList<string> labels)
        : this(PredictionTask.Classification, labels)
    {
    }

    public bool IsClassification => Task == PredictionTask.Classification;

    /// <summary>What the column of a table asks.</summary>
    public static Question Of(TableTarget target) => new(target.Task, target.Classes, target);

    /// <summary>What a saved model answers.</summary>
    public static Question Of(SavedModel model) => new(model.Task, Names(model), model.Preprocessing?.Table?.Target);

    public Loss CreateLoss() => Task switch
    {
        PredictionTask.Classification => new SparseCategoricalCrossEntropy(),
        PredictionTask.LanguageModel => new SparseCategoricalCrossEntropy(fromLogits: true, ignoreIndex: TextPreprocessing.PaddingId),
        _ => new MeanSquaredError(),
    };

    /// <summary>What tells how good the answers are, in the unit of the data.</summary>
    public Metric[] CreateMetrics() => Task switch
    {
        PredictionTask.Classification => [new Accuracy()],
        PredictionTask.LanguageModel => [new Perplexity(TextPreprocessing.PaddingId)],
        _ => [InUnit(new Mae()), InUnit(new Rmse()), new R2()],
    };

    // A model without names has classes by number.
    private static IReadOnlyList<string> Names(SavedModel model) => model.Task != PredictionTask.Classification || model.Labels.Count > 0
        ? model.Labels
        : [.. Enumerable.Range(0, model.Network.OutputShape[-1]).Select(index => index.ToString(CultureInfo.InvariantCulture))];

    private Metric InUnit(Metric metric) => Target is null ? metric : new ScaledMetric(metric, Target.Deviation);
}
