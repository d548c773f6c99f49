using System.Text.Json.Nodes;
using Nabla.Graphs;
using Nabla.Graphs.Json;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>The graphs of layers that are none of Nabla's own, such as those of imported models: what is within becomes smaller, what goes in and out stays.</summary>
internal sealed partial class ChannelAnalysis
{
    private const int SomeBatch = 2;

    private int[] ThroughGraph(GraphLayer layer, JsonObject json, int[] input)
    {
        Sets.Pin(input, $"{layer.Label} behind it takes a fixed number");
        GraphProgram program = layer.Program;
        Graph graph = program.At(program.SizesOf([layer.BatchSize ?? SomeBatch, .. layer.InputShape!])!);
        GraphChannels channels = new(Sets, layer.Label);
        channels.Follow(graph, program.Inputs.Count);
        JsonObject description = Part(json, "graph");
        for (int index = 0; index < program.Parameters.Count; index++)
        {
            NoteParameter(layer, Array(description, "parameters")[index]!.AsObject(), channels, graph.Arguments[program.Inputs.Count + index]);
        }

        NoteAttributes(graph, description, channels);
        return Pinned(layer.OutputShape(layer.InputShape!), $"{layer.Label} gives a fixed number");
    }

    private void NoteParameter(GraphLayer layer, JsonObject parameter, GraphChannels channels, Argument argument)
    {
        JsonArray shape = Array(parameter, "shape");
        string name = $"{layer.Path}.{argument.Name}";
        int[]?[] found = channels.Of(argument);
        for (int axis = 0; axis < found.Length; axis++)
        {
            if (found[axis] is { } along)
            {
                int place = axis;
                (string Op, int[] Channels)[] makes = [.. channels.Made.Where(made => ReferenceEquals(made.Channels, along))];
                axes.Add(new ChannelAxis(name, axis, along, makes.Length > 0 ? ChannelRole.Makes : channels.Read.Contains(along) ? ChannelRole.Reads : ChannelRole.Follows));
                extents.Add((along, count => shape[place] = count));
                sizes.AddRange(makes.Take(1).Select(made => new ChannelSize(name, made.Op, "channels", along, _ => { })));
            }
        }
    }

    // Single numbers stand among the nodes of a description, and are none of a graph.
    private void NoteAttributes(Graph graph, JsonObject description, GraphChannels channels)
    {
        JsonObject[] nodes = [.. Array(description, "nodes").Select(node => node!.AsObject()).Where(node => node["op"]!.ToString() != ScalarNode.Op)];
        Dictionary<Node, JsonObject> described = graph.Nodes.Zip(nodes).ToDictionary(pair => pair.First, pair => pair.Second);
        foreach ((Node node, string attribute, int? place, int[] along) in channels.Attributes)
        {
            JsonObject json = described[node];
            extents.Add((along, place is { } index ? count => json[attribute]![index] = count : count => json[attribute] = count));
        }
    }
}
