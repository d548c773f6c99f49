using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Compression;
using Nabla.Compression;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla adapt MODEL --data PATH --out DIR</c>.</summary>
internal static class AdaptCommand
{
    private const int LargestRank = 4096;
    private const string AdapterName = "adapter";

    public static Command Create(Terminal terminal)
    {
        LoraOptions usual = new();
        Option<string> method = CommonOptions.Choice(
            "--method",
            "lora: small updates of the weights; dora: the same with the lengths of columns; adapter: small layers between those of a Transformer; "
                + "prefix: learnt keys and values before its sequences; bitfit: biases alone; full: all weights.",
            AdaptSettings.Methods);
        Option<int> rank = CommonOptions.Positive("--rank", usual.Rank, "The rank of an update, the width of an adapter, or the length of a prefix.", LargestRank);
        Option<double?> alpha = CommonOptions.Rate("--alpha", "How much an update counts: it is multiplied by this over the rank; twice the rank by default.");
        Option<string[]> targets = CommonOptions.Names(
            "--targets", $"The weights that get an update: names with * and ?, with commas between; {string.Join(',', usual.Targets)} by default.");
        Option<string[]> also = CommonOptions.Names(
            "--also", "What is trained as it is beside updates, such as '*.scale,*.bias': names with * and ?, with commas between; nothing by default.");
        Option<double?> plus = CommonOptions.Rate("--lora-plus", "How many times faster the second matrix of an update learns than the first (LoRA+); 1 by default.");
        Option<bool> rslora = new("--rslora") { Description = "Updates are multiplied by alpha over the root of the rank (rsLoRA)." };
        Option<bool> pissa = new("--pissa") { Description = "Updates begin as the largest singular values of the weights (PiSSA)." };
        Option<string?> origin = new("--base")
        {
            Description = "What a server calls the base, NAME or NAME/VERSION: the adapter then serves from a repository that has both.",
            HelpName = "NAME",
        };
        TuningCommand command = new("adapt", "Trains a model further on new data, with few parameters.")
        {
            Output = "The folder for the adapter and the adapted model.",
            Epochs = CommonOptions.Positive("--epochs", 3, "How often all samples are learnt from."),
            Batch = 8,
            Seed = "Decides the first values, the split and the order.",
        };
        return command.Create(terminal, [method, rank, alpha, targets, also, plus, rslora, pissa, origin], call =>
        {
            string name = call.Get(method)!;
            RequireUpdates(name, call.Values, also, plus, rslora, pissa);
            LoraOptions lora = new()
            {
                Rank = call.Get(rank),
                Alpha = call.Get(alpha) ?? 2 * call.Get(rank),
                DecomposesWeights = name == AdaptSettings.Decomposed,
                StabilizesRank = call.Get(rslora),
                BeginsAsPrincipal = call.Get(pissa),
                Targets = call.Get(targets) is { Length: > 0 } given ? given : usual.Targets,
                AlsoTrained = call.Get(also) ?? usual.AlsoTrained,
                Seed = call.Training.Seed,
            };
            Run(call, new AdaptSettings(name, lora, call.Training) { Base = call.Get(origin), Plus = call.Get(plus) });
        });
    }

    private static void RequireUpdates(string method, ParseResult values, params Option[] options)
    {
        if (method is not (AdaptSettings.LowRank or AdaptSettings.Decomposed)
            && Array.Find(options, option => values.GetResult(option) is { Implicit: false }) is { } idle)
        {
            throw new UsageException($"{idle.Name} is for {AdaptSettings.LowRank} and {AdaptSettings.Decomposed}, not for {method}.");
        }
    }

    private static void Run(TuningCall call, AdaptSettings settings)
    {
        SavedModel model = ModelPath.Load(call.Model);
        TuningData data = call.LoadData(model);
        Adaptation adaptation = new(model, data, settings);
        ModelFigures before = ModelFigures.Of(model, data.Test);
        long trained = adaptation.Train(call.Follow(), call.CancellationToken);
        Directory.CreateDirectory(call.Folder);
        adaptation.SaveAdapter(call.PathOf(AdapterName));
        adaptation.Merge();
        ModelFigures after = ModelFigures.Of(adaptation.Model, data.Test);
        call.Save(adaptation.Describe(call.SourceName, after.Scores));
        new Comparison(before, after, trained).Print(call.Terminal, call.Json);
        call.Say(string.Create(
            CultureInfo.InvariantCulture, $"trained {trained:N0} of {before.Parameters:N0} parameters ({(double)trained / before.Parameters:P2})"));
        call.SayWritten();
    }
}
