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
    private const double UsualRate = 0.001;
    private const double Hundred = 100;

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string> data = CommonOptions.TuningData();
        Option<string> output = new("--out") { Description = "The folder for the model, the picture and what was tried.", Required = true, HelpName = "DIR" };
        Option<double?> drop = new("--max-drop")
        {
            Description = "The accuracy that may be lost, such as 0.5% or 0.005, which it is by default; of other models how much of itself the loss may rise.",
            HelpName = "SHARE",
            CustomParser = Drop,
        };
        Option<string> target = new("--target")
        {
            Description = "What is to become small: latency, the time of one answer, or size, the bytes on disk.",
            DefaultValueFactory = _ => CompressSettings.Latency,
            HelpName = "NAME",
        };
        target.AcceptOnlyFromAmong(CompressSettings.Targets);
        Option<int> epochs = CommonOptions.Positive("--epochs", 3, "How often all samples are learnt from after each change.");
        Option<int> batch = CommonOptions.Positive("--batch", 64, "The samples of a step.");
        Option<double?> rate = new("--lr")
        {
            Description = $"The learning rate at first, which falls to 0; {UsualRate.ToString(CultureInfo.InvariantCulture)} by default.",
            HelpName = "X",
            CustomParser = OptionValues.Rate,
        };
        Option<long> seed = CommonOptions.Seed("Decides the split, the weights and the order.");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("compress", "Looks for the best mix of pruning, factorising, distilling and quantising.")
        {
            model, data, output, drop, target, epochs, batch, rate, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(threads);
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            CompressSettings settings = new(
                result.GetValue(drop) ?? UsualDrop, result.GetValue(target)!, result.GetValue(epochs), result.GetValue(batch), result.GetValue(rate) ?? UsualRate,
                result.GetValue(seed));
            string source = result.GetValue(data)!;
            string folder = result.GetValue(output)!;
            return Task.Run(() => Run(terminal, saved, source, folder, settings, result.GetValue(json), cancellationToken), cancellationToken);
        });
        return command;
    }

    private static void Run(
        Terminal terminal, SavedModel model, string source, string folder, CompressSettings settings, bool json, CancellationToken cancellationToken)
    {
        TuningData data = TuningData.Load(model, source, settings.Seed, cancellationToken);
        TrialFolder kept = new(Path.Combine(folder, "trials"), model, source, settings);
        CompressSearch search = new(model, data, settings, kept);
        IReadOnlyList<CompressTrial> trials = search.Run(json ? _ => { } : trial => terminal.Output.WriteLine(Line(trial)), cancellationToken);
        CompressTrial? chosen = trials.Skip(1)
            .Where(trial => trial.Drop <= settings.MaxDrop && settings.CostOf(trial.Figures) < settings.CostOf(trials[0].Figures))
            .MinBy(trial => settings.CostOf(trial.Figures));
        Directory.CreateDirectory(folder);
        FrontierPlot.Save(Path.Combine(folder, "frontier.png"), trials, chosen);
        if (chosen is null)
        {
            throw new UsageException(Nearest(trials, settings));
        }

        ModelFolder.Save(Path.Combine(folder, "model"), chosen.Model);
        new CompressReport(trials, chosen, search.Skipped, settings).Print(terminal, json);
        if (!json)
        {
            terminal.Output.WriteLine($"written to {folder}");
        }
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
