using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Keras.Hdf5;
using Nabla.Keras.Layers;
using Nabla.Keras.Weights;
using Nabla.Keras.Writing;
using Nabla.Layers;

namespace Nabla.Keras;

/// <summary>
/// Reads models of Keras: <c>.keras</c> archives of version 3, and HDF5 files of Keras 2 with the whole model or with weights alone; and writes archives.
/// Layers come from a closed table: nothing in a file is ever executed, and what is not there is refused by name.
/// </summary>
/// <example>
/// <code>
/// SavedModel model = KerasFile.Load("classifier.keras");
/// ModelFolder.Save("classifier.nabla", model);
/// </code>
/// </example>
public static class KerasFile
{
    private const string ModelConfig = "model_config";
    private const string ModelWeights = "model_weights";
    private const long LargestConfig = 1L << 26;

    /// <summary>Reads a model with its weights, all of them as float32.</summary>
    /// <param name="path">A <c>.keras</c> archive or an HDF5 file with the whole model.</param>
    /// <param name="inputShape">The shape of one input, without the batch, where the file leaves a size open; null to take the file's.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">
    /// The file is corrupt, or has layers or options that are not there; the message names all such layers with their names.
    /// </exception>
    public static SavedModel Load(string path, Shape? inputShape = null) => Read(path, inputShape, outlines: null);

    /// <summary>
    /// Reads what a model is without the values of its weights: data sets are found and their sizes checked, but not read, and parameters of one size share
    /// zeros.
    /// </summary>
    /// <inheritdoc cref="Load(string, Shape?)"/>
    public static SavedModel Outline(string path, Shape? inputShape = null) => Read(path, inputShape, new TensorOutlines());

    /// <summary>Whether a file holds a whole model, not weights alone.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">The file is no file of Keras.</exception>
    public static bool HoldsModel(string path)
    {
        using FileStream file = Open(path);
        return IsArchive(file) || Hdf5File.Open(file, path).Attributes.Text(ModelConfig) is not null;
    }

    /// <summary>All floating-point data of a file as float32, by the names of the groups that it is in, with slashes between; that of an optimizer too.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">The file is corrupt.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadTensors(string path)
    {
        using FileStream file = Open(path);
        using Stream weights = WeightsOf(file, path);
        return new OrderedDictionary<string, Tensor>(
            FloatingDatasets(Hdf5File.Open(weights, path)).Select(dataset => KeyValuePair.Create(dataset.Description.Name, dataset.Read())));
    }

    /// <summary>What <see cref="ReadTensors"/> would read, with the types that the file has; no data is read.</summary>
    /// <inheritdoc cref="ReadTensors"/>
    public static IReadOnlyList<StoredTensor> List(string path)
    {
        using FileStream file = Open(path);
        using Stream weights = WeightsOf(file, path);
        return [.. FloatingDatasets(Hdf5File.Open(weights, path)).Select(dataset => dataset.Description)];
    }

    /// <summary>Takes over the weights of a file that holds nothing else, <c>.weights.h5</c> of Keras 3 or <c>.h5</c> of Keras 2; all or none.</summary>
    /// <param name="path">The file; one with a whole model will do too.</param>
    /// <param name="network">A network of the layers that the weights are of, in the same order.</param>
    /// <exception cref="ArgumentException">The network has layers that Keras does not have.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">The file is corrupt, or holds the weights of other layers.</exception>
    public static void LoadWeights(string path, Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        KerasNode[] nodes = KerasGraphWriter.Nodes(KerasGraphWriter.Write(network));
        using FileStream file = Open(path);
        using Stream weights = WeightsOf(file, path);
        network.Load(Guard(path, () =>
        {
            Find(Hdf5File.Open(weights, path), nodes, path);
            KerasParameters parameters = new(nodes);
            return network.NamedParameters.ToDictionary(pair => pair.Key, pair => parameters.Get(pair.Key, pair.Value.Type));
        }));
    }

    /// <summary>Writes a model as a <c>.keras</c> archive that Keras 3 reads: a Sequential model where layers stand in a row, else a Functional one.</summary>
    /// <param name="path">A path that ends with <c>.keras</c>, as Keras demands; the file is replaced as a whole or not at all.</param>
    /// <param name="model">The model. Its labels and its preprocessing have no place in such a file.</param>
    /// <exception cref="ArgumentException">The path ends otherwise, or the network has layers that Keras does not have; the message names all of them.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(string path, SavedModel model)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        if (!path.EndsWith(".keras", StringComparison.Ordinal))
        {
            throw new ArgumentException($"{path}: expected a path that ends with .keras.", nameof(path));
        }

