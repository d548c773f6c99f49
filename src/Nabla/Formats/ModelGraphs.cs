using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Data;
using Nabla.Graphs.Json;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>
/// The graphs of a model's <see cref="GraphLayer"/>s, which stand in <c>graph.json</c> by names; <c>model.json</c> has the name in the place of the graph.
/// </summary>
internal sealed class ModelGraphs
{
    private const int CurrentSchema = 1;
    private const string Field = "graph";

    private readonly OrderedDictionary<string, GraphDescription> graphs;

    private ModelGraphs(OrderedDictionary<string, GraphDescription> graphs) => this.graphs = graphs;

    /// <summary>No graphs.</summary>
    public static ModelGraphs None { get; } = new([]);

    /// <summary>The one graph of a model that is nothing else.</summary>
    public static ModelGraphs Of(GraphDescription graph) => new(new OrderedDictionary<string, GraphDescription> { [$"{Field}0"] = graph });

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => graphs.Count == 0;

    /// <summary>Takes the graphs out of a description, and leaves names.</summary>
    public static ModelGraphs TakeFrom(ArchitectureDescription architecture)
    {
        OrderedDictionary<string, GraphDescription> graphs = [];
        foreach (JsonObject layer in architecture.Layers.SelectMany(LayersWithin).ToArray())
        {
            string name = $"graph{graphs.Count}";
            graphs.Add(name, layer[Field]!.Deserialize(GraphJson.Readable.GraphDescription)!);
            layer[Field] = name;
        }

        return new ModelGraphs(graphs);
    }

    /// <summary>Reads graphs, and checks each.</summary>
    /// <exception cref="InvalidFileException">The file is none of graphs; the message names the line, or the graph and the node.</exception>
    public static ModelGraphs Parse(byte[] json, string path)
    {
        Utf8Text.Require(json, path);
        GraphFile file;
        try
        {
            file = JsonSerializer.Deserialize(json, GraphJson.Readable.GraphFile)!;
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error, $"graphs of schema {CurrentSchema}");
        }

        if (file?.Schema != CurrentSchema)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected graphs of schema {CurrentSchema}, got {file?.Schema}: a newer version of Nabla may read them");
        }

        foreach ((string name, GraphDescription graph) in file.Graphs)
        {
            Require(path, name, graph);
        }

        return new ModelGraphs(new(file.Graphs));
    }

    /// <summary>The content of the file.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> ToFile(string name) =>
        [new(name, [.. JsonSerializer.SerializeToUtf8Bytes(new GraphFile(CurrentSchema, graphs), GraphJson.Readable.GraphFile), (byte)'\n'])];

    /// <summary>The only graph.</summary>
    /// <exception cref="InvalidFileException">There are more or none.</exception>
    public GraphDescription Single(string path) => graphs.Count == 1
        ? graphs.GetAt(0).Value
        : throw new InvalidFileException(path, FilePosition.None, $"expected one graph in {ModelFolder.GraphFile}, got {graphs.Count}");

    /// <summary>Puts the graphs into a description in the place of their names.</summary>
    /// <param name="architecture">The description.</param>
    /// <param name="path">What errors call it.</param>
    /// <exception cref="InvalidFileException">There are other graphs than the layers name.</exception>
    public void PutInto(ArchitectureDescription architecture, string path)
    {
        HashSet<string> left = [.. graphs.Keys];
        foreach (JsonObject layer in architecture.Layers.SelectMany(LayersWithin).ToArray())
        {
            string? name = layer[Field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.ToString() : null;
            if (name is null || !left.Remove(name))
            {
                throw new InvalidFileException(path, FilePosition.None, $"expected '{Field}' of each GraphLayer to be one of {Names.List(graphs.Keys)} in {ModelFolder.GraphFile}, each once, got {name ?? "none"}");
            }

            layer[Field] = JsonSerializer.SerializeToNode(graphs[name], GraphJson.Readable.GraphDescription);
        }

        if (left.Count > 0)
        {
            throw new InvalidFileException(path, FilePosition.None, $"expected a GraphLayer for each graph in {ModelFolder.GraphFile}, got none for {Names.List(left)}");
        }
    }

    private static void Require(string path, string name, GraphDescription graph)
    {
        try
        {
            _ = new GraphProgram(graph ?? throw new JsonException("expected a graph, got null"));
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, FilePosition.None, $"graph '{name}': {error.Message.TrimEnd('.')}", error);
        }
    }

    // Those of layers within layers too; what stands in a graph is no layer.
    private static IEnumerable<JsonObject> LayersWithin(JsonNode? node) => node switch
    {
        JsonObject layer when layer["kind"]?.ToString() == nameof(GraphLayer) => [layer],
        JsonObject json => json.Select(pair => pair.Value).SelectMany(LayersWithin),
        JsonArray array => array.SelectMany(LayersWithin),
        _ => [],
    };
}
