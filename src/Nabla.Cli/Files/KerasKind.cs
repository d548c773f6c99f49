using Nabla.Cli.Files.Comparing;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.Keras;

namespace Nabla.Cli.Files;

/// <summary>Models and weights of Keras.</summary>
internal sealed class KerasKind : ModelFileKind, IModelImport, IModelExport, IRunnableKind
{
    /// <inheritdoc/>
    public override string Name => "keras";

    /// <inheritdoc/>
    public override string Description => "a Keras model (.keras, .h5) or its weights (.weights.h5, .h5)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ".keras", ".h5", ".hdf5");

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json)
    {
        RequireFile(path);
        if (KerasFile.HoldsModel(path))
        {
            ModelReport.Print(terminal, KerasFile.Outline(path), Name, json);
        }
        else
        {
            TensorReport.Print(terminal, path, Name, TensorRow.Of(KerasFile.List(path)), json);
        }
    }

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        RequireFile(path);
        SavedModel model = options.Architecture is { } architecture ? WithWeights(architecture, path) : KerasFile.Load(path, options.InputShape);
        return new ImportedNetwork(model with { Name = options.Name ?? model.Name, Labels = options.Labels ?? model.Labels, Training = null }, []);
    }

    /// <inheritdoc/>
    public void Export(SavedModel model, string path, ExportOptions options) => KerasFile.Save(path, model);

    /// <inheritdoc/>
    public RunnableModel Open(string path)
    {
        RequireFile(path);
        return RunnableModel.Of(KerasFile.Load(path));
    }

    private static SavedModel WithWeights(SavedModel architecture, string path)
    {
        KerasFile.LoadWeights(path, architecture.Network);
        return architecture;
    }
}
