using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Export;

/// <summary>Drops nodes that nobody reads, and outputs of others that nobody does.</summary>
internal static class UsedNodes
{
    /// <summary>The nodes that outputs need, in order.</summary>
    public static List<NodeProto> Of(IReadOnlyList<NodeProto> nodes, IEnumerable<string> outputs)
    {
        HashSet<string> needed = [.. outputs];
        List<NodeProto> used = [];
        foreach (NodeProto node in nodes.Reverse().Where(node => node.Output.Any(needed.Contains)))
        {
            foreach (GraphProto inner in Inner(node))
            {
                Reduce(inner);
            }

            DropOutputs(node, needed);
            needed.UnionWith(Names(node));
            used.Add(node);
        }

        used.Reverse();
        return used;
    }

    /// <summary>All names that a node reads, those within its graphs too.</summary>
    public static IEnumerable<string> Names(NodeProto node) =>
        node.Input.Concat(Inner(node).SelectMany(graph => graph.Node.SelectMany(Names).Concat(graph.Output.Select(output => output.Name))));

    /// <summary>Gives a value another name wherever it is made or read.</summary>
    public static void Rename(IEnumerable<NodeProto> nodes, string from, string to)
    {
        foreach (NodeProto node in nodes)
        {
            Rename(node.Input, from, to);
            Rename(node.Output, from, to);
            foreach (GraphProto inner in Inner(node))
            {
                Rename(inner.Node, from, to);
            }
        }
    }

    private static void Rename(Google.Protobuf.Collections.RepeatedField<string> names, string from, string to)
    {
        for (int index = 0; index < names.Count; index++)
        {
            names[index] = names[index] == from ? to : names[index];
        }
    }

    private static IEnumerable<GraphProto> Inner(NodeProto node) => node.Attribute.Where(attribute => attribute.G is not null).Select(attribute => attribute.G);

    private static void Reduce(GraphProto graph)
    {
        List<NodeProto> used = Of([.. graph.Node], graph.Output.Select(output => output.Name));
        graph.Node.Clear();
        graph.Node.AddRange(used);
    }

    // An output that nobody reads has no name; those at the end are left out. The outputs of a scan are those of its step.
    private static void DropOutputs(NodeProto node, HashSet<string> needed)
    {
        if (node.Output.Count == 1 || Inner(node).Any())
        {
            return;
        }

        string[] names = [.. node.Output.Select(name => needed.Contains(name) ? name : "")];
        node.Output.Clear();
        node.Output.AddRange(names.Reverse().SkipWhile(name => name.Length == 0).Reverse());
    }
}
