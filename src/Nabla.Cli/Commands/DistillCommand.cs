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
internal sealed class DistillCommand
{
    private const int FarthestShift = 64;
    private static readonly DistillationOptions Usual = new();

    private readonly Option<string?> student = new("--student")
    {
        Description = "A file with the student's architecture, as model.json has it, or 'same' for the teacher's own; by default the teacher's made thinner.",
        HelpName = "FILE",
    };

    private readonly Option<double?> shrink = CommonOptions.Share(
        "--shrink", $"The share of the teacher's parameters that a thinner student has; {Text(DistillSettings.UsualShare)} by default.");

    private readonly Option<double?> temperature = CommonOptions.Rate(
        "--temperature", $"How soft the teacher's answers are made; {Text(Usual.Temperature)} by default.");

    private readonly Option<double?> alpha = CommonOptions.Share(
        "--alpha", $"The share of the teacher's answers in the loss, the rest is the labels'; {Text(Usual.Alpha)} by default.");

    private readonly Option<int?> labels = CommonOptions.MaybePositive(
        "--labels", "How many samples have labels; of the others the student learns by the teacher's answers alone.");

    private readonly Option<int> shift = CommonOptions.Between(
        "--shift", 0, "How many pixels images are shifted at random, anew in each epoch; the teacher answers what the student sees.", least: 0, FarthestShift);

    private readonly Option<string[]> hidden = Pairs("--hidden", "Layers whose outputs are matched, as STUDENT:TEACHER by dotted names, with commas between.");
    private readonly Option<string[]> attention = Pairs("--attention", "Layers that are to look where the teacher's do, as STUDENT:TEACHER by dotted names, with commas between.");
    private readonly Option<bool> alone = new("--alone") { Description = "Train the same student without the teacher too, to compare with." };

    private DistillCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        DistillCommand options = new();
        TuningCommand command = new("distill", "Trains a small network to answer as a large one does.")
        {
            Model = new Argument<string>("TEACHER") { Description = "A run folder, a model folder, a .nabla file, or an ONNX file whose classes are the data's." },
            Output = "The folder for the student.",
            Epochs = CommonOptions.Positive("--epochs", 10, "How often all samples are learnt from."),
            LearningRate = 0.002,
            Seed = "Decides the weights, the split, the shifts and the order.",
        };
        return command.Create(
            terminal,
            [options.student, options.shrink, options.temperature, options.alpha, options.labels, options.shift, options.hidden, options.attention, options.alone],
            options.Guarded);
    }

    private static SavedModel LoadTeacher(string path) => ModelFileKinds.Of(path) is OnnxKind onnx
        ? (onnx.Import(path, new ImportOptions()) as ImportedNetwork)?.Model
            ?? throw new UsageException($"{path} has several inputs or outputs, and a teacher has one of each: import it with --output NAME first.")
        : ModelPath.Load(path);

    private static LayerMatch[] Matches(string option, string[]? pairs) => [.. (pairs ?? []).Select(pair => pair.Split(':') is [{ Length: > 0 } student, { Length: > 0 } teacher]
        ? new LayerMatch(student, teacher)
        : throw new UsageException($"{option} must be pairs such as 2:4 with commas between, not '{pair}'."))];

    private static Option<string[]> Pairs(string name, string description) => CommonOptions.Names(name, description, "PAIRS");

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private void Guarded(TuningCall call)
    {
        try
        {
            Run(call);
        }
        catch (InvalidOperationException error) when (error is not ObjectDisposedException)
        {
            throw new UsageException(error.Message);
        }
    }

    private void Run(TuningCall call)
    {
        SavedModel teacher = LoadTeacher(call.Model);
        DistillSettings settings = SettingsOf(call);
        TuningData data = call.LoadData(teacher);
        Check(settings, teacher, data);
        StudentTraining training = new(teacher, data, settings);
        SavedModel small = training.CreateStudent();
        ModelFigures before = ModelFigures.Of(teacher, data.Test);
        training.Distil(small, call.Follow("distilled"), call.CancellationToken);
        call.Save(small);
        Comparison comparison = new(before, ModelFigures.Of(small, data.Test));
        Print(call, comparison, call.Get(alone) ? Alone(call, training, data) : null);
        call.SayWritten();
    }

    private DistillSettings SettingsOf(TuningCall call)
    {
        DistillationOptions options = new()
        {
            Temperature = call.Get(temperature) ?? Usual.Temperature,
            Alpha = call.Get(alpha) ?? Usual.Alpha,
            HiddenStates = Matches("--hidden", call.Get(hidden)),
            Attentions = Matches("--attention", call.Get(attention)),
            Seed = call.Training.Seed,
        };
        return new DistillSettings(options, call.Training)
        {
            Student = call.Get(student),
            Share = call.Get(shrink) ?? DistillSettings.UsualShare,
            Labels = call.Get(labels),
            Shift = call.Get(shift),
        };
    }

    private static void Check(DistillSettings settings, SavedModel teacher, TuningData data)
    {
        if (settings.Labels is { } labels && (teacher.Task != PredictionTask.Classification || labels >= data.Train.Count))
        {
            throw new UsageException(teacher.Task != PredictionTask.Classification
                ? $"--labels is for classes, and '{teacher.Name}' answers otherwise."
                : $"--labels must be below the {data.Train.Count} samples to learn from, not {labels}.");
        }

        Shape input = teacher.Network.InputShape;
        if (settings.Shift > 0 && (input.Rank != 3 || settings.Shift >= Math.Min(input[0], input[1])))
        {
            throw new UsageException(
                $"--shift {settings.Shift} is for images [height, width, channels] that are larger, and '{teacher.Name}' reads {input}.");
        }
    }

    private static Scores Alone(TuningCall call, StudentTraining training, TuningData data)
    {
        SavedModel student = training.CreateStudent();
        training.TrainAlone(student, call.Follow("alone"), call.CancellationToken);
        return ModelFigures.Of(student, data.Test).Scores;
    }

    private static void Print(TuningCall call, Comparison comparison, Scores? withoutTeacher)
    {
        if (call.Json)
        {
            JsonObject line = comparison.ToJson();
            ScoreText.AddTo(line, withoutTeacher, "alone_");
            call.Terminal.Output.WriteLine(line.ToJsonString());
            return;
        }

        comparison.Print(call.Terminal, json: false);
        if (withoutTeacher is not null)
        {
            call.Say($"the same student without the teacher: {ScoreText.Line(withoutTeacher, "")}");
        }
    }
}
