using Nabla.Cli.Commands;
using Nabla.Cli.Files.Comparing;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.Onnx;

namespace Nabla.Cli.Files;

/// <summary>Models in the ONNX format.</summary>
internal sealed class OnnxKind : ModelFileKind, IModelImport, IModelExport, IGraphExport, IRunnableKind
{
    /// <inheritdoc/>
    public override string Name => "onnx";

    /// <inheritdoc/>
    public override string Description => "an ONNX model (.onnx)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".onnx");

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json)
    {
        RequireFile(path);
        OnnxReport.Print(terminal, path, OnnxSummary.Read(path), json);
    }

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        RequireFile(path);
        return new OnnxImport(path, options).Run();
    }

    /// <inheritdoc/>
    public RunnableModel Open(string path)
    {
        RequireFile(path);
        return RunnableModel.Of(path, OnnxModel.Load(path));
    }

    /// <inheritdoc/>
    public void Export(SavedModel model, string path, ExportOptions options) => Write(chosen => OnnxExport.Save(path, model, chosen), options);

    /// <inheritdoc/>
    public void Export(SavedGraph model, string path, ExportOptions options) => Write(chosen => OnnxExport.Save(path, model, chosen), options);

    private static void Write(Action<OnnxExportOptions> save, ExportOptions options)
    {
        try
        {
            save(new OnnxExportOptions { Opset = options.Opset ?? OnnxExportOptions.UsualOpset, ChannelsFirst = options.ChannelsFirst, Quantized = options.Quantized });
        }
        catch (ArgumentOutOfRangeException error) when (error.ParamName == nameof(OnnxExportOptions.Opset))
        {
            throw new UsageException($"--opset must be from {OnnxExportOptions.OldestOpset} to {OnnxExportOptions.NewestOpset}, not {options.Opset}.");
        }
        catch (NotSupportedException error)
        {
            throw new UsageException(error.Message);
        }
    }
}
