using Nabla.Cli.Files.Comparing;
using Nabla.Formats;

namespace Nabla.Cli.Files;

/// <summary>What was read, and what its user should know about how.</summary>
/// <param name="Notes">Each one line.</param>
internal abstract record ImportedModel(IReadOnlyList<string> Notes)
{
    /// <summary>Writes it as a model folder or a <c>.nabla</c> file.</summary>
    public abstract void Save(string path);

    /// <summary>Makes it ready to run.</summary>
    public abstract RunnableModel ToRunnable();
}

/// <summary>A model of one input and one output.</summary>
/// <param name="Model">The model.</param>
/// <param name="Notes">Each one line.</param>
internal sealed record ImportedNetwork(SavedModel Model, IReadOnlyList<string> Notes) : ImportedModel(Notes)
{
    /// <inheritdoc/>
    public override void Save(string path) => ModelFolder.Save(path, Model);

    /// <inheritdoc/>
    public override RunnableModel ToRunnable() => RunnableModel.Of(Model);
}

/// <summary>A model of several inputs or outputs.</summary>
/// <param name="Graph">The model.</param>
/// <param name="Notes">Each one line.</param>
internal sealed record ImportedGraph(SavedGraph Graph, IReadOnlyList<string> Notes) : ImportedModel(Notes)
{
    /// <inheritdoc/>
    public override void Save(string path) => ModelFolder.Save(path, Graph);

    /// <inheritdoc/>
    public override RunnableModel ToRunnable() => RunnableModel.Of(Graph);
}
