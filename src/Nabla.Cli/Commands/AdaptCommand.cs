using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Compression;
using Nabla.Cli.Reports;
using Nabla.Compression;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla adapt MODEL --data PATH --out DIR</c>.</summary>
internal static class AdaptCommand
{
    private const int LargestRank = 4096;
    private const double UsualRate = 0.001;
    private const string ModelName = "model";
    private const string AdapterName = "adapter";

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string> data = CommonOptions.TuningData();
        Option<string> output = new("--out") { Description = "The folder for the adapter and the adapted model.", Required = true, HelpName = "DIR" };
        Option<string> method = new("--method")
        {
            Description = "lora: small updates of the weights; dora: the same with the lengths of columns; adapter: small layers between those of a "
                + "Transformer; prefix: learnt keys and values before its sequences; bitfit: biases alone; full: all weights.",
            DefaultValueFactory = _ => AdaptSettings.LowRank,
            HelpName = "NAME",
        };
        method.AcceptOnlyFromAmong(AdaptSettings.Methods);
        LoraOptions usual = new();
        Option<int> rank = CommonOptions.Positive("--rank", usual.Rank, "The rank of an update, the width of an adapter, or the length of a prefix.", LargestRank);
        Option<double?> alpha = new("--alpha")
        {
            Description = "How much an update counts: it is multiplied by this over the rank; twice the rank by default.",
            HelpName = "X",
            CustomParser = OptionValues.Rate,
        };
        Option<string[]> targets = new("--targets")
        {
            Description = $"The weights that get an update: names with * and ?, with commas between; {string.Join(',', usual.Targets)} by default.",
            HelpName = "PATTERNS",
            CustomParser = OptionValues.Names,
        };
        Option<string?> origin = new("--base")
        {
            Description = "What a server calls the base, NAME or NAME/VERSION: the adapter then serves from a repository that has both.",
            HelpName = "NAME",
        };
        Option<int> epochs = CommonOptions.Positive("--epochs", 3, "How often all samples are learnt from.");
        Option<int> batch = CommonOptions.Positive("--batch", 8, "The samples of a step.");
        Option<double?> rate = new("--lr")
        {
            Description = $"The learning rate; {UsualRate.ToString(CultureInfo.InvariantCulture)} by default.",
            HelpName = "X",
            CustomParser = OptionValues.Rate,
        };
        Option<long> seed = CommonOptions.Seed("Decides the first values, the split and the order.");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("adapt", "Trains a model further on new data, with few parameters.")
        {
            model, data, output, method, rank, alpha, targets, origin, epochs, batch, rate, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(threads);
            string name = result.GetValue(method)!;
            LoraOptions lora = new()
            {
                Rank = result.GetValue(rank),
                Alpha = result.GetValue(alpha) ?? 2 * result.GetValue(rank),
                DecomposesWeights = name == AdaptSettings.Decomposed,
                Targets = result.GetValue(targets) is { Length: > 0 } given ? given : usual.Targets,
                Seed = result.GetValue(seed),
            };
            AdaptSettings settings = new(
                name, lora, result.GetValue(epochs), result.GetValue(batch), result.GetValue(rate) ?? UsualRate, result.GetValue(seed))
            {
                Base = result.GetValue(origin),
            };
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            string folder = result.GetValue(output)!;
            return Task.Run(
                () => Run(terminal, saved, result.GetValue(data)!, folder, settings, result.GetValue(json), cancellationToken), cancellationToken);
        });
        return command;
    }

    private static void Run(
        Terminal terminal, SavedModel model, string path, string folder, AdaptSettings settings, bool json, CancellationToken cancellationToken)
    {
        TuningData data = TuningData.Load(model, path, settings.Seed, cancellationToken);
        Adaptation adaptation = new(model, data, settings);
        ModelFigures before = ModelFigures.Of(model, data.Test);
        long trained = Train(terminal, adaptation, settings, json, cancellationToken);
        Directory.CreateDirectory(folder);
        adaptation.SaveAdapter(Path.Combine(folder, AdapterName));
        adaptation.Merge();
        ModelFolder.Save(Path.Combine(folder, ModelName), adaptation.Model);
        new Comparison(before, ModelFigures.Of(adaptation.Model, data.Test), trained).Print(terminal, json);
        if (!json)
        {
            terminal.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"trained {trained:N0} of {before.Parameters:N0} parameters ({(double)trained / before.Parameters:P2})"));
            terminal.Output.WriteLine($"written to {folder}");
        }
    }

    private static long Train(Terminal terminal, Adaptation adaptation, AdaptSettings settings, bool json, CancellationToken cancellationToken)
    {
        try
        {
            return adaptation.Train(json ? [] : [new LambdaCallback { EpochEnd = (_, result) => Print(terminal, settings.Epochs, result) }], cancellationToken);
        }
        catch (ArgumentException error)
        {
            throw new UsageException(error.Message);
        }
    }

    private static void Print(Terminal terminal, int epochs, EpochResult result) => terminal.Output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {result.Epoch}/{epochs}  {ScoreText.ShortLine(result.Train)}  validation {ScoreText.ShortLine(result.Validation!)}  {result.Seconds:F1} s"));
}
