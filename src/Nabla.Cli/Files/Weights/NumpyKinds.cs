using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Files.Weights;

/// <summary>Archives of NumPy's arrays.</summary>
internal sealed class NpzKind : WeightFileKind, IModelExport, IGraphExport
{
    /// <inheritdoc/>
    public override string Name => "npz";

    /// <inheritdoc/>
    public override string Description => "an archive of NumPy's arrays (.npz)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".npz");

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, Tensor> Read(string path) => Npz.Read(path);

    /// <inheritdoc/>
    protected override IReadOnlyList<TensorRow> List(string path) => TensorRow.Of(Npz.List(path));

    /// <inheritdoc/>
    public void Export(SavedModel model, string path, ExportOptions options) => Npz.Write(path, model.Network.State(), options.Compress);

    /// <inheritdoc/>
    public void Export(SavedGraph model, string path, ExportOptions options) => Npz.Write(path, model.Network.State(), options.Compress);
}

/// <summary>A single array of NumPy, which has no name.</summary>
internal sealed class NpyKind : ModelFileKind
{
    /// <inheritdoc/>
    public override string Name => "npy";

    /// <inheritdoc/>
    public override string Description => "an array of NumPy (.npy)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".npy");

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json)
    {
        RequireFile(path);
        TensorReport.Print(terminal, path, Name, TensorRow.Of([Npy.Describe(path)]), json);
    }
}
