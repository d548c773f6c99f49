using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nabla.Cli.Recipes;
using Nabla.Data;
using Nabla.Text.Stories;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary>The options of <c>nabla train</c>, each described once. A recipe has the common ones and those it asks for by name.</summary>
internal sealed class TrainOptions
{
    private const int LargestSide = 1024;
    private const int LargestVocabulary = 1 << 20;
    private static readonly int[] DefaultHidden = [64, 64];
    private static readonly int[] StoryTasks = [.. Enum.GetValues<StoryTask>().Select(task => (int)task)];
    private static readonly string[] TextNetworks = ["cnn", "lstm"];

    private readonly Recipe recipe;
    private readonly Option<string?> data;
    private readonly Option<int> epochs;
    private readonly Option<int> batch;
    private readonly Option<double?> learningRate = new("--lr") { HelpName = "X", CustomParser = OptionValues.Rate };
    private readonly Option<string> optimizer;
    private readonly Option<int> patience;
    private readonly Option<int?> limit;
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json = CommonOptions.Json();
    private readonly Option<long> seed = new("--seed")
    {
        Description = "Decides the initial weights, the split and the order.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
        CustomParser = OptionValues.WholeNumber,
    };

    private readonly Option<bool> eager = new("--eager")
    {
        Description = "Run each operation at once instead of compiled steps; the numbers agree within about 1e-5.",
    };

    private readonly Option<string?> resume = new("--resume")
    {
        Description = "Go on with a run that was stopped, with its settings; --epochs may be raised.",
        HelpName = "RUN",
    };

    private readonly Option<string?> output = new("--out") { Description = "The run folder; default runs/<name>-<time>.", HelpName = "DIR" };
    private readonly Option<string?> source = new("--source") { Description = "The language to translate from: the ending of its files.", HelpName = "NAME" };
    private readonly Option<string?> target;
    private readonly Option<string[]> ignore = new("--ignore")
    {
        Description = "Columns to leave out, with commas between.",
        HelpName = "NAMES",
        CustomParser = OptionValues.Names,
    };

    private readonly Option<string?> delimiter = new("--delimiter")
    {
        Description = "What stands between two fields, one character or 'tab'; told from the header when left out.",
        HelpName = "C",
    };

    private readonly Option<bool> noQuotes = new("--no-quotes") { Description = "Take a double quote for a character as all others, not for the mark around a field." };

    private readonly Option<int[]> hidden = new("--hidden")
    {
        Description = $"The units of each hidden layer, with commas between; default {string.Join(',', DefaultHidden)}.",
        HelpName = "N,N",
        CustomParser = OptionValues.Sizes,
    };

    private readonly Option<int> size = CommonOptions.Positive("--size", 64, "The rows and columns that images are resized to.", LargestSide);