        IReadOnlyList<KerasOutput> outputs = KerasGraphWriter.Write(model.Network);
        JsonObject config = KerasConfigWriter.Write(model.Name, model.Network, outputs);
        KerasArchive.Write(path, config.ToJsonString(), KerasWeightWriter.Write(outputs, KerasGraphWriter.IsRow(outputs)).Write);
    }

    private static SavedModel Read(string path, Shape? inputShape, TensorOutlines? outlines)
    {
        using FileStream file = Open(path);
        bool archive = IsArchive(file);
        using Stream weights = WeightsOf(file, path);
        return Guard(path, () =>
        {
            Hdf5Group root = Hdf5File.Open(weights, path);
            KerasArchitecture architecture = KerasModelReader.Read(ConfigOf(archive ? file : null, root, path), inputShape);
            Find(root, architecture.Nodes, path);
            KerasParameters parameters = new(architecture.Nodes, outlines);
            Sequential network = new(architecture.Input, seed: 0, LayerCatalogue.Create(architecture.Layers, parameters.Get));
            Freeze(network, architecture.Nodes);
            return new SavedModel(architecture.Name, network);
        });
    }

    private static IEnumerable<Hdf5Dataset> FloatingDatasets(Hdf5Group group)
    {
        foreach (string name in group.Names)
        {
            if (group.Dataset(name) is { } dataset)
            {
                if (dataset.IsFloating)
                {
                    yield return dataset;
                }
            }
            else if (group.Group(name) is { } inner)
            {
                foreach (Hdf5Dataset deeper in FloatingDatasets(inner))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static Stream WeightsOf(FileStream file, string path) =>
        IsArchive(file) ? new MemoryStream(KerasArchive.Read(file, path, KerasArchive.WeightsEntry, Array.MaxLength), writable: false) : file;

    private static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(path) ? File.OpenRead(path) : throw new FileNotFoundException($"{path}: no such file.", path);
    }

    private static bool IsArchive(Stream file)
    {
        Span<byte> first = stackalloc byte[4];
        int count = file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        file.Position = 0;
        return KerasArchive.Begins(first[..count]);
    }

    // The configuration of an archive is an entry of it, that of an HDF5 file an attribute.
    private static JsonNode? ConfigOf(Stream? archive, Hdf5Group root, string path)
    {
        byte[] json = archive is not null
            ? KerasArchive.Read(archive, path, KerasArchive.ConfigEntry, LargestConfig)
            : System.Text.Encoding.UTF8.GetBytes(root.Attributes.Text(ModelConfig) ?? throw new InvalidFileException(
                path, FilePosition.None, $"expected the attribute '{ModelConfig}' of a whole model, got weights alone: load them into a network"));
        Utf8Text.Require(json, path);
        return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 128 });
    }

    private static void Find(Hdf5Group root, IReadOnlyList<KerasNode> nodes, string path)
    {
        Hdf5Group group = root.Group(ModelWeights) ?? root;
        if (LegacyWeights.IsIn(group))
        {
            LegacyWeights.Find(group, nodes);
        }
        else if (ArchiveWeights.Container(root) is { } container)
        {
            ArchiveWeights.Find(container, nodes);
        }
        else if (nodes.Any(node => node.HasWeights))
        {
            throw new InvalidFileException(path, FilePosition.None, "expected the weights of a Keras model in groups 'layers' or by the attribute 'layer_names', got neither");
        }
    }

    private static void Freeze(Sequential network, IReadOnlyList<KerasNode> nodes)
    {
        foreach (KerasNode node in nodes.SelectMany(node => node.All()).Where(node => !node.Trainable))
        {
            Module? module = node.Place.Split('.').Aggregate((Module?)network, (outer, name) => outer?.Children.GetValueOrDefault(name));
            module?.Freeze();
        }
    }

    // What is wrong with the parts of a file is wrong with the file.
    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (KerasException error)
        {
            throw new InvalidFileException(path, FilePosition.None, error.Message, error);
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, error.LineNumber is { } line ? FilePosition.Line(line + 1) : FilePosition.None, error.Message.TrimEnd('.'), error);
        }
        catch (Exception error) when (error is ArgumentException or OverflowException or InvalidOperationException)
        {
            throw new InvalidFileException(path, FilePosition.None, error.Message.TrimEnd('.'), error);
        }
    }
}
