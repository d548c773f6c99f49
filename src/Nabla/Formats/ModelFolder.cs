using System.Text.Json;
using Nabla.Layers;

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
        Write(path, texts, model.Network, model.Floats);
    }

    /// <summary>Writes a model of several inputs or outputs, as a whole or not at all.</summary>
    /// <param name="path">A folder, or a file whose name ends with <see cref="ArchiveExtension"/>; an older model there is replaced.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="IOException">The place cannot be written, or is a folder that holds something else.</exception>
    public static void Save(string path, SavedGraph model)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        ModelGraphs graphs = ModelGraphs.Of(model.Network.Program.Description);
        Write(path, [new(DescriptionFile, GraphModelDescription.Of(model).ToJson()), .. graphs.ToFile(GraphFile)], model.Network, floats: null);
    }

    /// <summary>Reads a model.</summary>
    /// <param name="path">A folder or a <c>.nabla</c> file.</param>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="InvalidFileException">
    /// A file is not what this version writes, or the weights are not those of the network; or the model has several inputs or outputs, see
    /// <see cref="LoadGraph"/>.
    /// </exception>
    public static SavedModel Load(string path) => ReadModel(path, outlines: null);

    /// <summary>
    /// Reads what a model is without the values of its weights: of the weights the header alone is read and checked, and parameters of one size share zeros,
    /// so that a model can be looked at which does not fit into memory.
    /// </summary>
    /// <inheritdoc cref="Load(string)"/>
    public static SavedModel Outline(string path) => ReadModel(path, new TensorOutlines());

    /// <summary>Reads a model of several inputs or outputs.</summary>
    /// <param name="path">A folder or a <c>.nabla</c> file.</param>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="InvalidFileException">
    /// A file is not what this version writes, or the weights are not those of the graph; or the model has layers, see <see cref="Load"/>.
    /// </exception>
    public static SavedGraph LoadGraph(string path) => ReadGraphModel(path, outlines: null);

    /// <summary>Reads what a model of several inputs or outputs is without the values of its weights, as <see cref="Outline"/> does.</summary>
    /// <inheritdoc cref="LoadGraph(string)"/>
    public static SavedGraph OutlineGraph(string path) => ReadGraphModel(path, new TensorOutlines());

    /// <summary>Whether a model has several inputs or outputs, for <see cref="LoadGraph"/>; its weights are not read.</summary>
    /// <param name="path">A folder or a <c>.nabla</c> file.</param>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="InvalidFileException">Its description is none.</exception>
    public static bool HoldsGraph(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using IModelSource source = Open(path);
        return HoldsGraph(source);
    }

    /// <summary>What a model is called, without reading its weights.</summary>
    /// <exception cref="FileNotFoundException">There is no model.</exception>
    /// <exception cref="InvalidFileException">Its description is none.</exception>
    internal static string NameOf(string path)
    {
        using IModelSource source = Open(path);
        return HoldsGraph(source)
            ? source.Read(DescriptionFile, input => GraphModelDescription.Parse(ReadText(input, DescriptionLimit), input.Name)).Name
            : source.Read(DescriptionFile, ReadDescription).Description.Name;
    }

    private static SavedModel ReadModel(string path, TensorOutlines? outlines)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using IModelSource source = Open(path);
        if (HoldsGraph(source))
        {
            throw new InvalidFileException(
                path, FilePosition.None,
                "expected a model of one input and one output, got a graph of several: it can be inspected, compared, exported and served, and ModelFolder.LoadGraph reads it");
        }

        (string name, ModelDescription description) = source.Read(DescriptionFile, ReadDescription);
        ModelGraphs graphs = source.Has(GraphFile) ? source.Read(GraphFile, ReadGraphs) : ModelGraphs.None;
        graphs.PutInto(description.Architecture, name);
        SafetensorsFile weights = ReadWeights(source, outlines);
        SavedModel model = description.ToModel(name, (tensor, type) => Find(weights, tensor, type));
        RequireNoOthers(weights, model.Network);
        return source.Has(StatisticsFile) ? model with { Statistics = source.Read(StatisticsFile, ReadStatistics) } : model;
    }

    private static SavedGraph ReadGraphModel(string path, TensorOutlines? outlines)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using IModelSource source = Open(path);
        (string name, byte[] json) = source.Read(DescriptionFile, ReadDescriptionText);
        GraphModelDescription description = GraphModelDescription.Parse(json, name);
        (string graphs, ModelGraphs graph) = source.Read(GraphFile, input => (input.Name, ReadGraphs(input)));
        SafetensorsFile weights = ReadWeights(source, outlines);
        SavedGraph model = description.ToModel(name, graph.Single(graphs), (tensor, type) => Find(weights, tensor, type));
        RequireNoOthers(weights, model.Network);
        return model;
    }

    private static void Write(string path, KeyValuePair<string, byte[]>[] texts, Module network, StoredType? floats)
    {
        (IReadOnlyList<KeyValuePair<string, Tensor>> weights, IReadOnlyDictionary<string, string> metadata) =
            SparseWeights.Pack(network.NamedParameters.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value)));
        SafetensorsOptions options = new() { Floats = floats, Metadata = metadata };
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

    private static (string Name, byte[] Json) ReadDescriptionText(FileInput input) => (input.Name, ReadText(input, DescriptionLimit));

    private static bool HoldsGraph(IModelSource source)
    {
        (string name, byte[] json) = source.Read(DescriptionFile, ReadDescriptionText);
        ModelDescription.RequireSchema(json, name);
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.TryGetProperty(GraphModelDescription.Mark, out _);
    }

    private static ModelGraphs ReadGraphs(FileInput input) => ModelGraphs.Parse(ReadText(input, GraphLimit), input.Name);

    private static DataStatistics ReadStatistics(FileInput input) => DataStatistics.Parse(ReadText(input, StatisticsLimit), input.Name);

    private static SafetensorsFile ReadWeights(IModelSource source, TensorOutlines? outlines) => outlines is null
        ? SparseWeights.Unpack(source.Read(WeightsFile, Safetensors.Read))
        : SparseWeights.Unpack(source.Read(WeightsFile, input => Safetensors.Outline(input, outlines)), outlines);

    private static byte[] ReadText(FileInput input, int limit) => input.Remaining <= limit
        ? input.Read(input.Remaining, "the description of a model")
        : throw input.Error($"expected at most {limit} bytes, got {input.Remaining}");

    private static void RequireNoOthers(SafetensorsFile weights, Module network)
    {
        string[] parameters = [.. network.NamedParameters.Select(pair => pair.Key)];
        if (weights.Keys.Except(parameters).FirstOrDefault() is { } unknown)
        {
            throw Error(weights, $"expected the tensors {Names.List(parameters)}, got '{unknown}'");
        }
    }

    // Parameters take the tensors of the file, whose length bounds what is allocated, whatever sizes the description claims.
    private static Tensor Find(SafetensorsFile weights, string name, TensorType expected)
    {
        Tensor? tensor = weights.GetValueOrDefault(name);
        string got = tensor is null ? "none" : $"{tensor.DataType.Label} {tensor.Shape}";
        return tensor is not null && (tensor.Type == expected || IsDouble(weights, tensor, expected))
            ? tensor
            : throw Error(weights, $"expected tensor '{name}' of {expected.DataType.Label} {expected.Shape}, got {got}");
    }

    // A network of float64 has the same description as one of float32; all of its weights are of that type.
    private static bool IsDouble(SafetensorsFile weights, Tensor tensor, TensorType expected) =>
        expected.DataType == DataType.Float32 && tensor.Type == expected with { DataType = DataType.Float64 }
        && weights.Values.All(weight => weight.DataType != DataType.Float32);

    private static InvalidFileException Error(SafetensorsFile weights, string problem) => new(weights.Path, FilePosition.None, problem);
}
