using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Nabla.Cli.Recipes;
using Nabla.Cli.Reports;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;
using Spectre.Console;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla train RECIPE</c>.</summary>
internal static class TrainCommand
{
    private const double ValidationFraction = 0.1;
    private const int Patience = 2;

    public static Command Create()
    {
        Command train = new("train", "Trains a network and writes a run folder.");
        train.Add(Recipe(MnistRecipe.Digits, "Handwritten digits: a convolutional network on MNIST."));
        train.Add(Recipe(MnistRecipe.Fashion, "Pieces of clothing: the same network on Fashion-MNIST."));
        return train;
    }

    private static Command Recipe(MnistRecipe recipe, string description)
    {
        Option<string?> data = new("--data") { Description = "The folder with the four IDX files, gzipped or not.", HelpName = "PATH" };
        Option<int> epochs = Positive("--epochs", 10, "How often all images are learnt from, at most.");
        Option<int> batch = Positive("--batch", 64, "The images of a step.");
        Option<double> learningRate = new("--lr") { Description = "The learning rate.", DefaultValueFactory = _ => 0.001 };
        Option<string> optimizer = new("--optimizer") { Description = "What changes the weights.", DefaultValueFactory = _ => "adam" };
        optimizer.AcceptOnlyFromAmong("adam", "adamw", "sgd", "momentum", "rmsprop", "adagrad", "adadelta", "lion");
        Option<long> seed = new("--seed") { Description = "Decides the initial weights and the order of the images.", DefaultValueFactory = _ => 1 };
        Option<int> threads = Positive("--threads", Environment.ProcessorCount, "The threads that compute; the result is the same for any number.");
        Option<int?> limit = new("--limit") { Description = "Learn from only so many images: for a quick try.", HelpName = "N" };
        Option<string?> output = new("--out") { Description = "The run folder; default runs/<name>-<time>.", HelpName = "DIR" };
        Option<string?> resume = new("--resume") { Description = "Goes on with a run that was stopped, with its settings.", HelpName = "RUN" };
        Option<bool> json = new("--json") { Description = "Print lines of JSON only." };
        Command command = new(recipe.Name, description) { data, epochs, batch, learningRate, optimizer, seed, threads, limit, output, resume, json };
        command.SetAction((result, cancellation) => Task.FromResult(Run(
            recipe,
            new TrainSettings(
                result.GetValue(data), result.GetValue(epochs), result.GetValue(batch), result.GetValue(learningRate), result.GetValue(optimizer)!,
                result.GetValue(seed), result.GetValue(threads), result.GetValue(limit), result.GetValue(output), result.GetValue(json)).OrOf(recipe.Name, result.GetValue(resume)),
            cancellation)));
        return command;
    }

    private static Option<int> Positive(string name, int value, string description)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be 1 or more.");
            }
        });
        return option;
    }

    private static int Run(MnistRecipe recipe, TrainSettings settings, CancellationToken cancellation)
    {
        string run = settings.Output ?? settings.Resume ?? Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{recipe.Name}-{DateTime.Now:yyyyMMdd-HHmmss}"));
        Directory.CreateDirectory(run);
        Threads.Count = settings.Threads;
        MnistData data = recipe.Load(settings.Data);
        Sequential network = MnistRecipe.CreateNetwork(settings.Seed);
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), CreateOptimizer(settings));
        Dataset<Sample> samples = settings.Limit is { } limit ? data.Train.ToDataset().Take(limit) : data.Train.ToDataset();
        (Dataset<Sample> train, Dataset<Sample> validation) = samples.TrainValidationSplit(ValidationFraction, settings.Seed);
        if (!settings.Json)
        {
            NetworkTable.Print(recipe.Name, network);
            AnsiConsole.MarkupLine($"{train.Count:N0} images to learn from, {validation.Count:N0} to validate, {data.Test.Count:N0} to test\n");
        }

        Checkpoint? checkpoint = settings.Resume is { } stopped ? Checkpoint.Load(stopped) : null;
        int resumed = checkpoint?.Epochs.Count ?? 0;
        Stopwatch watch = Stopwatch.StartNew();
        History history = trainer.Fit(train, validation, new FitOptions
        {
            Epochs = settings.Epochs,
            BatchSize = settings.Batch,
            Seed = settings.Seed,
            Callbacks = [new TrainingDisplay(settings.Epochs, settings.Json), new EarlyStopping(Patience)],
            Checkpoints = new CheckpointPlan(run) { Settings = settings.ToJson(recipe.Name) },
            Resume = checkpoint,
        }, cancellation);
        double seconds = watch.Elapsed.TotalSeconds;
        Scores test = trainer.Evaluate(data.Test.ToDataset());
        (double loss, double accuracy) = (test.Loss, test["accuracy"]);
        double rate = (train.Count ?? 0) * (history.Epochs.Count - resumed) / seconds;
        RunFigures metrics = new(accuracy, loss, history.Epochs.Count, seconds, rate, network.ParameterCount, settings.Seed);
        int[,] confusion = ConfusionTable.Count(trainer, data.Test.ToDataset(), recipe.Labels.Count);
        Write(run, new SavedModel(recipe.Name, network) { Labels = recipe.Labels }, history, metrics, confusion);
        Report(run, recipe, metrics, confusion, settings.Json);
        return 0;
    }

    private static Optimizer CreateOptimizer(TrainSettings settings) => settings.Optimizer switch
    {
        "sgd" => new Sgd(settings.LearningRate),
        "momentum" => new Sgd(settings.LearningRate, momentum: 0.9),
        "adamw" => new AdamW(settings.LearningRate),
        "rmsprop" => new RmsProp(settings.LearningRate),
        "adagrad" => new Adagrad(settings.LearningRate),
        "adadelta" => new Adadelta(settings.LearningRate),
        "lion" => new Lion(settings.LearningRate),
        _ => new Adam(settings.LearningRate),
    };

    private static void Write(string run, SavedModel model, History history, RunFigures metrics, int[,] confusion)
    {
        ModelFolder.Save(Path.Combine(run, "model"), model);
        AtomicFile.WriteText(Path.Combine(run, "history.csv"), history.ToCsv());
        metrics.Save(Path.Combine(run, "metrics.json"));
        Plots.SaveCurves(Path.Combine(run, "curves.png"), history);
        Plots.SaveConfusion(Path.Combine(run, "confusion.png"), confusion, model.Labels);
    }

    private static void Report(string run, MnistRecipe recipe, RunFigures metrics, int[,] confusion, bool json)
    {
        if (json)
        {
            System.Text.Json.Nodes.JsonObject line = metrics.ToJson();
            line["run"] = run;
            Console.WriteLine(line.ToJsonString());
            return;
        }

        Console.WriteLine();
        ConfusionTable.Print(confusion, recipe.Labels);
        AnsiConsole.MarkupLine(string.Create(
            CultureInfo.InvariantCulture,
            $"[bold]test accuracy {metrics.TestAccuracy:P2}[/]  test loss {metrics.TestLoss:F4}  {metrics.Epochs} epochs in {metrics.TrainSeconds:F1} s  {metrics.ImagesPerSecond:N0} images/s"));
        Console.WriteLine($"run written to {run}");
    }
}
