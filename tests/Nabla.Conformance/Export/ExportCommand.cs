using System.CommandLine;
using System.Globalization;
using Nabla.Formats;
using Nabla.Onnx;
using Nabla.Onnx.Tests.Export;

namespace Nabla.Conformance.Export;

/// <summary>
/// <c>onnx-export</c>: exports each kind of layer, each ready network and the ops between, runs the models in ONNX Runtime, and compares with what Nabla
/// computes.
/// </summary>
internal static class ExportCommand
{
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
        Option<string?> golden = new("--golden") { Description = "Where to write inputs and ONNX Runtime's answers to them.", HelpName = "FILE" };
        Command command = new("onnx-export", "Compares exported models with ONNX Runtime.") { opsets, only, save, golden };
        command.SetAction(result => Run(result.GetValue(opsets)!, result.GetValue(only) ?? "", result.GetValue(save), result.GetValue(golden)));
        return command;
    }

    private static int Run(int[] opsets, string only, string? folder, string? golden)
    {
        ExportCase[] cases = [.. LayerCases.All().Concat(NetworkCases.All()).Concat(OpCases.All()).Concat(QuantizedCases.All()).Where(item => item.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
        List<(ExportCase Case, double Difference)> differences = [];
        Console.WriteLine($"{"",-NameWidth} largest |difference| / max(1, |value|) by operator set");
        foreach (ExportCase item in cases)
        {
            string[] answers = [.. opsets.Where(opset => opset >= item.OldestOpset).Select(opset => $"{opset}: {Answer(item, opset, folder, differences)}")];
            Console.WriteLine($"{item.Name,-NameWidth} {string.Join("  ", answers)}");
        }

        WriteGolden(cases, opsets, golden);
        int failed = differences.Count(answer => !(answer.Difference <= answer.Case.Tolerance));
        Console.WriteLine(FormattableString.Invariant(
            $"{cases.Length} cases, {differences.Count} models: {differences.Count - failed} agree with ONNX Runtime, those of floats to 1E-5 and those of bytes to one quantum, {failed} failed; the largest difference of floats is {differences.Where(answer => answer.Case.Tolerance < 1e-4).Select(answer => answer.Difference).DefaultIfEmpty().Max():E1}"));
        return failed == 0 ? 0 : 1;
    }

    private static string Answer(ExportCase item, int opset, string? folder, List<(ExportCase Case, double Difference)> differences)
    {
        try
        {
            byte[] bytes = item.ToBytes(new OnnxExportOptions { Opset = opset });
            Save(folder, $"{item.Name}.{opset}.onnx", bytes);
            using RuntimeModel model = new(bytes);
            double largest = ExportCase.Sizes.Max(size => Difference(item, model, size));
            differences.Add((item, largest));
            return largest.ToString(largest <= item.Tolerance ? "E1" : "E1' FAILED'", CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            differences.Add((item, double.PositiveInfinity));
            return $"FAILED {error.Message}";
        }
    }

    private static void WriteGolden(ExportCase[] cases, int[] opsets, string? path)
    {
        if (path is null)
        {
            return;
        }

        List<KeyValuePair<string, Tensor>> tensors = [];
        foreach (ExportCase item in cases)
        {
            (int batch, double share) = ExportCase.Sizes[^1];
            Tensor[] inputs = item.Inputs(batch, share, batch);
            using RuntimeModel model = new(item.ToBytes(new OnnxExportOptions { Opset = opsets[0] }));
            tensors.Add(KeyValuePair.Create($"{item.Name} input", inputs[0]));
            tensors.Add(KeyValuePair.Create(item.Name, model.Run(inputs)[0]));
        }

        Safetensors.Write(path, tensors);
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
            ? ours.Zip(theirs).Max(pair => item.Difference(pair.First, pair.Second))
            : throw new InvalidOperationException($"{ours.Length} outputs became {theirs.Length}");
    }

}
