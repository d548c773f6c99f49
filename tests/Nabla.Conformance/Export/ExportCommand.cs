using System.CommandLine;
using System.Globalization;
using Nabla.Onnx;
using Nabla.Onnx.Tests.Export;

namespace Nabla.Conformance.Export;

/// <summary>
/// <c>onnx-export</c>: exports each kind of layer, each ready network and the ops between, runs the models in ONNX Runtime, and compares with what Nabla
/// computes.
/// </summary>
internal static class ExportCommand
{
    private const double Tolerance = 1e-5;
    private const int NameWidth = 56;

    private static readonly int[] UsualOpsets = [13, 17, 18, 20, 22];

    public static Command Create()
    {
        Option<int[]> opsets = new("--opset")
        {
            Description = "An operator set to export for, 13 to 22; may be given several times.", HelpName = "N", DefaultValueFactory = _ => UsualOpsets,
        };
        Option<string?> only = new("--only") { Description = "Only the cases whose names hold a text.", HelpName = "TEXT" };
        Option<string?> save = new("--save") { Description = "Where to write the models.", HelpName = "FOLDER" };
        Command command = new("onnx-export", "Compares exported models with ONNX Runtime.") { opsets, only, save };
        command.SetAction(result => Run(result.GetValue(opsets)!, result.GetValue(only) ?? "", result.GetValue(save)));
        return command;
    }

    private static int Run(int[] opsets, string only, string? folder)
    {
        ExportCase[] cases = [.. LayerCases.All().Concat(NetworkCases.All()).Concat(OpCases.All()).Where(item => item.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        List<double> differences = [];
        Console.WriteLine($"{"",-NameWidth} largest |difference| / max(1, |value|) by operator set");
        foreach (ExportCase item in cases)
        {
            string[] answers = [.. opsets.Where(opset => opset >= item.OldestOpset).Select(opset => $"{opset}: {Answer(item, opset, folder, differences)}")];
            Console.WriteLine($"{item.Name,-NameWidth} {string.Join("  ", answers)}");
        }

        int failed = differences.Count(difference => !(difference <= Tolerance));
        Console.WriteLine(FormattableString.Invariant(
            $"{cases.Length} cases, {differences.Count} models: {differences.Count - failed} agree with ONNX Runtime to {Tolerance:E0}, {failed} failed; the largest difference is {differences.Max():E1}"));
        return failed == 0 ? 0 : 1;
    }

    private static string Answer(ExportCase item, int opset, string? folder, List<double> differences)
    {
        try
        {
            byte[] bytes = item.ToBytes(new OnnxExportOptions { Opset = opset });
            Save(folder, $"{item.Name}.{opset}.onnx", bytes);
            using RuntimeModel model = new(bytes);
            double largest = ExportCase.Sizes.Max(size => Difference(item, model, size));
            differences.Add(largest);
            return largest.ToString(largest <= Tolerance ? "E1" : "E1' FAILED'", CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            differences.Add(double.PositiveInfinity);
            return $"FAILED {error.Message}";
        }
    }

    private static void Save(string? folder, string name, byte[] bytes)
    {
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, name.Replace(' ', '_').Replace(",", "", StringComparison.Ordinal)), bytes);
        }
    }

    private static double Difference(ExportCase item, RuntimeModel model, (int Batch, double Share) size)
    {
        Tensor[] inputs = item.Inputs(size.Batch, size.Share, size.Batch + 10);
        Tensor[] ours = item.Function(inputs);
        Tensor[] theirs = model.Run(inputs);
        return ours.Length == theirs.Length
            ? ours.Zip(theirs).Max(pair => Difference(pair.First, pair.Second))
            : throw new InvalidOperationException($"{ours.Length} outputs became {theirs.Length}");
    }

    private static double Difference(Tensor ours, Tensor theirs)
    {
        if (ours.Type != theirs.Type)
        {
            throw new InvalidOperationException($"{ours.Type} became {theirs.Type}");
        }

        (Tensor expected, Tensor actual) = (ours.To(DataType.Float64), theirs.To(DataType.Float64));
        double largest = ((actual - expected).Abs() / expected.Abs().Maximum(Tensor.Scalar(1.0))).Max().ToDouble();
        return double.IsNaN(largest) ? double.PositiveInfinity : largest;
    }
}
