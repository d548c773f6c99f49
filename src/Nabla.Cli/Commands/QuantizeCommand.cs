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
internal sealed class QuantizeCommand
{
    private const int UsualSamples = 512;
    private static readonly QuantizationOptions Usual = new();
    private static readonly WeightOnlyOptions UsualGroups = new();

    private readonly Option<string> method = CommonOptions.Choice(
        "--method",
        "static: int8 by ranges measured over data; aware: the same, trained further with the rounding; dynamic: int8 products, ranges chosen while it runs; "
            + "weight-only: weights held in 4 or 8 bits, computed in float; float16, bfloat16: weights stored in half the bytes.",
        QuantizeSettings.Methods);

    private readonly Option<string> calibration = CommonOptions.Choice(
        "--calibration", $"How ranges are chosen: {string.Join(", ", QuantizeSettings.Calibrations.Keys)}.", QuantizeSettings.Calibrations.Keys);

    private readonly Option<int> samples = CommonOptions.Positive("--samples", UsualSamples, "The samples of the data that ranges are chosen from.");
    private readonly Option<int?> bits = CommonOptions.MaybePositive(
        "--bits", $"The bits of a weight, 2 to 8, {Usual.Bits} by default; with weight-only 4 or 8, {UsualGroups.Bits} by default.");

    private readonly Option<int> group = CommonOptions.Positive(
        "--group", UsualGroups.Group, "With weight-only: the inputs that share a scale, an even number.", WeightOnlyOptions.LargestGroup);

    private readonly Option<bool> perTensor = new("--per-tensor") { Description = "One scale for a whole weight instead of one for each output." };
    private readonly Option<bool> equalize = new("--equalize") { Description = "Scale channels first so that the weights of neighbouring layers have ranges alike." };
    private readonly Option<string[]> exclude = CommonOptions.Names("--exclude", "Weights that stay float: names with * and ?, with commas between.");

    private QuantizeCommand()
    {
    }

    public static Command Create(Terminal terminal)
    {
        QuantizeCommand options = new();
        TuningCommand command = new("quantize", "Makes a model compute with, or store, smaller numbers.")
        {
            Output = "The folder, or .nabla file, for the quantised model.",
            Epochs = CommonOptions.Positive("--epochs", 1, "With aware: how often all samples are learnt from."),
            LearningRate = 0.0001,
            Seed = "Decides which samples judge, and the order of training.",
        };
        return command.Create(
            terminal,
            [
                options.method, options.calibration, options.samples, options.bits, options.group, options.perTensor, options.equalize, options.exclude,
            ],
            options.Run);
    }

    private QuantizeSettings SettingsOf(TuningCall call)
    {
        string name = call.Get(method)!;
        string[] excluded = call.Get(exclude) ?? [];
        bool isGrouped = name == QuantizeSettings.WeightOnly;
        int? given = call.Get(bits);
        RequireBits(given, isGrouped);
        QuantizationOptions options = new()
        {
            Calibration = QuantizeSettings.Calibrations[call.Get(calibration)!],
            Bits = isGrouped ? Usual.Bits : given ?? Usual.Bits,
            PerChannel = !call.Get(perTensor),
            EqualizesLayers = call.Get(equalize),
            Excluded = excluded,
        };
        WeightOnlyOptions groups = new()
        {
            Bits = isGrouped ? given ?? UsualGroups.Bits : UsualGroups.Bits,
            Group = EvenGroup(call.Get(group)),
            Excluded = excluded,
        };
        return new QuantizeSettings(name, options, groups, call.Get(samples), call.Training);
    }

    private static void RequireBits(int? bits, bool isGrouped)
    {
        if (bits is { } given && !(isGrouped ? given is 4 or 8 : given is >= 2 and <= 8))
        {
            throw new UsageException(isGrouped ? $"--bits must be 4 or 8 with --method {QuantizeSettings.WeightOnly}, not {given}." : $"--bits must be 2 to 8, not {given}.");
        }
    }

    private static int EvenGroup(int group) => group % 2 == 0 ? group : throw new UsageException($"--group must be an even number, not {group}.");

    private void Run(TuningCall call)
    {
        QuantizeSettings settings = SettingsOf(call);
        SavedModel model = ModelPath.Load(call.Model);
        TuningData data = call.LoadData(model);
        ModelFigures before = ModelFigures.Of(model, data.Test);
        Quantization quantization = new(model, data, settings);
        SavedModel small = Quantize(quantization, call.Follow(), call.CancellationToken);
        ModelFolder.Save(call.Folder, small);

        // What is judged is what was written.
        SavedModel written = ModelFolder.Load(call.Folder) with { Floats = small.Floats };
        Print(call.Terminal, new Comparison(before, ModelFigures.Of(written, data.Test)), quantization, call.Json);
        call.SayWritten();
    }

    private static SavedModel Quantize(Quantization quantization, IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        try
        {
            return quantization.Run(callbacks, cancellationToken);
        }
        catch (NotSupportedException error)
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
            line["left"] = LayerText.ToJson(quantization.Left);
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
}
