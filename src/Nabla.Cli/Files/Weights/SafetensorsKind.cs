using Nabla.Cli.Commands;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Cli.Files.Weights;

/// <summary>Weights in the safetensors format.</summary>
internal sealed class SafetensorsKind : WeightFileKind, IModelExport, IGraphExport
{
    /// <inheritdoc/>
    public override string Name => "safetensors";

    /// <inheritdoc/>
    public override string Description => "weights in the safetensors format (.safetensors)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".safetensors");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Read(string path) => Safetensors.Read(path);

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorRow> List(string path) => TensorRow.Of(Safetensors.List(path));

    /// <inheritdoc/>
    public void Export(SavedModel model, string path, ExportOptions options) => Safetensors.Write(path, model.Network.State());

    /// <inheritdoc/>
    public void Export(SavedGraph model, string path, ExportOptions options) => Safetensors.Write(path, model.Network.State());
}

/// <summary>Weights spread over several safetensors files, behind an index.</summary>
internal sealed class ShardedSafetensorsKind : WeightFileKind, IModelExport, IGraphExport
{
    /// <inheritdoc/>
    public override string Name => "safetensors-index";

    /// <inheritdoc/>
    public override string Description => "the index of several safetensors files (.safetensors.index.json)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".safetensors.index.json");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Read(string path) => ShardedSafetensors.Read(path);

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorRow> List(string path) => TensorRow.Of(ShardedSafetensors.List(path));

    /// <inheritdoc/>
    public void Export(SavedModel model, string path, ExportOptions options) => Write(model.Network, path);

    /// <inheritdoc/>
    public void Export(SavedGraph model, string path, ExportOptions options) => Write(model.Network, path);

    private void Write(Module network, string path)
    {
        if (!Matches(path))
        {
            throw new UsageException($"--out must end with .safetensors.index.json for several safetensors files, but is '{path}'.");
        }

        ShardedSafetensors.Write(path, network.State());
    }
}
