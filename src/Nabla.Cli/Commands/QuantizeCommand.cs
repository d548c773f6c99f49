using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Compression;
using Nabla.Cli.Reports;
using Nabla.Compression;
using Nabla.Formats;
using Nabla.Training;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla quantize MODEL --data RECIPE_OR_PATH --out DIR</c>.</summary>
internal static class QuantizeCommand
{
    private const string UsualCalibration = "minmax";
    private const int UsualSamples = 512;
    private const double UsualRate = 0.0001;

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string> data = CommonOptions.TuningData();
        Option<string> output = new("--out") { Description = "The folder, or .nabla file, for the quantised model.", Required = true, HelpName = "DIR" };
        Option<string> method = new("--method")
        {
            Description = "static: int8 by ranges measured over data; aware: the same, trained further with the rounding; dynamic: int8 products, ranges chosen while it runs; "
                + "weight-only: weights held in 4 or 8 bits, computed in float; float16, bfloat16: weights stored in half the bytes.",
            DefaultValueFactory = _ => QuantizeSettings.Static,
            HelpName = "NAME",
        };
        method.AcceptOnlyFromAmong(QuantizeSettings.Methods);
        Option<string> calibration = new("--calibration")
        {
            Description = $"How ranges are chosen: {string.Join(", ", QuantizeSettings.Calibrations.Keys)}.",
            DefaultValueFactory = _ => UsualCalibration,
            HelpName = "NAME",
        };
        calibration.AcceptOnlyFromAmong([.. QuantizeSettings.Calibrations.Keys]);
        Option<int> samples = CommonOptions.Positive("--samples", UsualSamples, "The samples of the data that ranges are chosen from.");
        Option<int?> bits = CommonOptions.MaybePositive(
            "--bits", $"The bits of a weight, 2 to 8, {new QuantizationOptions().Bits} by default; with weight-only 4 or 8, {new WeightOnlyOptions().Bits} by default.");
        Option<int> group = CommonOptions.Positive("--group", new WeightOnlyOptions().Group, "With weight-only: the inputs that share a scale, an even number.", WeightOnlyOptions.LargestGroup);
        Option<bool> perTensor = new("--per-tensor") { Description = "One scale for a whole weight instead of one for each output." };
        Option<bool> equalize = new("--equalize") { Description = "Scale channels first so that the weights of neighbouring layers have ranges alike." };
        Option<string[]> exclude = new("--exclude")
        {
            Description = "Weights that stay float: names with * and ?, with commas between.",
            HelpName = "PATTERNS",
            CustomParser = OptionValues.Names,
        };
        Option<int> epochs = CommonOptions.Positive("--epochs", 1, "With aware: how often all samples are learnt from.");
        Option<int> batch = CommonOptions.Positive("--batch", 64, "With aware: the samples of a step.");
        Option<double?> rate = new("--lr")
        {
            Description = $"With aware: the learning rate; {UsualRate.ToString(CultureInfo.InvariantCulture)} by default.",
            HelpName = "X",
            CustomParser = OptionValues.Rate,
        };
        Option<long> seed = CommonOptions.Seed("Decides which samples judge, and the order of training.");
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("quantize", "Makes a model compute with, or store, smaller numbers.")
        {
            model, data, output, method, calibration, samples, bits, group, perTensor, equalize, exclude, epochs, batch, rate, seed, threads, json,
        };
        command.SetAction((result, cancellationToken) =>
        {
            Threads.Count = result.GetValue(threads);
            string name = result.GetValue(method)!;
            string[] excluded = result.GetValue(exclude) ?? [];
            bool isGrouped = name == QuantizeSettings.WeightOnly;
            int? given = result.GetValue(bits);
            RequireBits(given, isGrouped);
            QuantizationOptions options = new()
            {
                Calibration = QuantizeSettings.Calibrations[result.GetValue(calibration)!],
                Bits = isGrouped ? new QuantizationOptions().Bits : given ?? new QuantizationOptions().Bits,
                PerChannel = !result.GetValue(perTensor),
                EqualizesLayers = result.GetValue(equalize),
                Excluded = excluded,
            };
            WeightOnlyOptions groups = new()
            {
                Bits = isGrouped ? given ?? new WeightOnlyOptions().Bits : new WeightOnlyOptions().Bits,
                Group = EvenGroup(result.GetValue(group)),
                Excluded = excluded,
            };
            QuantizeTraining training = new(result.GetValue(epochs), result.GetValue(batch), result.GetValue(rate) ?? UsualRate);
            QuantizeSettings settings = new(name, options, groups, result.GetValue(samples), training, result.GetValue(seed));
            SavedModel saved = ModelPath.Load(result.GetValue(model)!);
            string path = result.GetValue(output)!;
            return Task.Run(() => Run(terminal, saved, result.GetValue(data)!, path, settings, result.GetValue(json), cancellationToken), cancellationToken);
        });
        return command;
    }

    private static void RequireBits(int? bits, bool isGrouped)
    {
        if (bits is { } given && !(isGrouped ? given is 4 or 8 : given is >= 2 and <= 8))
        {
            throw new UsageException(isGrouped ? $"--bits must be 4 or 8 with --method {QuantizeSettings.WeightOnly}, not {given}." : $"--bits must be 2 to 8, not {given}.");
        }
    }

    private static int EvenGroup(int group) => group % 2 == 0 ? group : throw new UsageException($"--group must be an even number, not {group}.");

    private static void Run(
        Terminal terminal, SavedModel model, string source, string path, QuantizeSettings settings, bool json, CancellationToken cancellationToken)
    {
        TuningData data = TuningData.Load(model, source, settings.Seed, cancellationToken);
        ModelFigures before = ModelFigures.Of(model, data.Test);
        Quantization quantization = new(model, data, settings);
        SavedModel small = Quantize(quantization, json ? [] : [Progress(terminal, settings.Training.Epochs)], cancellationToken);
        ModelFolder.Save(path, small);

        // What is judged is what was written.
        SavedModel written = ModelFolder.Load(path) with { Floats = small.Floats };
        Print(terminal, new Comparison(before, ModelFigures.Of(written, data.Test)), quantization, json);
        if (!json)
        {
            terminal.Output.WriteLine($"written to {path}");
        }
    }

    private static LambdaCallback Progress(Terminal terminal, int epochs) => new()
    {
        EpochEnd = (_, result) => terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"epoch {result.Epoch}/{epochs}  {ScoreText.ShortLine(result.Train)}  validation {ScoreText.ShortLine(result.Validation!)}  {result.Seconds:F1} s")),
    };

    private static SavedModel Quantize(Quantization quantization, IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        try
        {
            return quantization.Run(callbacks, cancellationToken);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new UsageException(error.Message);
        }
    }

    private static void Print(Terminal terminal, Comparison comparison, Quantization quantization, bool json)
    {
        if (json)
        {
            JsonObject line = comparison.ToJson();
            line["quantized"] = new JsonArray([.. quantization.Quantized.Select(name => (JsonNode)name)]);
            line["left"] = new JsonArray([.. quantization.Left.Select(ToJson)]);
            terminal.Output.WriteLine(line.ToJsonString());
            return;
        }

        comparison.Print(terminal, json: false);
        if (quantization.Quantized.Count > 0)
        {
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"quantised: {string.Join(", ", quantization.Quantized)}"));
        }

        foreach (LeftLayer left in quantization.Left)
        {
            terminal.Output.WriteLine($"left as it was: {left.Name} ({left.Kind}): {left.Reason}");
        }
    }

    private static JsonNode ToJson(LeftLayer left) => new JsonObject { ["name"] = left.Name, ["kind"] = left.Kind, ["reason"] = left.Reason };
}
