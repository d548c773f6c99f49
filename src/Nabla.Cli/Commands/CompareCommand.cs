using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Files.Comparing;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla compare A B</c>.</summary>
internal static class CompareCommand
{
    private const int UsualRuns = 10;

    public static Command Create(Terminal terminal)
    {
        Argument<string> first = new("A") { Description = "A model: a run folder, a model folder, a .nabla file, an ONNX file, or another that says what it computes." };
        Argument<string> second = new("B") { Description = "Another." };
        Option<int> runs = CommonOptions.Positive("--runs", UsualRuns, "How many batches of random inputs they answer.");
        Option<long> seed = new("--seed") { Description = "What decides the random inputs.", HelpName = "N", CustomParser = OptionValues.WholeNumber };
        Option<string?> input = new("--input")
        {
            Description = "Inputs to answer instead of random ones, with the batch as first axis: .npy for a model of one input, .npz with one array an input.",
            HelpName = "FILE",
        };
        Option<double?> tolerance = new("--tolerance")
        {
            Description = "Fail, with exit code 1, when an absolute difference is larger.",
            HelpName = "NUMBER",
            CustomParser = OptionValues.Rate,
        };
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("compare", "Says how far apart the answers of two models are.") { first, second, runs, seed, input, tolerance, threads, json };
        command.SetAction(result =>
        {
            Threads.Count = result.GetValue(threads);
            RunnableModel a = RunnableModel.Open(result.GetValue(first)!);
            RunnableModel b = RunnableModel.Open(result.GetValue(second)!);
            InputPair[] pairs = InputPair.Of(a, b);
            IEnumerable<Tensor[]> batches = result.GetValue(input) is { } file
                ? [Read(file, a)]
                : Drawn(pairs, RandomKey.FromSeed(result.GetValue(seed)), result.GetValue(runs));
            Comparison comparison = Comparison.Of(a, b, pairs, batches);
            Print(terminal, comparison, pairs, result.GetValue(json));
            return comparison.Largest <= (result.GetValue(tolerance) ?? double.PositiveInfinity) ? 0 : ErrorLine.Failed;
        });
        return command;
    }

    private static IEnumerable<Tensor[]> Drawn(InputPair[] pairs, RandomKey key, int runs) =>
        Enumerable.Range(0, runs).Select(run => pairs.Select((pair, index) => pair.Draw(key.Fold(run).Fold(index))).ToArray());

    private static Tensor[] Read(string file, RunnableModel model)
    {
        IReadOnlyList<Tensor> arrays = Path.GetExtension(file) switch
        {
            ".npy" => [Npy.Read(file)],
            ".npz" => Ordered(Npz.Read(file), model),
            _ => throw new UsageException($"--input must end with .npy or .npz, not '{file}'."),
        };
        return arrays.Count == model.Inputs.Count
            ? [.. arrays]
            : throw new UsageException($"{file}: expected an array for each of the inputs {string.Join(", ", model.Inputs.Select(input => input.Name))}, got {arrays.Count}.");
    }

    private static Tensor[] Ordered(IReadOnlyDictionary<string, Tensor> arrays, RunnableModel model) => model.Inputs.All(input => arrays.ContainsKey(input.Name))
        ? [.. model.Inputs.Select(input => arrays[input.Name])]
        : [.. arrays.Values];

    private static void Print(Terminal terminal, Comparison comparison, InputPair[] pairs, bool json)
    {
        if (json)
        {
            terminal.Output.WriteLine(ToJson(comparison).ToJsonString());
            return;
        }

        terminal.Output.WriteLine($"inputs         {string.Join("; ", pairs.Select(pair => pair.Description))}");
        terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"compared       {comparison.Numbers:N0} numbers of {comparison.Runs:N0} runs"));
        terminal.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"difference     {comparison.Largest:G3} at most, {comparison.Mean:G3} in the mean, {comparison.LargestRelative:G3} relative at most"));
        if (comparison.Agreement is { } agreement)
        {
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first class    the same in {agreement:P2} of the rows"));
        }
    }

    // JSON has no numbers that are none.
    private static JsonObject ToJson(Comparison comparison) => new()
    {
        ["runs"] = comparison.Runs,
        ["numbers"] = comparison.Numbers,
        ["maxDifference"] = Finite(comparison.Largest),
        ["meanDifference"] = Finite(comparison.Mean),
        ["maxRelativeDifference"] = Finite(comparison.LargestRelative),
        ["topClassAgreement"] = comparison.Agreement,
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
