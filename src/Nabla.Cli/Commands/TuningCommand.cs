using System.CommandLine;
using System.Globalization;
using Nabla.Cli.Compression;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>What all commands take that change a saved model and train it further: <c>nabla NAME MODEL --data RECIPE_OR_PATH --out DIR</c>.</summary>
/// <param name="name">The name of the command.</param>
/// <param name="description">What it does, for the help.</param>
internal sealed class TuningCommand(string name, string description)
{
    private readonly Option<string> data = CommonOptions.TuningData();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json = CommonOptions.Json();
    private readonly Option<bool> tune = new("--tune")
    {
        Description = "To choose settings by: a tenth of what is learnt from judges, and what judges else stays unseen.",
    };

    /// <summary>The model.</summary>
    public Argument<string> Model { get; init; } = CommonOptions.Model();

    /// <summary>What the folder is for, for the help.</summary>
    public required string Output { get; init; }

    /// <summary>How often all samples are learnt from.</summary>
    public required Option<int> Epochs { get; init; }

    /// <summary>The samples of a step, where nothing is said.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>The learning rate at first, where nothing is said.</summary>
    public double LearningRate { get; init; } = 0.001;

    /// <summary>What the seed decides, for the help.</summary>
    public required string Seed { get; init; }

    /// <summary>Makes the command.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="own">The options that it has beside those of all.</param>
    /// <param name="run">Runs it.</param>
    public Command Create(Terminal terminal, IEnumerable<Option> own, Action<TuningCall> run)
    {
        Option<string> output = new("--out") { Description = Output, Required = true, HelpName = "DIR" };
        Option<int> batch = CommonOptions.Positive("--batch", Batch, "The samples of a step.");
        Option<double?> rate = CommonOptions.Rate(
            "--lr", $"The learning rate at first, which falls to 0 along a cosine; {LearningRate.ToString(CultureInfo.InvariantCulture)} by default.");
        Option<long> seed = CommonOptions.Seed(Seed);
        Command command = new(name, description);
        command.Arguments.Add(Model);
        foreach (Option option in (IEnumerable<Option>)[data, output, .. own, Epochs, batch, rate, seed, tune, threads, json])
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(threads);
            FurtherTraining training = new(result.GetValue(Epochs), result.GetValue(batch), result.GetValue(rate) ?? LearningRate, result.GetValue(seed));
            TuningCall call = new(terminal, result, result.GetValue(Model)!, result.GetValue(data)!, result.GetValue(output)!, training)
            {
                Tunes = result.GetValue(tune),
                Json = result.GetValue(json),
                CancellationToken = cancellationToken,
            };
            return Task.Run(() => run(call), cancellationToken);
        });
        return command;
    }
}

/// <summary>One call of a command that trains a saved model further.</summary>
/// <param name="Terminal">Where it writes.</param>
/// <param name="Values">The values of its options.</param>
/// <param name="Model">The path of the model.</param>
/// <param name="Source">The path of the data, or the name of a recipe that finds its own.</param>
/// <param name="Folder">The folder to write.</param>
/// <param name="Training">How the model is trained.</param>
internal sealed record TuningCall(Terminal Terminal, ParseResult Values, string Model, string Source, string Folder, FurtherTraining Training)
{
    private const string ModelName = "model";

    /// <summary>Whether settings are to be chosen, so that a part of what is learnt from judges.</summary>
    public bool Tunes { get; init; }

    /// <summary>Whether a machine reads what is written.</summary>
    public bool Json { get; init; }

    /// <summary>Ends the call.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The value of an option.</summary>
    public T? Get<T>(Option<T> option) => Values.GetValue(option);

    /// <summary>The data, as a model reads it.</summary>
    public TuningData LoadData(SavedModel model)
    {
        TuningData data = TuningData.Load(model, Source, Training.Seed, CancellationToken);
        return Tunes ? data.ToTune(Source, Training.Seed) : data;
    }

    /// <summary>What people call the data.</summary>
    public string SourceName => Path.GetFileName(Path.TrimEndingDirectorySeparator(Source));

    /// <summary>A place in the folder.</summary>
    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>Writes the model into the folder.</summary>
    public void Save(SavedModel model) => ModelFolder.Save(PathOf(ModelName), model);

    /// <summary>What tells people each epoch.</summary>
    /// <param name="what">What the lines begin with.</param>
    public IReadOnlyList<Callback> Follow(string what = "epoch") => EpochText.Follow(Terminal, Json, Training.Epochs, what);

    /// <summary>Writes a line for people.</summary>
    public void Say(string line)
    {
        if (!Json)
        {
            Terminal.Output.WriteLine(line);
        }
    }

    /// <summary>Says where everything is.</summary>
    public void SayWritten() => Say($"written to {Folder}");
}
