using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Compression;
using Nabla.Cli.Files;
using Nabla.Cli.Reports;
using Nabla.Compression;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla distill TEACHER --data RECIPE_OR_PATH --out DIR</c>.</summary>
internal static class DistillCommand
{
    private const string ModelName = "model";
    private const double UsualRate = 0.002;
    private const double UsualShare = 0.1;

    public static Command Create(Terminal terminal)
    {
        Argument<string> teacher = new("TEACHER") { Description = "A run folder, a model folder, a .nabla file, or an ONNX file whose classes are the data's." };
        Option<string> data = CommonOptions.TuningData();
        Option<string> output = new("--out") { Description = "The folder for the student.", Required = true, HelpName = "DIR" };
        Option<string?> student = new("--student")
        {
            Description = "A file with the student's architecture, as model.json has it, or 'same' for the teacher's own; by default the teacher's made thinner.",
            HelpName = "FILE",
        };
        Option<double?> shrink = Rate("--shrink", $"The share of the teacher's parameters that a thinner student has; {Text(UsualShare)} by default.", OptionValues.Share);
        DistillationOptions usual = new();
        Option<double?> temperature = Rate("--temperature", $"How soft the teacher's answers are made; {Text(usual.Temperature)} by default.", OptionValues.Rate);
        Option<double?> alpha = Rate("--alpha", $"The share of the teacher's answers in the loss, the rest is the labels'; {Text(usual.Alpha)} by default.", OptionValues.Share);
        Option<int?> labels = CommonOptions.MaybePositive("--labels", "How many samples have labels; of the others the student learns by the teacher's answers alone.");
        Option<string[]> hidden = Pairs("--hidden", "Layers whose outputs are matched, as STUDENT:TEACHER by dotted names, with commas between.");
        Option<string[]> attention = Pairs("--attention", "Layers that are to look where the teacher's do, as STUDENT:TEACHER by dotted names, with commas between.");
        Option<int> epochs = CommonOptions.Positive("--epochs", 10, "How often all samples are learnt from.");
        Option<int> batch = CommonOptions.Positive("--batch", 64, "The samples of a step.");
        Option<double?> rate = Rate("--lr", $"The learning rate at first, which falls to 0; {Text(UsualRate)} by default.", OptionValues.Rate);
        Option<bool> alone = new("--alone") { Description = "Train the same student without the teacher too, to compare with." };
        Option<long> seed = CommonOptions.Seed("Decides the weights, the split and the order.");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("distill", "Trains a small network to answer as a large one does.")
        {
            teacher, data, output, student, shrink, temperature, alpha, labels, hidden, attention, epochs, batch, rate, alone, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(threads);
            SavedModel saved = LoadTeacher(result.GetValue(teacher)!);
            DistillationOptions options = StudentTraining.Options(saved, new DistillationOptions
            {
                Temperature = result.GetValue(temperature) ?? usual.Temperature,
                Alpha = result.GetValue(alpha) ?? usual.Alpha,
                HiddenStates = Matches("--hidden", result.GetValue(hidden)),
                Attentions = Matches("--attention", result.GetValue(attention)),
                Seed = result.GetValue(seed),
            });
            DistillSettings settings = new(
                options, result.GetValue(student), result.GetValue(shrink) ?? UsualShare, result.GetValue(labels), result.GetValue(epochs), result.GetValue(batch),
                result.GetValue(rate) ?? UsualRate, result.GetValue(seed));
            DistillRun run = new(terminal, saved, settings, result.GetValue(alone), result.GetValue(json));
            return Task.Run(() => Guarded(() => run.Go(result.GetValue(data)!, result.GetValue(output)!, cancellationToken)), cancellationToken);
        });
        return command;
    }

    private static void Guarded(Action run)
    {
        try
        {
            run();
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException)
        {
            throw new UsageException(error.Message);
        }
    }

    private static SavedModel LoadTeacher(string path) => ModelFileKinds.Of(path) is OnnxKind onnx
        ? (onnx.Import(path, new ImportOptions()) as ImportedNetwork)?.Model
            ?? throw new UsageException($"{path} has several inputs or outputs, and a teacher has one of each: import it with --output NAME first.")
        : ModelPath.Load(path);

    private static LayerMatch[] Matches(string option, string[]? pairs) => [.. (pairs ?? []).Select(pair => pair.Split(':') is [{ Length: > 0 } student, { Length: > 0 } teacher]
        ? new LayerMatch(student, teacher)
        : throw new UsageException($"{option} must be pairs such as 2:4 with commas between, not '{pair}'."))];

    private static Option<string[]> Pairs(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "PAIRS",
        CustomParser = OptionValues.Names,
    };

    private static Option<double?> Rate(string name, string description, Func<System.CommandLine.Parsing.ArgumentResult, double?> parser) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = parser,
    };

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>One run of the command.</summary>
    private sealed class DistillRun(Terminal terminal, SavedModel teacher, DistillSettings settings, bool alone, bool json)
    {
        public void Go(string source, string folder, CancellationToken cancellationToken)
        {
            TuningData data = TuningData.Load(teacher, source, settings.Seed, cancellationToken);
            Check(data);
            StudentTraining training = new(teacher, data, settings);
            SavedModel student = training.CreateStudent();
            ModelFigures before = ModelFigures.Of(teacher, data.Test);
            training.Distil(student, Followed("distilled"), cancellationToken);
            ModelFolder.Save(Path.Combine(folder, ModelName), student);
            Comparison comparison = new(before, ModelFigures.Of(student, data.Test));
            Scores? withoutTeacher = alone ? Alone(training, data, cancellationToken) : null;
            Print(comparison, withoutTeacher);
            if (!json)
            {
                terminal.Output.WriteLine($"written to {folder}");
            }
        }

        private void Check(TuningData data)
        {
            if (settings.Labels is { } labels && (teacher.Task != PredictionTask.Classification || labels >= data.Train.Count))
            {
                throw new UsageException(teacher.Task != PredictionTask.Classification
                    ? $"--labels is for classes, and '{teacher.Name}' answers otherwise."
                    : $"--labels must be below the {data.Train.Count} samples to learn from, not {labels}.");
            }
        }

        private Scores Alone(StudentTraining training, TuningData data, CancellationToken cancellationToken)
        {
            SavedModel student = training.CreateStudent();
            training.TrainAlone(student, Followed("alone"), cancellationToken);
            return ModelFigures.Of(student, data.Test).Scores;
        }

        private void Print(Comparison comparison, Scores? withoutTeacher)
        {
            if (json)
            {
                JsonObject line = comparison.ToJson();
                ScoreText.AddTo(line, withoutTeacher, "alone_");
                terminal.Output.WriteLine(line.ToJsonString());
                return;
            }

            comparison.Print(terminal, json: false);
            if (withoutTeacher is not null)
            {
                terminal.Output.WriteLine($"the same student without the teacher: {ScoreText.Line(withoutTeacher, "")}");
            }
        }

        private LambdaCallback[] Followed(string what) => json
            ? []
            : [new LambdaCallback
            {
                EpochEnd = (_, result) => terminal.Output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what} {result.Epoch}/{settings.Epochs}  {ScoreText.ShortLine(result.Train)}  validation {ScoreText.ShortLine(result.Validation!)}  {result.Seconds:F1} s")),
            }];
    }
}
