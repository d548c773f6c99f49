using System.CommandLine;
using TorchSharp;

namespace Nabla.Conformance.Golden;

/// <summary><c>golden</c>: writes what libtorch computes into the files that the main tests compare with.</summary>
internal static class GoldenCommand
{
    private const string Folder = "tests/Nabla.Tests/Golden";

    private static readonly OrderedDictionary<string, Action<GoldenRecorder>> Files = new()
    {
        ["elementwise"] = ElementwiseGolden.Record,
        ["reductions"] = ReductionGolden.Record,
        ["softmax"] = SoftmaxGolden.Record,
        ["indexing"] = IndexingGolden.Record,
        ["products"] = ProductGolden.Record,
        ["convolutions"] = ConvolutionGolden.Record,
        ["pooling"] = PoolingGolden.Record,
        ["layers"] = LayerGolden.Record,
        ["losses"] = LossGolden.Record,
        ["optimizers"] = OptimizerGolden.Record,
        ["recurrent"] = RecurrentGolden.Record,
        ["attention"] = AttentionGolden.Record,
    };

    public static Command Create()
    {
        Option<DirectoryInfo> output = new("--out")
        {
            Description = "The folder of the files.",
            HelpName = "DIR",
            DefaultValueFactory = _ => new DirectoryInfo(Folder),
        };
        Command command = new("golden", "Writes golden files: inputs, and what libtorch computes from them.") { output };
        command.SetAction(result => Write(result.GetValue(output)!));
        return command;
    }

    private static void Write(DirectoryInfo folder)
    {
        folder.Create();
        foreach ((string name, Action<GoldenRecorder> record) in Files)
        {
            // Each file has random numbers of its own, so that a new case in one changes no other.
            torch.manual_seed(Files.IndexOf(name));
            GoldenRecorder recorder = new();
            record(recorder);
            recorder.Save(Path.Combine(folder.FullName, $"{name}.safetensors"));
            Console.WriteLine($"{name}: {recorder.Cases} cases");
        }
    }
}
