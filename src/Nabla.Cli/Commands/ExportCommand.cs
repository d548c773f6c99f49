using System.CommandLine;
using Nabla.Cli.Files;
using Nabla.Formats;
using Nabla.Onnx;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla export MODEL --to FORMAT --out PATH</c>.</summary>
internal static class ExportCommand
{
    private const string Between = "qdq";
    private const string OverBytes = "qoperator";

    public static Command Create(Terminal terminal)
    {
        Argument<string> model = CommonOptions.Model();
        Option<string> format = new("--to")
        {
            Description = $"The format: {Names}.",
            HelpName = "FORMAT",
            Required = true,
        };
        Option<string> path = new("--out") { Description = "The file or folder to write.", HelpName = "PATH", Required = true };
        Option<bool> compress = new("--compress") { Description = "Pack the numbers of an .npz file." };
        Option<int?> opset = new("--opset") { Description = "The operator set of an .onnx file, 13 to 22; 17 by default.", HelpName = "N" };
        Option<bool> channelsFirst = new("--channels-first") { Description = "Images of an .onnx file are [batch, channels, height, width]." };
        Option<string> quantized = new("--quantized")
        {
            Description = "How the products of a quantised model stand in an .onnx file: qdq, between quantisations; qoperator, as operators over bytes.",
            DefaultValueFactory = _ => Between,
            HelpName = "FORM",
        };
        quantized.AcceptOnlyFromAmong(Between, OverBytes);
        Command command = new("export", "Writes a model, or its weights, in the format of others.") { model, format, path, compress, opset, channelsFirst, quantized };
        command.SetAction(result =>
        {
            IModelExport export = Find(result.GetValue(format)!);
            string target = result.GetValue(path)!;
            QuantizedForm form = result.GetValue(quantized) == OverBytes ? QuantizedForm.Operators : QuantizedForm.QuantizeDequantize;
            ExportOptions options = new(result.GetValue(compress), result.GetValue(opset), result.GetValue(channelsFirst), form);
            string source = ModelPath.Find(result.GetValue(model)!);
            if (ModelFolder.HoldsGraph(source))
            {
                GraphExport(export, source).Export(ModelFolder.LoadGraph(source), target, options);
            }
            else
            {
                export.Export(ModelFolder.Load(source), target, options);
            }

            terminal.Output.WriteLine($"Wrote {target}");
        });
        return command;
    }

    private static string Names => string.Join(", ", ModelFileKinds.Exporting.Select(kind => kind.Name));

    private static IGraphExport GraphExport(IModelExport export, string source) => export as IGraphExport ?? throw new UsageException(
        $"{source} has several inputs or outputs, which is written as one of {string.Join(", ", ModelFileKinds.Exporting.Where(kind => kind is IGraphExport).Select(kind => kind.Name))}.");

    private static IModelExport Find(string name) => ModelFileKinds.Exporting.FirstOrDefault(kind => kind.Name == name) as IModelExport
        ?? throw new UsageException($"--to must be one of {Names}, not '{name}'.");
}
