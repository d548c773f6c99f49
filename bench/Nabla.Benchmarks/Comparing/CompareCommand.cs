using System.CommandLine;
using Nabla.Cli.Commands;
using Nabla.Cli.Files.Comparing;
using Nabla.Cli.Reports;

namespace Nabla.Benchmarks.Comparing;

/// <summary><c>compare A B --with onnxruntime</c>: as <c>nabla compare</c>, but a peer runs the second file.</summary>
internal static class CompareCommand
{
    private const string OnnxRuntime = "onnxruntime";
    private const int UsualRuns = 10;

    public static Command Create()
    {
        Argument<string> first = new("A") { Description = "A model that Nabla runs: a model folder, a .nabla file, or an ONNX file." };
        Argument<string> second = new("B") { Description = "An ONNX file that the peer runs." };
        Option<string> peer = new("--with") { Description = $"The peer: {OnnxRuntime}.", Required = true };
        peer.AcceptOnlyFromAmong(OnnxRuntime);
        Option<int> runs = new("--runs") { Description = "How many batches of random inputs they answer.", DefaultValueFactory = _ => UsualRuns };
        Option<long> seed = new("--seed") { Description = "What decides the random inputs." };
        Option<double?> tolerance = new("--tolerance") { Description = "End with exit code 1 when an absolute difference is larger." };
        Option<Dictionary<string, double>?> values = new("--value")
        {
            Description = "The number that an input always is, in the model that has it; may be given again.",
            HelpName = "NAME=NUMBER",
            CustomParser = OptionValues.NamedNumbers,
        };
        Option<bool> json = new("--json") { Description = "Print a line of JSON only." };
        Command command = new("compare", "Says how far apart the answers of Nabla and of a peer are.") { first, second, peer, runs, seed, values, tolerance, json };
        command.SetAction(result =>
        {
            try
            {
                Dictionary<string, double> numbers = result.GetValue(values) ?? [];
                RunnableModel a = RunnableModel.Open(result.GetValue(first)!).With(numbers);
                RunnableModel b = OnnxRuntimeModel.Open(result.GetValue(second)!).With(numbers);
                Comparison comparison = Run(a, b, result.GetValue(runs), result.GetValue(seed), result.GetValue(json));
                return comparison.Largest <= (result.GetValue(tolerance) ?? double.PositiveInfinity) ? 0 : 1;
            }
            catch (Exception error) when (ErrorLine.IsMendable(error))
            {
                Console.Error.WriteLine(error.Message);
                return ErrorLine.Failed;
            }
        });
        return command;
    }

    private static Comparison Run(RunnableModel a, RunnableModel b, int runs, long seed, bool json)
    {
        InputPair[] pairs = InputPair.Of(a, b);
        Comparison comparison = Comparison.Of(a, b, pairs, InputPair.Batches(pairs, RandomKey.FromSeed(seed), runs));
        ComparisonReport.Print(Console.Out, comparison, pairs, json);
        return comparison;
    }
}
