using Nabla.Cli.Commands;
using Nabla.Cli.Reports;
using Nabla.Formats;
using Nabla.HuggingFace;

namespace Nabla.Cli.Files;

/// <summary>Model folders of Hugging Face: <c>config.json</c> with weights beside it.</summary>
internal sealed class HuggingFaceKind : ModelFileKind, IModelImport
{
    /// <inheritdoc/>
    public override string Name => "huggingface";

    /// <inheritdoc/>
    public override string Description => "a model folder of Hugging Face (with config.json)";

    /// <inheritdoc/>
    public override bool Matches(string path) => File.Exists(Path.Combine(path, "config.json")) && !File.Exists(Path.Combine(path, "model.json"));

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json) => ModelReport.Print(terminal, AutoModel.Outline(path).ToSavedModel(), Name, json);

    /// <summary>Classifiers answer with probabilities, as models of Nabla do.</summary>
    /// <inheritdoc/>
    public ImportedModel Import(string path, ImportOptions options)
    {
        if (options.Architecture is not null || options.Map is not null)
        {
            throw new UsageException($"{path} says itself what its network is: --architecture and --map are for files of weights alone.");
        }

        PretrainedModel model = AutoModel.FromPretrained(path, new PretrainedOptions { Probabilities = true });
        SavedModel saved = model.ToSavedModel() with { Name = options.NameOf(path) };
        List<string> notes = [.. model.UnusedTensors.Select(name => $"'{name}' is not used")];
        if (model.Image is null)
        {
            notes.Add("how inputs are made stays with the caller");
        }

        return new ImportedNetwork(options.Labels is { } labels ? saved with { Labels = labels } : saved, notes);
    }
}
