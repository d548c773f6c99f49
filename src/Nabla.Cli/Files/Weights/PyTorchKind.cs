using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Files.Weights;

/// <summary>State dictionaries of PyTorch.</summary>
internal sealed class PyTorchKind : WeightFileKind, IModelExport, IGraphExport
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
    protected override IReadOnlyList<TensorRow> List(string path) => TensorRow.Of(TorchFile.List(path));

    /// <inheritdoc/>
    public void Export(SavedModel model, string path, ExportOptions options) => TorchFile.Write(path, TorchExport.StateOf(model.Network));

    /// <summary>Writes the weights as they are: a graph has no layers whose layouts PyTorch knows.</summary>
    /// <inheritdoc/>
    public void Export(SavedGraph model, string path, ExportOptions options) => TorchFile.Write(path, model.Network.State());
}

/// <summary>A state dictionary of PyTorch spread over several files, behind an index.</summary>
internal sealed class ShardedPyTorchKind : WeightFileKind
{
    /// <inheritdoc/>
    public override string Name => "pytorch-index";

    /// <inheritdoc/>
    public override string Description => "the index of several state dictionaries of PyTorch (.bin.index.json)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".bin.index.json");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Read(string path) => TorchFile.ReadSharded(path);

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorRow> List(string path) => TensorRow.Of(TorchFile.ListSharded(path));
}
