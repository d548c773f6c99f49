using System.Globalization;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Cli.Reports;

/// <summary>All that is known about a saved model.</summary>
internal static class ModelReport
{
    private const int NamesShown = 20;
    private static readonly string[] OwnTitles = ["trained by", "trained on", "reached"];
    private static readonly string[] BaseTitles = ["base by", "base on", "base reached"];

    /// <summary>Prints tables, or one line of JSON.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="model">The model.</param>
    /// <param name="kind">The kind of its file.</param>
    /// <param name="json">Whether a machine reads it.</param>
    public static void Print(Terminal terminal, SavedModel model, string kind, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ModelJsonReport.Of(model, kind).ToJsonString(PredictionReport.Readable));
            return;
        }

        NetworkTable.Print(terminal.Console, model.Name, model.Network);
        foreach ((string title, string text) in Lines(model).Where(line => line.Text.Length > 0))
        {
            terminal.Output.WriteLine($"{title,-14}{text}");
        }
    }

    private static IEnumerable<(string Title, string Text)> Lines(SavedModel model)
    {
        yield return ("task", model.Task switch
        {
            PredictionTask.Classification => "classification",
            PredictionTask.Regression => "regression",
            PredictionTask.LanguageModel => "language model",
            PredictionTask.Translation => "translation",
            _ => "question answering",
        });
        yield return ("classes", Names(model.Labels));
        yield return ("input", Describe(model.Signature.Inputs));
        yield return ("output", Describe(model.Signature.Outputs));
        yield return ("preprocessing", Describe(model.Preprocessing));
        yield return ("licence", model.Licence ?? "");
        foreach ((string, string) line in Lines(model.Training, OwnTitles))
        {
            yield return line;
        }
    }

    // What its base, and the base of that, had learnt stands behind what it has learnt itself.
    private static IEnumerable<(string Title, string Text)> Lines(TrainingRecord? training, string[] titles)
    {
        if (training is null)
        {
            return [];
        }

        IEnumerable<string> settings = training.Settings.Select(setting => $"{setting.Key} {setting.Value}");
        IEnumerable<string> metrics = training.Metrics.Select(metric => string.Create(CultureInfo.InvariantCulture, $"{metric.Key} {metric.Value:G5}"));
        return
        [
            (titles[0], string.Join(", ", [training.Recipe, $"seed {training.Seed}", $"epochs {training.Epochs}", .. settings])),
            (titles[1], training.Data ?? ""),
            (titles[2], string.Join(", ", metrics)),
            .. Lines(training.Base, BaseTitles),
        ];
    }

    private static string Describe(IReadOnlyList<SignatureTensor> tensors) => string.Join(", ", tensors.Select(Describe));

    private static string Describe(SignatureTensor tensor) =>
        $"{tensor.Name} {tensor.Type.Label} [{string.Join(", ", ["batch", .. tensor.Shape.Select(size => $"{size}")])}]";

    private static string Describe(ModelPreprocessing? preprocessing) => preprocessing switch
    {
        { Image: { } image } => string.Create(
            CultureInfo.InvariantCulture,
            $"images resized to {image.Height} x {image.Width}, {(image.Channels == 1 ? "grey" : "red, green and blue")}, divided by {image.Divisor}"),
        { Table: { } table } => $"columns {Names([.. table.Columns.Select(column => column.Name)])}; target '{table.Target.Name}'",
        _ => "",
    };

    private static string Names(IReadOnlyCollection<string> names) => names.Count <= NamesShown
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesShown))} and {names.Count - NamesShown} more";
}
