using Nabla.Cli.Commands;
using Nabla.Cli.Reports;
using Nabla.Formats;

namespace Nabla.Cli.Files.Weights;

/// <summary>A format that holds tensors by name and nothing of what is computed with them.</summary>
internal abstract class WeightFileKind : ModelFileKind, IModelImport
{
    /// <summary>The tensors by name, in the order of the file.</summary>
    /// <exception cref="InvalidFileException">The file is not what it should be.</exception>
    public abstract IReadOnlyDictionary<string, Tensor> Read(string path);

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json)
    {
        RequireFile(path);
        TensorReport.Print(terminal, path, Name, List(path), json);
    }

    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        SavedModel model = options.Architecture ?? throw new UsageException(
            $"{path} holds weights alone: say what they are the weights of by --architecture MODEL.");
        RequireFile(path);
        IReadOnlyList<string> notes = new WeightImport(path, model.Network, options).Apply(Read(path));
        SavedModel named = model with { Name = options.NameOf(path), Labels = options.Labels ?? model.Labels, Training = null };
        return new ImportedNetwork(named, notes);
    }

    /// <summary>What the file holds, in its order; formats whose headers say it read no more.</summary>
    /// <exception cref="InvalidFileException">The file is not what it should be.</exception>
    protected virtual IReadOnlyList<TensorRow> List(string path) => TensorRow.Of(Read(path));
}
