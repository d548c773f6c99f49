using System.CommandLine;
using Nabla.Cli.Files.Comparing;
using Nabla.Cli.Reports;
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
        Option<Dictionary<string, double>?> values = new("--value")
        {
            Description = "The number that an input always is, in the model that has it; may be given again.",
            HelpName = "NAME=NUMBER",
            CustomParser = OptionValues.NamedNumbers,
        };
        Option<double?> tolerance = new("--tolerance")
        {
            Description = "Fail, with exit code 1, when an absolute difference is larger.",
            HelpName = "NUMBER",
            CustomParser = OptionValues.Rate,
        };
        Option<int> threads = CommonOptions.Threads();
        Option<bool> json = CommonOptions.Json();
        Command command = new("compare", "Says how far apart the answers of two models are.") { first, second, runs, seed, input, values, tolerance, threads, json };
        command.SetAction(result =>
        {
            Threads.Count = result.GetValue(threads);
            Dictionary<string, double> numbers = result.GetValue(values) ?? [];
            RunnableModel a = RunnableModel.Open(result.GetValue(first)!).With(numbers);
            RunnableModel b = RunnableModel.Open(result.GetValue(second)!).With(numbers);
            InputPair[] pairs = InputPair.Of(a, b);
            IEnumerable<Tensor[]> batches = result.GetValue(input) is { } file
                ? [Read(file, a)]
                : InputPair.Batches(pairs, RandomKey.FromSeed(result.GetValue(seed)), result.GetValue(runs));
            Comparison comparison = Comparison.Of(a, b, pairs, batches);
            ComparisonReport.Print(terminal.Output, comparison, pairs, result.GetValue(json));
            return comparison.Largest <= (result.GetValue(tolerance) ?? double.PositiveInfinity) ? 0 : ErrorLine.Failed;
        });
        return command;
    }

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
}
