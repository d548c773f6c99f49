using Nabla.Keras.Layers;
using Nabla.Keras.Weights;
using Nabla.Layers;

namespace Nabla.Keras.Writing;

/// <summary>A network as Keras layers that are called on each other: blocks are laid open, so that a row of layers or one graph remains.</summary>
internal sealed class KerasGraphWriter
{
    private readonly List<KerasOutput> outputs = [];
    private readonly List<string> problems = [];
    private readonly KerasNames names = new();
    private readonly Shape input;

    private KerasGraphWriter(Shape input) => this.input = input;

    /// <summary>The layers in the order in which Keras lists them, sources numbered by it, the last giving the output.</summary>
    /// <exception cref="ArgumentException">A layer is none that Keras has; the message names all of them.</exception>
    public static IReadOnlyList<KerasOutput> Write(Sequential network)
    {
        KerasGraphWriter writer = new(network.InputShape);
        int last = network.Layers.Aggregate(0, (source, layer) => writer.Emit(layer, source));
        return writer.problems.Count == 0
            ? Ordered(writer.outputs, last)
            : throw new ArgumentException($"The network cannot be written for Keras, which has no layers for {string.Join("; ", writer.problems.Distinct())}.");
    }

    /// <summary>Whether the layers stand in a row, each called on the one before alone.</summary>
    public static bool IsRow(IReadOnlyList<KerasOutput> outputs) => outputs.Select((output, index) => output.Sources is [int source] && source == index && !output.Attends).All(holds => holds);

    /// <summary>The layers as those of a Keras model that is read, for weights to be found.</summary>
    public static KerasNode[] Nodes(IEnumerable<KerasOutput> outputs) =>
    [
        .. outputs.Select(output => new KerasNode(output.Class.Name, output.Name)
        {
            Variables = output.Weighted ? KerasVariables.Of(output.Origin!) : [],
            Place = output.Origin?.Path ?? string.Empty,
        }),
    ];

    private int Emit(Layer layer, int source)
    {
        switch (layer)
        {
            case Chain chain:
                return chain.Layers.Aggregate(source, (place, inner) => Emit(inner, place));
            case Residual residual:
                return EmitResidual(residual, source);
            case Join join:
                return Joined(Classes[join.Kind], [.. join.Branches.Select(branch => Emit(branch, source))], layer.OutputShape(layer.InputShape!), -1);
            case Functional functional:
                return EmitGraph(functional, source);
            default:
                return EmitLayer(layer, source);
        }
    }

    private static readonly Dictionary<string, string> Classes = new()
    {
        [nameof(Concatenated)] = "Concatenate",
        [nameof(Added)] = "Add",
        [nameof(Multiplied)] = "Multiply",
        [nameof(Averaged)] = "Average",
    };

    private int EmitResidual(Residual residual, int source)
    {
        int body = Emit((Layer)residual.Children["body"], source);
        int shortcut = residual.Children.TryGetValue("shortcut", out Module? projection) ? Emit((Layer)projection, source) : source;
        Shape sample = residual.OutputShape(residual.InputShape!);
        int sum = Joined("Add", [body, shortcut], sample, -1);
        ActivationKind activation = Enum.Parse<ActivationKind>(residual.Describe()["activation"]!.GetValue<string>());
        return Try(residual, () => KerasLayerWriter.Activate(activation)).Aggregate(sum, (place, written) => Add(written, [place], residual, weighted: false, sample));
    }

    private int EmitGraph(Functional graph, int source)
    {
        List<int> places = [source];
        foreach (FunctionalNode node in graph.Nodes)
        {
            int[] sources = [.. node.Sources.Select(place => places[place])];
            places.Add(node.Layer is { } layer ? Emit(layer, sources[0]) : EmitJoin(node, sources));
        }

        return places[^1];
    }

    private int EmitJoin(FunctionalNode node, int[] sources)
    {
        Shape[] samples = [.. sources.Select(SampleOf)];
        return Joined(node.Kind.ToString(), sources, node.Kind.ShapeOf(node.Axis, samples)!, node.Axis);
    }

    private int EmitLayer(Layer layer, int source)
    {
        int place = source;
        bool weights = KerasVariables.Of(layer).Count > 0;
        foreach (KerasClass written in Try(layer, () => KerasLayerWriter.Write(layer)))
        {
            bool main = weights && written.Name is not ("ZeroPadding1D" or "ZeroPadding2D" or "Activation" or "LeakyReLU");
            place = Add(written, [place], layer, main, ShapeBehind(written, SampleOf(place)));
        }

        return place;
    }

    // What was written is read again, so that it means what it should.
    private static Shape ShapeBehind(KerasClass written, Shape sample)
    {
        KerasEntry entry = KerasEntry.Read(KerasLayerWriter.Entry(written, "written"));
        return LayerCatalogue.Create([KerasLayers.Read(entry, sample).Layer])[0].OutputShape(sample);
    }

    private KerasClass[] Try(Layer layer, Func<IEnumerable<KerasClass>> write)
    {
        if (layer is not Residual && !KerasLayerWriter.Knows(layer))
        {
            problems.Add(layer.Label);
            return [];
        }

        try
        {
            return [.. write()];
        }
        catch (ArgumentException error)
        {
            problems.Add($"{layer.Label} ({error.Message})");
            return [];
        }
    }

    private int Joined(string className, int[] sources, Shape sample, int axis) => Add(
        className == "Concatenate" ? KerasLayerWriter.Class(className, ("axis", axis)) : KerasLayerWriter.Class(className), sources, origin: null, weighted: false, sample);

    private int Add(KerasClass written, int[] sources, Layer? origin, bool weighted, Shape sample)
    {
        string wanted = origin?.Name is { } own && (weighted || KerasVariables.Of(origin).Count == 0) ? own : KerasNode.Snake(written.Name);
        outputs.Add(new KerasOutput(written, names.Of(wanted), sources, origin, weighted, sample));
        return outputs.Count;
    }

    private Shape SampleOf(int place) => place == 0 ? input : outputs[place - 1].Sample;

    // Keras numbers its groups of weights in the order of a model's layers: the farthest from the output first, among equals the one that is met first
    // on the way back from the output.
    private static List<KerasOutput> Ordered(List<KerasOutput> outputs, int last)
    {
        int[] depths = new int[outputs.Count + 1];
        for (int place = last; place > 0; place--)
        {
            foreach (int source in outputs[place - 1].Sources)
            {
                depths[source] = Math.Max(depths[source], depths[place] + 1);
            }
        }

        List<int> met = Met(outputs, last);
        int[] order = [.. met.OrderByDescending(place => depths[place]).ThenBy(met.IndexOf)];
        Dictionary<int, int> numbers = order.Select((place, index) => (place, Number: index + 1)).ToDictionary();
        numbers[0] = 0;
        return [.. order.Select(place => outputs[place - 1] with { Sources = [.. outputs[place - 1].Sources.Select(source => numbers[source])] })];
    }

    private static List<int> Met(List<KerasOutput> outputs, int last)
    {
        List<int> met = [];
        HashSet<int> seen = [];
        Stack<int> open = new([last]);
        while (open.TryPop(out int place))
        {
            if (place > 0 && seen.Add(place))
            {
                met.Add(place);
                foreach (int source in outputs[place - 1].Sources.Reverse())
                {
                    open.Push(source);
                }
            }
        }

        return met;
    }
}
