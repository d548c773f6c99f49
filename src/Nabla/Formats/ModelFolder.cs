namespace Nabla.Formats;

/// <summary>
/// Reads and writes a model as a folder, or as the same folder zipped into one <c>.nabla</c> file: <c>model.json</c> says what it is,
/// <c>weights.safetensors</c> holds the numbers, <c>graph.json</c> the graphs of its <see cref="Layers.GraphLayer"/>s, if it has any, and
/// <c>statistics.json</c> what its training data was like, if that is known. Nothing in it is ever executed.
/// </summary>
/// <example>
/// <code>
/// ModelFolder.Save("digits.nabla", new SavedModel("digits", network) { Labels = labels });
/// SavedModel model = ModelFolder.Load("digits.nabla");
/// </code>
/// </example>
public static class ModelFolder
{
    /// <summary>The ending of a model in one file.</summary>
    public const string ArchiveExtension = ".nabla";

    internal const string DescriptionFile = "model.json";
    internal const string WeightsFile = "weights.safetensors";
    internal const string GraphFile = "graph.json";
    internal const string StatisticsFile = "statistics.json";
    private const int DescriptionLimit = 10_000_000;
    private const int GraphLimit = 100_000_000;
    private const int StatisticsLimit = 100_000_000;

    /// <summary>The files that each model has.</summary>
    internal static IReadOnlyList<string> Required { get; } = [DescriptionFile, WeightsFile];

    /// <summary>The files of a model; nothing else may be in its folder or archive.</summary>
    internal static IReadOnlyList<string> Files { get; } = [.. Required, GraphFile, StatisticsFile];

    /// <summary>Writes a model, as a whole or not at all.</summary>
    /// <param name="path">A folder, or a file whose name ends with <see cref="ArchiveExtension"/>; an older model there is replaced.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="ArgumentException">The parts of the model do not fit together.</exception>
    /// <exception cref="IOException">The place cannot be written, or is a folder that holds something else.</exception>
    public static void Save(string path, SavedModel model)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        ModelDescription description = ModelDescription.Of(model);
        ModelGraphs graphs = ModelGraphs.TakeFrom(description.Architecture);
        KeyValuePair<string, byte[]>[] texts =
        [
            new(DescriptionFile, description.ToJson()),
            .. graphs.IsEmpty ? [] : graphs.ToFile(GraphFile),
            .. model.Statistics is { } statistics ? [KeyValuePair.Create(StatisticsFile, statistics.ToJson())] : Array.Empty<KeyValuePair<string, byte[]>>(),
        ];
        KeyValuePair<string, Tensor>[] weights = [.. model.Network.NamedParameters.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value))];
        SafetensorsOptions options = new() { Floats = model.Floats };
        if (path.EndsWith(ArchiveExtension, StringComparison.OrdinalIgnoreCase))
        {
            ModelArchive.Write(path, texts, weights, options);
            return;
        }

        // The signature of a model that is replaced goes with it.
        AtomicFolder.Write(path, [.. Files, ModelSigning.SignatureFile], folder =>
        {
            Safetensors.Write(Path.Combine(folder, WeightsFile), weights, options);
            foreach ((string name, byte[] text) in texts)
            {
                AtomicFile.WriteBytes(Path.Combine(folder, name), text);
            }
        });
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">A folder or a <c>.nabla</c> file.</param>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="InvalidFileException">A file is not what this version writes, or the weights are not those of the network.</exception>
    public static SavedModel Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using IModelSource source = Open(path);
        (string name, ModelDescription description) = source.Read(DescriptionFile, ReadDescription);
        ModelGraphs graphs = source.Has(GraphFile) ? source.Read(GraphFile, ReadGraphs) : ModelGraphs.None;
        graphs.PutInto(description.Architecture, name);
        SafetensorsFile weights = source.Read(WeightsFile, Safetensors.Read);
        DataStatistics? statistics = source.Has(StatisticsFile) ? source.Read(StatisticsFile, ReadStatistics) : null;
        return Join(name, description, weights) with { Statistics = statistics };
    }

    /// <summary>What a model is called, without reading its weights.</summary>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="InvalidFileException">Its description is none.</exception>
    internal static string NameOf(string path)
    {
        using IModelSource source = Open(path);
        return source.Read(DescriptionFile, ReadDescription).Description.Name;
    }

    private static IModelSource Open(string path)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
        {
            throw new FileNotFoundException(
                $"{path}: no such file or folder. A model is a folder with {string.Join(" and ", Required)}, or the same as one {ArchiveExtension} file.", path);
        }

        return Directory.Exists(path) ? new ModelFiles(path) : new ModelArchive(path);
    }

    private static (string Name, ModelDescription Description) ReadDescription(FileInput input) =>
        (input.Name, ModelDescription.Parse(ReadText(input, DescriptionLimit), input.Name));

    private static ModelGraphs ReadGraphs(FileInput input) => ModelGraphs.Parse(ReadText(input, GraphLimit), input.Name);

    private static DataStatistics ReadStatistics(FileInput input) => DataStatistics.Parse(ReadText(input, StatisticsLimit), input.Name);

    private static byte[] ReadText(FileInput input, int limit) => input.Remaining <= limit
        ? input.Read(input.Remaining, "the description of a model")
        : throw input.Error($"expected at most {limit} bytes, got {input.Remaining}");

    // The layers take the tensors of the file, whose length bounds what is allocated, whatever sizes the description claims.
    private static SavedModel Join(string name, ModelDescription description, SafetensorsFile weights)
    {
        SavedModel model = description.ToModel(name, (tensor, type) => Find(weights, tensor, type));
        string[] parameters = [.. model.Network.NamedParameters.Select(pair => pair.Key)];
        return weights.Keys.Except(parameters).FirstOrDefault() is { } unknown
            ? throw Error(weights, $"expected the tensors {Names.List(parameters)}, got '{unknown}'")
            : model;
    }

    private static Tensor Find(SafetensorsFile weights, string name, TensorType expected)
    {
        Tensor? tensor = weights.GetValueOrDefault(name);
        string got = tensor is null ? "none" : $"{tensor.DataType.Label} {tensor.Shape}";
        return tensor?.Type == expected
            ? tensor
            : throw Error(weights, $"expected tensor '{name}' of {expected.DataType.Label} {expected.Shape}, got {got}");
    }

    private static InvalidFileException Error(SafetensorsFile weights, string problem) => new(weights.Path, FilePosition.None, problem);
}
