using System.Text.Json.Nodes;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Layers that join values.</summary>
internal sealed partial class ChannelAnalysis
{
    private int[] ThroughResidual(Layer layer, JsonObject json, int[] input)
    {
        int[] learnt = Through(Child(layer, "body"), Part(json, "body"), input);
        int[] added = json["shortcut"] is JsonObject shortcut ? Through(Child(layer, "shortcut"), shortcut, input) : input;
        Sets.Unite(learnt, added);
        PinIfRows(layer, json, learnt);
        return learnt;
    }

    private int[] ThroughJoin(Join join, JsonObject json, int[] input)
    {
        JsonArray descriptions = Array(json, "branches");
        int[][] outputs = [.. join.Branches.Select((branch, index) => Through(branch, descriptions[index]!.AsObject(), input))];
        return join is Concatenated ? [.. outputs.SelectMany(output => output)] : United(outputs);
    }

    private int[] ThroughFunctional(Functional functional, JsonObject json, int[] input)
    {
        JsonArray descriptions = Array(json, "nodes");
        List<int[]> values = [input];
        List<Shape> shapes = [functional.InputShape!];
        for (int index = 0; index < functional.Nodes.Count; index++)
        {
            FunctionalNode node = functional.Nodes[index];
            values.Add(node.Layer is { } layer
                ? Through(layer, Part(descriptions[index]!.AsObject(), "layer"), values[node.Sources[0]])
                : Joined(node, shapes[node.Sources[0]].Rank, [.. node.Sources.Select(source => values[source])]));
            shapes.Add(node.OutputShape(shapes, functional.Label));
        }

        return values[^1];
    }

    private int[] Joined(FunctionalNode node, int rank, int[][] outputs) =>
        node.Kind == JoinKind.Concatenate && (node.Axis == -1 || node.Axis == rank) ? [.. outputs.SelectMany(output => output)] : United(outputs);

    private int[] United(int[][] outputs)
    {
        int[] longest = outputs.MaxBy(output => output.Length)!;
        foreach (int[] output in outputs)
        {
            if (output.Length == longest.Length)
            {
                Sets.Unite(longest, output);
            }
            else
            {
                Sets.Pin(output, "it is added to, or multiplied with, all channels of another value");
            }
        }

        return longest;
    }

    private int[] ThroughBidirectional(Layer layer, JsonObject json, int[] input)
    {
        int[] forward = Through(Child(layer, "forward"), Part(json, "forward"), input);
        int[] backward = Through(Child(layer, "backward"), Part(json, "backward"), input);
        return json["merge"]!.ToString() == nameof(BidirectionalMerge.Concatenate) ? [.. forward, .. backward] : United([forward, backward]);
    }

    // What stands between tables of vectors keeps their size; within, heads and units may go.
    private int[] ThroughTokens(Layer layer, JsonObject json, int[] input)
    {
        string reason = $"the vectors of {layer.Label} have one size throughout";
        foreach (string name in new[] { "embedding", "encoder", "decoder", "body" }.Where(name => json[name] is not null))
        {
            Layer part = Child(layer, name);
            int[] given = name == "embedding" || part.InputShape is null ? input : Pinned(part.InputShape, reason);
            Sets.Pin(Through(part, Part(json, name), given), reason);
        }

        return Pinned(layer.OutputShape(layer.InputShape!), reason);
    }
}
