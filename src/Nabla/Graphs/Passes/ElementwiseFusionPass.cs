using Nabla.Ops.Elementwise;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Joins elementwise ops of one shape into one that walks over memory once. A group takes in the readers of its results until something outside
/// reads one of them: so the group can stand where its last member stood.
/// </summary>
internal static class ElementwiseFusionPass
{
    private const int MostSteps = 32;
    private const int MostInputs = 16;

    /// <summary>The same computation with fused chains.</summary>
    public static Graph FuseElementwise(this Graph graph)
    {
        Dictionary<Node, Group> groups = FindGroups(graph);
        HashSet<Value> read = new(graph.Kept, ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            read.UnionWith(node.Inputs.Where(input => input is not Result result || !groups.TryGetValue(result.Node, out Group? group) || group != groups.GetValueOrDefault(node)));
        }

        return Emit(graph, groups, read);
    }

    private static Dictionary<Node, Group> FindGroups(Graph graph)
    {
        Dictionary<Node, Group> groups = [];
        foreach (Node node in graph.Nodes)
        {
            Group? joined = IsFusable(node) ? Join(node, groups) : null;
            foreach (Value input in node.Inputs)
            {
                if (input is Result result && groups.TryGetValue(result.Node, out Group? source) && source != joined)
                {
                    source.IsOpen = false;
                }
            }
        }

        foreach (Node lonely in groups.Where(pair => pair.Value.Members.Count == 1).Select(pair => pair.Key).ToArray())
        {
            groups.Remove(lonely);
        }

        return groups;
    }

    private static bool IsFusable(Node node) => node.Results[0].Type.Shape.ElementCount > 1 && node.Op switch
    {
        Where => IsNumber(node.Results[0]),
        Cast => (IsBoolean(node.Inputs[0]) && IsNumber(node.Results[0])) || (IsNumber(node.Inputs[0]) && IsBoolean(node.Results[0])),
        IBooleanOp op => node.Inputs.All(op.ReadsBooleans ? IsBoolean : IsNumber),
        ElementwiseOp => IsNumber(node.Results[0]) && node.Inputs.All(input => input.Type.DataType == node.Results[0].Type.DataType),
        _ => false,
    };

    private static bool IsNumber(Value value) => value.Type.DataType.IsFloating;

    private static bool IsBoolean(Value value) => value.Type.DataType == DataType.Bool;

    // The type of the lanes that hold its operands and its result; null where booleans stand alone, which any lanes hold.
    private static DataType? LanesOf(Node node) => node.Inputs.Concat(node.Results).FirstOrDefault(IsNumber)?.Type.DataType;

    // The new member joins the groups of all that it reads into one, as far as they fit.
    private static Group Join(Node node, Dictionary<Node, Group> groups)
    {
        Group joined = new(node);
        groups[node] = joined;
        foreach (Group source in node.Inputs.OfType<Result>().Select(input => groups.GetValueOrDefault(input.Node)).OfType<Group>().Distinct().ToArray())
        {
            if (source.IsOpen && joined.TryTakeIn(source))
            {
                foreach (Node member in source.Members)
                {
                    groups[member] = joined;
                }
            }
        }

        return joined;
    }

    private static Graph Emit(Graph graph, Dictionary<Node, Group> groups, HashSet<Value> read)
    {
        GraphBuilder builder = new();
        Dictionary<Value, Value> moved = new(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            if (!groups.TryGetValue(node, out Group? group))
            {
                Move(node.Results, builder.Add(node.Op, [.. node.Inputs.Select(Moved)], [.. node.Results.Select(result => result.Type)]));
            }
            else if (group.Members[^1] == node)
            {
                Result[] outputs = [.. group.Members.SelectMany(member => member.Results).Where(read.Contains)];
                (Fused op, Value[] inputs) = group.Fuse(outputs);
                Move(outputs, builder.Add(op, [.. inputs.Select(Moved)], [.. outputs.Select(output => output.Type)]));
            }
        }

        return new Graph(graph.Arguments, builder.Nodes, [.. graph.Outputs.Select(Moved)], [.. graph.Writes.Select(write => write with { Value = Moved(write.Value) })]);

        Value Moved(Value value) => moved.GetValueOrDefault(value, value);

        void Move(IReadOnlyList<Result> from, IReadOnlyList<Result> to)
        {
            for (int index = 0; index < from.Count; index++)
            {
                moved[from[index]] = to[index];
            }
        }
    }

    private sealed class Group(Node first)
    {
        private readonly List<Node> members = [first];

        /// <summary>The members in the order of the graph: the one that took the others in is the last.</summary>
        public IReadOnlyList<Node> Members => members;

        private Shape Shape { get; } = first.Results[0].Type.Shape;

        private DataType? Lanes { get; set; } = LanesOf(first);

        /// <summary>Whether nothing outside reads its results so far.</summary>
        public bool IsOpen { get; set; } = true;

        public bool TryTakeIn(Group source)
        {
            Node[] all = [.. source.members, .. members];
            if (source.Shape != Shape || (source.Lanes ?? Lanes) != (Lanes ?? source.Lanes) || all.Length > MostSteps || InputsOf(all).Length > MostInputs)
            {
                return false;
            }

            Lanes ??= source.Lanes;
            members.InsertRange(0, source.members);
            return true;
        }

        public (Fused Op, Value[] Inputs) Fuse(Result[] outputs)
        {
            Value[] inputs = InputsOf(members);
            Dictionary<Value, int> numbers = new(ReferenceEqualityComparer.Instance);
            foreach (Value value in inputs.Concat(members.Select(member => member.Results[0])))
            {
                numbers[value] = numbers.Count;
            }

            FusedStep[] steps = [.. members.Select(member => new FusedStep(member.Op, [.. member.Inputs.Select(input => numbers[input])]))];
            return (new Fused(new TensorType(Lanes ?? DataType.Float32, Shape), steps, [.. outputs.Select(output => numbers[output] - inputs.Length)]), inputs);
        }

        private static Value[] InputsOf(IReadOnlyList<Node> nodes)
        {
            HashSet<Value> inner = new(nodes.SelectMany(node => node.Results), ReferenceEqualityComparer.Instance);
            return [.. nodes.SelectMany(node => node.Inputs).Where(input => !inner.Contains(input)).Distinct()];
        }
    }
}
