using Nabla.Cli.Commands;
using Nabla.Cli.Files.Comparing;
using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Files;

/// <summary>Models of Nabla itself: a folder, a file, or the run folder around it.</summary>
internal sealed class NablaKind : ModelFileKind, IRunnableKind
{
    /// <inheritdoc/>
    public override string Name => "nabla";

    /// <inheritdoc/>
    public override string Description => "a model of Nabla (a folder, a run folder, or .nabla)";

    /// <inheritdoc/>
    public override bool Matches(string path) => Ends(path, ModelFolder.ArchiveExtension) || File.Exists(Path.Combine(path, "model.json"))
        || File.Exists(Path.Combine(path, "model", "model.json"));

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json)
    {
        string model = ModelPath.Find(path);
        if (ModelFolder.HoldsGraph(model))
        {
            GraphModelReport.Print(terminal, ModelFolder.OutlineGraph(model), json);
        }
        else
        {
            ModelReport.Print(terminal, ModelFolder.Outline(model), Name, json);
        }
    }

    /// <inheritdoc/>
    public RunnableModel Open(string path)
    {
        string model = ModelPath.Find(path);
        return ModelFolder.HoldsGraph(model) ? RunnableModel.Of(ModelFolder.LoadGraph(model)) : RunnableModel.Of(ModelFolder.Load(model));
    }
}
