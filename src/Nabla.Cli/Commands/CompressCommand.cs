using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nabla.Cli.Compression;
using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla compress MODEL --data RECIPE_OR_PATH --out DIR</c>.</summary>
internal static class CompressCommand
{
    private const double UsualDrop = 0.005;
    private const double Hundred = 100;

    public static Command Create(Terminal terminal)
    {
        Option<double?> drop = new("--max-drop")
        {
            Description = "The accuracy that may be lost, such as 0.5% or 0.005, which it is by default; of other models how much of itself the loss may rise.",
            HelpName = "SHARE",
            CustomParser = Drop,
        };
        Option<string> target = CommonOptions.Choice(
            "--target", "What is to become small: latency, the time of one answer, or size, the bytes on disk.", CompressSettings.Targets);
        TuningCommand command = new("compress", "Looks for the best mix of pruning, factorising, distilling and quantising.")
        {
            Output = "The folder for the model, the picture and what was tried.",
            Epochs = CommonOptions.Positive("--epochs", 3, "How often all samples are learnt from after each change."),
            Seed = "Decides the split, the weights and the order.",
        };
        return command.Create(
            terminal,
            [drop, target],
            call => Run(call, new CompressSettings(call.Get(drop) ?? UsualDrop, call.Get(target)!, call.Training) { Tunes = call.Tunes }));
    }

    private static void Run(TuningCall call, CompressSettings settings)
    {
        SavedModel model = ModelPath.Load(call.Model);
        TuningData data = call.LoadData(model);
        TrialFolder kept = new(call.PathOf("trials"), model, call.Source, settings);
        CompressSearch search = new(model, data, settings, kept);
        IReadOnlyList<CompressTrial> trials = search.Run(trial => call.Say(Line(trial)), call.CancellationToken);
        CompressTrial? chosen = trials.Skip(1)
            .Where(trial => trial.Drop <= settings.MaxDrop && settings.CostOf(trial.Figures) < settings.CostOf(trials[0].Figures))
            .MinBy(trial => settings.CostOf(trial.Figures));
        Directory.CreateDirectory(call.Folder);
        FrontierPlot.Save(call.PathOf("frontier.png"), trials, chosen);
        if (chosen is null)
        {
            throw new UsageException(Nearest(trials, settings));
        }

        call.Save(chosen.Model);
        new CompressReport(trials, chosen, search.Skipped, settings).Print(call.Terminal, call.Json);
        call.SayWritten();
    }

    private static string Nearest(IReadOnlyList<CompressTrial> trials, CompressSettings settings)
    {
        CompressTrial? nearest = trials.Skip(1).Where(trial => settings.CostOf(trial.Figures) < settings.CostOf(trials[0].Figures)).MinBy(trial => trial.Drop);
        string reached = nearest is null
            ? "none has"
            : string.Create(CultureInfo.InvariantCulture, $"the nearest is '{nearest.Name}' with a drop of {nearest.Drop:P2}");
        return string.Create(
            CultureInfo.InvariantCulture, $"Of {trials.Count - 1} combinations none has a smaller {settings.Target} within a drop of {settings.MaxDrop:P2}: {reached}.");
    }

    private static string Line(CompressTrial trial) => string.Create(
        CultureInfo.InvariantCulture,
        $"{trial.Name}  {ScoreText.ShortLine(trial.Figures.Scores)}  {trial.Figures.Bytes:N0} bytes  {trial.Figures.Latency:N1} µs");

    private static double? Drop(ArgumentResult result)
    {
        string text = result.Tokens is [{ } token] ? token.Value : "";
        bool isPercent = text.EndsWith('%');
        bool isNumber = double.TryParse(isPercent ? text[..^1] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        double share = isPercent ? number / Hundred : number;
        if (isNumber && share is >= 0 and < 1)
        {
            return share;
        }

        result.AddError($"--max-drop must be a share from 0 to below 1 such as 0.005 or 0.5%, not '{text}'");
        return null;
    }
}
