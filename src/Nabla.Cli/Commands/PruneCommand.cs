using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Compression;
using Nabla.Cli.Reports;
using Nabla.Compression;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla prune MODEL --data RECIPE_OR_PATH --out DIR</c>.</summary>
internal sealed class PruneCommand
{
    private const double UsualSparsity = 0.8;
    private const double UsualKeep = 0.5;
    private const double UsualRate = 0.001;
    private const string ModelName = "model";
    private const string PlotName = "sensitivity.png";

    private readonly Argument<string> model = CommonOptions.Model();
    private readonly Option<string> data = CommonOptions.TuningData();
    private readonly Option<string> output = new("--out") { Description = "The folder for the smaller model.", Required = true, HelpName = "DIR" };
    private readonly Option<string?> method = new("--method")
    {
        Description = "magnitude: the smallest weights become zero at once; gradual: more and more of them while training; movement: those that training moves towards "
            + "zero; structured: filters, units and heads go, the network becomes smaller; layers: whole layers with a shortcut go; factorize: kernels of low rank "
            + "become two. Usual: magnitude, with --keep-... structured.",
        HelpName = "NAME",
    };

    private readonly Option<double?> sparsity = new("--sparsity")
    {
        Description = $"The share of the weights that becomes zero, for magnitude, gradual and movement; {Text(UsualSparsity)} by default.",
        HelpName = "X",
        CustomParser = OptionValues.Share,
    };

    private readonly Option<bool> perLayer = new("--per-layer") { Description = "Prune the same share of each weight, else all weights are ranked together." };
    private readonly Option<double?> keepMultiplyAdds = Kept("--keep-multiply-adds", $"multiply-adds of an answer; {Text(UsualKeep)} by default");
    private readonly Option<double?> keepParameters = Kept("--keep-parameters", "parameters, instead of multiply-adds");
    private readonly Option<string> importance = new("--importance")
    {
        Description = "What says how much a channel counts: l2, l1 (its weights), scale (of the normalisation behind it), taylor (what the loss would change by).",
        DefaultValueFactory = _ => PruneSettings.Importances.Keys.First(),
        HelpName = "NAME",
    };

    private readonly Option<int> multiple = CommonOptions.Positive("--multiple", 16, "Channels of a layer stay a multiple of this, or all: whole vectors are fast.", 1024);
    private readonly Option<double?> energy = new("--energy")
    {
        Description = "The share of a kernel's energy that two factors keep, for factorize; 0.9 by default.",
        HelpName = "X",
        CustomParser = OptionValues.Rate,
    };

    private readonly Option<string[]> targets = new("--targets")
    {
        Description = "The layers (structured, factorize) or weights that may be changed: names with * and ?, with commas between; all by default.",
        HelpName = "PATTERNS",
        CustomParser = OptionValues.Names,
    };

    private readonly Option<long> epochs = new("--epochs")
    {
        Description = "How often all samples are learnt from afterwards, or while pruning; 0 for not at all.",
        DefaultValueFactory = _ => 3,
        HelpName = "N",
        CustomParser = OptionValues.WholeNumber,
    };

    private readonly Option<int> batch = CommonOptions.Positive("--batch", 64, "The samples of a step.");
    private readonly Option<double?> rate = new("--lr")
    {
        Description = $"The learning rate at the beginning, which falls to zero; {Text(UsualRate)} by default.",
        HelpName = "X",
        CustomParser = OptionValues.Rate,
    };

    private readonly Option<long> seed = CommonOptions.Seed("Decides the split and the order.");
    private readonly Option<bool> scan = new("--scan")
    {
        Description = $"First tell how good the model is as each layer alone loses 10 % to 90 %, as a table and as {PlotName}.",
    };

    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json = CommonOptions.Json();

    private PruneCommand()
    {
        method.AcceptOnlyFromAmong(PruneSettings.Methods);
        importance.AcceptOnlyFromAmong([.. PruneSettings.Importances.Keys]);
    }

