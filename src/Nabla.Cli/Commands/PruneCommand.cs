using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Compression;
using Nabla.Cli.Reports;
using Nabla.Compression;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla prune MODEL --data RECIPE_OR_PATH --out DIR</c>.</summary>
internal sealed class PruneCommand
{
    private const double UsualSparsity = 0.8;
    private const double UsualKeep = 0.5;
    private const string PlotName = "sensitivity.png";

    private readonly Option<string?> method = new("--method")
    {
        Description = "magnitude: the smallest weights become zero at once; gradual: more and more of them while training; movement: those that training moves towards "
            + "zero; structured: filters, units and heads go, the network becomes smaller; layers: whole layers with a shortcut go; factorize: kernels of low rank "
            + "become two. Usual: magnitude, with --keep-... structured.",
        HelpName = "NAME",
    };

    private readonly Option<double?> sparsity = CommonOptions.Share(
        "--sparsity", $"The share of the weights that becomes zero, for magnitude, gradual and movement; {Text(UsualSparsity)} by default.");

    private readonly Option<bool> perLayer = new("--per-layer") { Description = "Prune the same share of each weight, else all weights are ranked together." };
    private readonly Option<double?> keepMultiplyAdds = Kept("--keep-multiply-adds", $"multiply-adds of an answer; {Text(UsualKeep)} by default");
    private readonly Option<double?> keepParameters = Kept("--keep-parameters", "parameters, instead of multiply-adds");
    private readonly Option<string> importance = CommonOptions.Choice(
        "--importance",
        "What says how much a channel counts: l2, l1 (its weights), scale (of the normalisation behind it), taylor (what the loss would change by).",
        PruneSettings.Importances.Keys);

    private readonly Option<int> multiple = CommonOptions.Positive("--multiple", 16, "Channels of a layer stay a multiple of this, or all: whole vectors are fast.", 1024);
    private readonly Option<double?> energy = CommonOptions.Rate("--energy", "The share of a kernel's energy that two factors keep, for factorize; 0.9 by default.");
    private readonly Option<string[]> targets = CommonOptions.Names(
        "--targets", "The layers (structured, factorize) or weights that may be changed: names with * and ?, with commas between; all by default.");

    private readonly Option<bool> scan = new("--scan")
    {
        Description = $"First tell how good the model is as each layer alone loses 10 % to 90 %, as a table and as {PlotName}.",
    };

    private PruneCommand() => method.AcceptOnlyFromAmong(PruneSettings.Methods);

    public static Command Create(Terminal terminal)
    {
        PruneCommand options = new();
        TuningCommand command = new("prune", "Makes a model smaller: weights, channels, heads or layers go, and the rest is trained further.")
        {
            Output = "The folder for the smaller model.",
            Epochs = CommonOptions.Between("--epochs", 3, "How often all samples are learnt from afterwards, or while pruning; 0 for not at all.", least: 0),
            Seed = "Decides the split and the order.",
        };
        return command.Create(
            terminal,
            [
                options.method, options.sparsity, options.perLayer, options.keepMultiplyAdds, options.keepParameters, options.importance, options.multiple, options.energy,
                options.targets, options.scan,
            ],
            options.Run);
    }

    private static Option<double?> Kept(string name, string what) =>
        CommonOptions.Rate(name, $"The share that stays, above 0 and at most 1, of the {what}; for structured, and of multiply-adds for layers.");

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private PruneSettings SettingsOf(TuningCall call)
    {
        double? kept = call.Get(keepParameters) ?? call.Get(keepMultiplyAdds);
        PruneSettings settings = new()
        {
            Method = call.Get(method) ?? (kept is null ? PruneSettings.Magnitude : PruneSettings.Structured),
            Sparsity = call.Get(sparsity) ?? UsualSparsity,
            Global = !call.Get(perLayer),
            Keep = kept ?? UsualKeep,
            Budget = call.Get(keepParameters) is null ? PruningBudget.MultiplyAdds : PruningBudget.Parameters,
            Importance = PruneSettings.Importances[call.Get(importance)!],
            MultipleOf = call.Get(multiple),
            Energy = call.Get(energy) ?? new LowRankOptions().Energy,
            Targets = call.Get(targets) ?? [],
            Training = call.Training,
        };
        Require(call, settings);
        return settings;
    }

    // What was asked for must have a meaning together.
    private void Require(TuningCall call, PruneSettings settings)
    {
        bool keepsShare = settings.Method is PruneSettings.Structured or PruneSettings.Layers;
        string? problem = settings switch
        {
            { Keep: > 1 } => $"--keep-multiply-adds and --keep-parameters must be at most 1, not {Text(settings.Keep)}",
            { Energy: > 1 } => $"--energy must be at most 1, not {Text(settings.Energy)}",
            _ when Both(call, keepMultiplyAdds, keepParameters) => "--keep-multiply-adds and --keep-parameters cannot both be reached: give one",
            _ when Given(call, sparsity) && !settings.IsOfWeights => $"--sparsity is for {PruneSettings.Magnitude}, {PruneSettings.Gradual} and {PruneSettings.Movement}, not for {settings.Method}",
            _ when (Given(call, keepMultiplyAdds) || Given(call, keepParameters)) && !keepsShare =>
                $"--keep-multiply-adds and --keep-parameters are for {PruneSettings.Structured} and {PruneSettings.Layers}, not for {settings.Method}",
            { Method: PruneSettings.Layers, Budget: PruningBudget.Parameters } => "--keep-parameters is for structured: give --keep-multiply-adds",
            { Method: PruneSettings.Gradual or PruneSettings.Movement, Training.Epochs: 0 } => $"--method {settings.Method} prunes while it trains: --epochs must be 1 or more",
            _ => null,
        };
        if (problem is not null)
        {
            throw new UsageException($"{problem}.");
        }
    }

    private static bool Given(TuningCall call, Option<double?> option) => call.Get(option) is not null;

    private static bool Both(TuningCall call, Option<double?> one, Option<double?> other) => Given(call, one) && Given(call, other);

    private void Run(TuningCall call)
    {
        PruneSettings settings = SettingsOf(call);
        SavedModel saved = ModelPath.Load(call.Model);
        TuningData samples = call.LoadData(saved);
        Pruner pruner = new(saved, samples, settings);
        ModelFigures before = ModelFigures.Of(saved, samples.Test);
        IReadOnlyList<SensitivityPoint>? points = call.Get(scan) ? pruner.Scan() : null;
        PruneResult pruned = pruner.Run(call.Follow(), call.CancellationToken);
        Directory.CreateDirectory(call.Folder);
        call.Save(pruned.Model);
        string score = Pruner.ScoreOf(saved);
        if (points is not null)
        {
            SensitivityPlot.Save(call.PathOf(PlotName), points, score);
        }

        new PruneReport(pruned, new Comparison(before, ModelFigures.Of(pruned.Model, samples.Test)), points, score).Print(call.Terminal, call.Json);
        call.SayWritten();
    }
}
