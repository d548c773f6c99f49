using Nabla.Formats;

namespace Nabla.Cli.Files.Weights;

/// <summary>State dictionaries of PyTorch.</summary>
internal sealed class PyTorchKind : WeightFileKind, IModelExport
{
    /// <inheritdoc/>
    public override string Name => "pytorch";

    /// <inheritdoc/>
    public override string Description => "a state dictionary of PyTorch (.pt, .pth, .bin)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".pt", ".pth", ".bin");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Read(string path) => TorchFile.Read(path);

    /// <inheritdoc/>
    public void Export(SavedModel model, string path, ExportOptions options) => TorchFile.Write(path, TorchExport.StateOf(model.Network));
}
