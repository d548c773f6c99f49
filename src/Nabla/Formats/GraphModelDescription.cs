using System.Text.Json;
using Nabla.Graphs;
using Nabla.Graphs.Json;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>What stands in <c>model.json</c> of a <see cref="SavedGraph"/>: <c>outputs</c> tell it from other models.</summary>
internal sealed record GraphModelDescription
{
    /// <summary>The field that other models do not have.</summary>
    public const string Mark = "outputs";

    public required int Schema { get; init; }

    public required string Name { get; init; }

    /// <summary>The names, types and sizes of what the graph gives, in order; what goes in stands in the graph.</summary>
    public required IReadOnlyList<ValueDescription> Outputs { get; init; }

    public string? Licence { get; init; }

    /// <summary>What is to be written about a model.</summary>
    public static GraphModelDescription Of(SavedGraph model) => new()
    {
        Schema = ModelDescription.CurrentSchema,
        Name = model.Name,
        Outputs = [.. model.Network.Outputs.Select(output => new ValueDescription(output.Name, output.Type.Label, output.Shape))],
        Licence = model.Licence,
    };

    /// <summary>Reads a description.</summary>
    /// <exception cref="InvalidFileException">It is none; the message names the line or the field.</exception>
    public static GraphModelDescription Parse(byte[] json, string path)
    {
        ModelDescription.RequireSchema(json, path);
        try
        {
            return JsonSerializer.Deserialize(json, ModelJson.Readable.GraphModelDescription)!;
        }
        catch (JsonException error)
        {
            throw ModelJson.Error(path, error);
        }
    }

    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ModelJson.Readable.GraphModelDescription), (byte)'\n'];

    /// <summary>The model.</summary>
    /// <param name="path">What errors call the description.</param>
    /// <param name="graph">What it computes.</param>
    /// <param name="weights">The tensor of a name and type, or an error.</param>
    /// <exception cref="InvalidFileException">The parts do not fit together.</exception>
    public SavedGraph ToModel(string path, GraphDescription graph, Func<string, TensorType, Tensor> weights)
    {
        try
        {
            RequireOutputs(graph);
            return new SavedGraph(Name, new GraphNetwork(new GraphProgram(graph), [.. Outputs.Select(Output)], weights)) { Licence = Licence };
        }
        catch (Exception error) when (error is JsonException or ArgumentException or OverflowException)
        {
            string problem = error is OverflowException ? "expected sizes that fit into memory, got larger ones" : error.Message.TrimEnd('.');
            throw new InvalidFileException(path, FilePosition.None, problem, error);
        }
    }

    private static GraphOutput Output(ValueDescription output) => DataTypes.Named(output.Type) is { } type
        ? new GraphOutput(output.Name, type, output.Shape)
        : throw new JsonException($"expected a type of '{output.Name}' such as float32, got '{output.Type}'");

    private void RequireOutputs(GraphDescription graph)
    {
        HashSet<string> open = [.. graph.Free.Select(free => free.Name)];
        if (Outputs.Contains(null!) || Outputs.SelectMany(output => output.Shape).SelectMany(size => size.Names).FirstOrDefault(name => !open.Contains(name)) is not null)
        {
            throw new JsonException($"expected outputs whose sizes are made of {Names.List(open)}");
        }
    }
}