    private readonly Option<string?> textColumn = new("--text")
    {
        Description = "The column of the texts; it may be left out when there is one besides that of the classes.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> columns = new("--columns")
    {
        Description = "The names of the columns, with commas between, when the table has no header row.",
        HelpName = "NAMES",
        CustomParser = OptionValues.Names,
    };

    private readonly Option<bool> lowerCase = new("--lower-case") { Description = "Make capital letters small." };
    private readonly Option<bool> separate = new("--separate") { Description = "Give each language a vocabulary of its own." };
    private readonly Option<int?> length;
    private readonly Option<int> vocabulary;
    private readonly Option<int> width;
    private readonly Option<int> layers;
    private readonly Option<int> heads;
    private readonly Option<double?> dropout = new("--dropout") { HelpName = "X", CustomParser = OptionValues.Share };
    private readonly Option<TextUnit> unit;
    private readonly Option<bool> buckets = new("--buckets")
    {
        Description = "Put texts of similar length together and cut each batch to its longest: faster where lengths differ.",
    };

    private readonly Option<string> network = new("--network")
    {
        Description = "What reads the texts: cnn, filters over a few words each, or lstm, a network that walks over them in both directions.",
        DefaultValueFactory = _ => TextNetworks[0],
        HelpName = "NAME",
    };

    private readonly Option<int> task = new("--task")
    {
        Description = $"The task of the stories: {string.Join(", ", StoryTasks)}.",
        DefaultValueFactory = _ => StoryTasks[0],
        HelpName = "N",
    };

    private readonly Option<int?> average = CommonOptions.MaybePositive(
        "--average", "Take the mean of the weights at the ends of so many last epochs, not those of the epoch with the smallest validation loss.");

    private readonly Option<int> questions = CommonOptions.Positive("--questions", 10_000, "How many questions to make up.", LargestVocabulary);

    public TrainOptions(Recipe recipe)
    {
        this.recipe = recipe;
        data = new("--data") { Description = recipe.DataDescription, HelpName = "PATH" };
        epochs = CommonOptions.Positive("--epochs", recipe.Defaults.Epochs, $"How often all {recipe.Unit} are learnt from, at most.");
        batch = CommonOptions.Positive("--batch", recipe.Defaults.Batch, $"The {recipe.Unit} of a step.");
        patience = CommonOptions.Positive("--patience", recipe.Defaults.Patience, "The epochs without a better validation loss after which training stops.");
        limit = CommonOptions.MaybePositive("--limit", $"Use only so many {recipe.Unit}: for a quick try.");
        RecipeDefaults defaults = recipe.Defaults;
        optimizer = new("--optimizer") { DefaultValueFactory = _ => defaults.Optimizer, HelpName = "NAME" };
        string usual = RateOf(defaults.Optimizer).ToString(CultureInfo.InvariantCulture);
        learningRate.Description = $"The learning rate; by default what is usual for the optimizer, {usual} for {defaults.Optimizer}.";
        length = CommonOptions.MaybeAtLeast("--length", recipe.LengthDescription, defaults.ShortestLength);
        vocabulary = CommonOptions.Between(
            "--vocabulary", defaults.Vocabulary, $"The most {recipe.Token} to know.", defaults.FewestTokens, LargestVocabulary);
        width = CommonOptions.Positive("--width", defaults.Width, "The numbers that stand for a token; a multiple of --heads.", LargestSide * 4);
        layers = CommonOptions.Positive("--layers", defaults.Layers, "The layers of the network.", LargestSide);
        heads = CommonOptions.Positive("--heads", defaults.Heads, "The heads of attention.", LargestSide);
        string share = defaults.Dropout.ToString(CultureInfo.InvariantCulture);
        unit = new("--unit")
        {
            Description = "What a token is: character, word or subword.",
            DefaultValueFactory = _ => defaults.TextUnit,
            HelpName = "NAME",
            CustomParser = OptionValues.Unit,
        };
        dropout.Description = $"The share of the numbers that is dropped while training, from 0 to below 1; {share} by default.";
        target = new("--target") { Description = recipe.TargetDescription, HelpName = "NAME" };
        optimizer.Description = $"What changes the weights: {string.Join(", ", OptimizerNames.All)}.";
        optimizer.Validators.Add(RequireOptimizer);
        network.AcceptOnlyFromAmong(TextNetworks);
        task.Validators.Add(RequireTask);
    }

    /// <summary>The options that the recipe takes, in the order of the help.</summary>
    public IEnumerable<Option> All =>
        [data, .. Special, epochs, batch, learningRate, optimizer, patience, limit, seed, threads, eager, resume, output, json];

    private IEnumerable<Option> Special =>
        new Option[]
        {
            source, target, textColumn, columns, ignore, delimiter, noQuotes, hidden, size, unit, length, vocabulary, lowerCase, separate, width, layers, heads, dropout,
            network, buckets, task, questions, average,
        }.Where(option => recipe.SpecialOptions.Contains(option.Name));

    /// <summary>How to carry a run out.</summary>
    public RunOptions ReadRun(ParseResult result)
    {
        Checkpoint? resumed = result.GetValue(resume) is { } run ? LoadCheckpoint(run) : null;
        return new RunOptions(result.GetValue(threads), result.GetValue(eager), result.GetValue(output), resumed, result.GetValue(json));
    }

    /// <summary>What to do, or what the run that is gone on with did.</summary>
    public TrainSettings Read(ParseResult result, Checkpoint? resumed) =>
        resumed is null ? ReadNew(result) : ReadResumed(result, TrainSettings.Of(resumed, recipe.Name));

    private static Checkpoint LoadCheckpoint(string run) => File.Exists(Path.Combine(run, CheckpointPlan.FileName))
        ? Checkpoint.Load(run)
        : throw new UsageException($"{Path.Combine(run, CheckpointPlan.FileName)}: no such file. --resume takes the folder of a run that was stopped.");

    private TrainSettings ReadNew(ParseResult result)
    {
        string name = result.GetValue(optimizer)!;
        RequireHeads(result.GetValue(width), result.GetValue(heads));
        return new TrainSettings
        {
            Recipe = recipe.Name,
            Data = result.GetValue(data) is { } path ? Path.GetFullPath(path) : null,
            Epochs = result.GetValue(epochs),
            Batch = result.GetValue(batch),
            Optimizer = name,
            LearningRate = result.GetValue(learningRate) ?? RateOf(name),
            Seed = result.GetValue(seed),
            Patience = result.GetValue(patience),
            Limit = result.GetValue(limit),
            Target = result.GetValue(target),
            Ignore = result.GetValue(ignore) ?? [],
            Delimiter = result.GetValue(delimiter),
            NoQuotes = result.GetValue(noQuotes),
            Hidden = OptionValues.IsGiven(result, hidden) ? result.GetValue(hidden)! : DefaultHidden,
            Size = result.GetValue(size),
            TextColumn = result.GetValue(textColumn),
            Columns = result.GetValue(columns) ?? [],
            Length = result.GetValue(length),
            VocabularySize = result.GetValue(vocabulary),
            Width = result.GetValue(width),
            Layers = result.GetValue(layers),
            Heads = result.GetValue(heads),
            Dropout = result.GetValue(dropout) ?? recipe.Defaults.Dropout,
            TextUnit = result.GetValue(unit),
            Network = result.GetValue(network)!,
            Buckets = result.GetValue(buckets),
            Task = result.GetValue(task),
            Questions = result.GetValue(questions),
            Average = result.GetValue(average),
            Source = result.GetValue(source),
            LowerCase = result.GetValue(lowerCase),
            Separate = result.GetValue(separate),
        };
    }

    private void RequireHeads(int width, int heads)
    {
        int multiple = heads * recipe.Defaults.HeadMultiple;
        if (recipe.SpecialOptions.Contains("--heads") && width % multiple != 0)
        {
            throw new UsageException($"--width must be a multiple of {multiple} for --heads {heads}, not {width}.");
        }
    }

    private double RateOf(string name) =>
        (name == recipe.Defaults.Optimizer ? recipe.Defaults.LearningRate : null) ?? OptimizerNames.UsualLearningRate(name);

    // Anything that changes the numbers would make it another run.
    private TrainSettings ReadResumed(ParseResult result, TrainSettings settings)
    {
        Option[] free = [epochs, threads, eager, resume, json];
        Option? fixedOption = All.Except(free).FirstOrDefault(option => OptionValues.IsGiven(result, option));
        return fixedOption is null
            ? settings with { Epochs = OptionValues.IsGiven(result, epochs) ? result.GetValue(epochs) : settings.Epochs }
            : throw new UsageException($"--resume goes on with the settings of the run: leave out {fixedOption.Name}.");
    }

    private static void RequireTask(OptionResult result)
    {
        if (!StoryTasks.Contains(result.GetValueOrDefault<int>()))
        {
            result.AddError($"--task must be one of {string.Join(", ", StoryTasks)}");
        }
    }

    private static void RequireOptimizer(OptionResult result)
    {
        string? name = result.GetValueOrDefault<string>();
        if (name is null || !OptimizerNames.All.Contains(name))
        {
            result.AddError($"--optimizer must be one of {string.Join(", ", OptimizerNames.All)}, not '{name}'");
        }
    }
}