    public static Command Create(Terminal terminal)
    {
        PruneCommand options = new();
        Command command = new("prune", "Makes a model smaller: weights, channels, heads or layers go, and the rest is trained further.")
        {
            options.model, options.data, options.output, options.method, options.sparsity, options.perLayer, options.keepMultiplyAdds, options.keepParameters,
            options.importance, options.multiple, options.energy, options.targets, options.epochs, options.batch, options.rate, options.seed, options.scan,
            options.threads, options.json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(options.threads);
            PruneSettings settings = options.SettingsOf(result);
            SavedModel saved = ModelPath.Load(result.GetValue(options.model)!);
            return Task.Run(() => options.Run(terminal, saved, settings, result, cancellationToken), cancellationToken);
        });
        return command;
    }

    private static Option<double?> Kept(string name, string what) => new(name)
    {
        Description = $"The share that stays, above 0 and at most 1, of the {what}; for structured, and of multiply-adds for layers.",
        HelpName = "X",
        CustomParser = OptionValues.Rate,
    };

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private PruneSettings SettingsOf(ParseResult result)
    {
        double? kept = result.GetValue(keepParameters) ?? result.GetValue(keepMultiplyAdds);
        PruneSettings settings = new()
        {
            Method = result.GetValue(method) ?? (kept is null ? PruneSettings.Magnitude : PruneSettings.Structured),
            Sparsity = result.GetValue(sparsity) ?? UsualSparsity,
            Global = !result.GetValue(perLayer),
            Keep = kept ?? UsualKeep,
            Budget = result.GetValue(keepParameters) is null ? PruningBudget.MultiplyAdds : PruningBudget.Parameters,
            Importance = PruneSettings.Importances[result.GetValue(importance)!],
            MultipleOf = result.GetValue(multiple),
            Energy = result.GetValue(energy) ?? new LowRankOptions().Energy,
            Targets = result.GetValue(targets) ?? [],
            Epochs = (int)Math.Clamp(result.GetValue(epochs), -1, int.MaxValue),
            Batch = result.GetValue(batch),
            LearningRate = result.GetValue(rate) ?? UsualRate,
            Seed = result.GetValue(seed),
        };
        Require(result, settings);
        return settings;
    }

    // What was asked for must have a meaning together.
    private void Require(ParseResult result, PruneSettings settings)
    {
        bool keepsShare = settings.Method is PruneSettings.Structured or PruneSettings.Layers;
        string? problem = settings switch
        {
            { Epochs: < 0 } => "--epochs must be 0 or more",
            { Keep: > 1 } => $"--keep-multiply-adds and --keep-parameters must be at most 1, not {Text(settings.Keep)}",
            { Energy: > 1 } => $"--energy must be at most 1, not {Text(settings.Energy)}",
            _ when Both(result, keepMultiplyAdds, keepParameters) => "--keep-multiply-adds and --keep-parameters cannot both be reached: give one",
            _ when Given(result, sparsity) && !settings.IsOfWeights => $"--sparsity is for {PruneSettings.Magnitude}, {PruneSettings.Gradual} and {PruneSettings.Movement}, not for {settings.Method}",
            _ when (Given(result, keepMultiplyAdds) || Given(result, keepParameters)) && !keepsShare =>
                $"--keep-multiply-adds and --keep-parameters are for {PruneSettings.Structured} and {PruneSettings.Layers}, not for {settings.Method}",
            { Method: PruneSettings.Layers, Budget: PruningBudget.Parameters } => "--keep-parameters is for structured: give --keep-multiply-adds",
            { Method: PruneSettings.Gradual or PruneSettings.Movement, Epochs: 0 } => $"--method {settings.Method} prunes while it trains: --epochs must be 1 or more",
            _ => null,
        };
        if (problem is not null)
        {
            throw new UsageException($"{problem}.");
        }
    }

    private static bool Given(ParseResult result, Option<double?> option) => result.GetValue(option) is not null;

    private static bool Both(ParseResult result, Option<double?> one, Option<double?> other) => Given(result, one) && Given(result, other);

    private void Run(Terminal terminal, SavedModel saved, PruneSettings settings, ParseResult result, CancellationToken cancellationToken)
    {
        bool forMachine = result.GetValue(json);
        string folder = result.GetValue(output)!;
        TuningData samples = TuningData.Load(saved, result.GetValue(data)!, settings.Seed, cancellationToken);
        Pruner pruner = new(saved, samples, settings);
        ModelFigures before = ModelFigures.Of(saved, samples.Test);
        IReadOnlyList<SensitivityPoint>? points = result.GetValue(scan) ? pruner.Scan() : null;
        PruneResult pruned = pruner.Run(
            forMachine ? [] : [new LambdaCallback { EpochEnd = (_, epoch) => Print(terminal, settings.Epochs, epoch) }], cancellationToken);
        Directory.CreateDirectory(folder);
        ModelFolder.Save(Path.Combine(folder, ModelName), pruned.Model);
        string score = Pruner.ScoreOf(saved);
        if (points is not null)
        {
            SensitivityPlot.Save(Path.Combine(folder, PlotName), points, score);
        }

        new PruneReport(pruned, new Comparison(before, ModelFigures.Of(pruned.Model, samples.Test)), points, score).Print(terminal, forMachine);
        if (!forMachine)
        {
            terminal.Output.WriteLine($"written to {folder}");
        }
    }

    private static void Print(Terminal terminal, int epochs, EpochResult result) => terminal.Output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"epoch {result.Epoch}/{epochs}  {ScoreText.ShortLine(result.Train)}  validation {ScoreText.ShortLine(result.Validation!)}  {result.Seconds:F1} s"));
}
