using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Keras.Weights;
using Nabla.Layers;

namespace Nabla.Keras.Layers;

/// <summary>A Keras model as Nabla's model files describe it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Input">The shape of one input, without the batch.</param>
/// <param name="Layers">The layers of a <see cref="Sequential"/>, each with its kind and attributes.</param>
/// <param name="Nodes">The layers of the Keras model.</param>
internal sealed record KerasArchitecture(string Name, Shape Input, IReadOnlyList<JsonObject> Layers, IReadOnlyList<KerasNode> Nodes);

/// <summary>Reads configurations of Sequential and Functional models; what is not there is gathered, so that all of it is named at once.</summary>
internal sealed class KerasModelReader
{
    private const int Deepest = 8;
    private const int MostLayers = 10_000;

    private readonly List<string> problems = [];
    private int count;

    /// <summary>Reads a model.</summary>
    /// <param name="config">Its configuration, with class and options.</param>
    /// <param name="given">The shape of one input where the configuration leaves it open, without the batch; null for none.</param>
    /// <exception cref="KerasException">It cannot be taken over; the message lists why.</exception>
    public static KerasArchitecture Read(JsonNode? config, Shape? given)
    {
        try
        {
            KerasModel model = new KerasModelReader().ReadAll(KerasEntry.Read(config), given);
            Place(model.Nodes, model.Prefix is { } prefix ? $"{prefix}." : string.Empty);
            return new KerasArchitecture(model.Name, model.Input, model.Layers, model.Nodes);
        }
        catch (KerasException error)
        {
            throw new KerasException($"expected a Keras model of layers that are there, got {error.Message}");
        }
    }

    /// <summary>Whether a class is that of a model.</summary>
    public static bool IsModel(string className) => className is "Sequential" or "Functional" or "Model";

    private static void Place(IReadOnlyList<KerasNode> nodes, string prefix)
    {
        foreach (KerasNode node in nodes)
        {
            node.Place = prefix + node.Place;
            Place(node.Children, $"{node.Place}.");
        }
    }

    private KerasModel ReadAll(KerasEntry entry, Shape? given)
    {
        Survey(entry, depth: 0);
        RequireNoProblems();
        KerasModel model = ReadModel(entry, given, depth: 0);
        RequireNoProblems();
        return model;
    }

    private KerasModel ReadModel(KerasEntry entry, Shape? given, int depth)
    {
        if (depth > Deepest)
        {
            throw new KerasException($"models at most {Deepest} deep within each other, got more");
        }

        return entry.ClassName switch
        {
            "Sequential" => ReadSequential(entry, given, depth),
            "Functional" or "Model" => ReadFunctional(entry, given, depth),
            _ => throw new KerasException($"{entry.Label} (no Sequential or Functional model: what a class of one's own computes is in its code)"),
        };
    }

    private KerasModel ReadSequential(KerasEntry entry, Shape? given, int depth)
    {
        KerasEntry[] layers = Entries(entry);
        Shape? input = given ?? KerasShapes.OfInput(layers.FirstOrDefault(), entry)
            ?? throw new KerasException($"{entry.Label} (the shape of its input is not said: give one)");
        KerasNames names = new();
        List<KerasNode> nodes = [];
        List<JsonObject> descriptions = [];
        Shape? shape = input;
        foreach (KerasEntry layer in layers.Where(layer => layer.ClassName != "InputLayer"))
        {
            KerasStep step = Step(layer, shape, names.Of(layer.Name), depth);
            nodes.Add(step.Node);
            descriptions.AddRange(step.Description is null ? [] : [step.Description]);
            shape = step.Output;
        }

        return new KerasModel(entry.Name, input, shape, descriptions, nodes);
    }

    private KerasModel ReadFunctional(KerasEntry entry, Shape? given, int depth)
    {
        KerasEntry[] layers = Entries(entry);
        KerasGraph graph = KerasGraph.Read(entry, layers);
        Shape input = given ?? KerasShapes.OfInput(layers.FirstOrDefault(layer => layer.Name == graph.Input), entry)
            ?? throw new KerasException($"{entry.Label} (the shape of its input is not said: give one)");
        KerasNames names = new();
        Dictionary<string, Shape?> shapes = new() { [graph.Input] = input };
        Dictionary<string, int> places = new() { [graph.Input] = 0 };
        Dictionary<string, KerasNode> found = [];
        JsonArray nodes = [];
        foreach (KerasCall call in graph.Calls)
        {
            Shape?[] sources = [.. call.Sources.Select(source => shapes[source])];
            JsonArray numbers = new([.. call.Sources.Select(source => (JsonNode)places[source])]);
            (JsonObject node, shapes[call.Layer.Name]) = KerasJoins.Find(call.Layer.ClassName) is { } join
                ? Joined(call, join, sources, numbers)
                : Applied(call, sources, numbers, names.Of(call.Layer.Name), depth, found);
            nodes.Add((JsonNode)node);
            places[call.Layer.Name] = nodes.Count;
        }

        KerasNode[] ordered = [.. layers.Select(layer => found.GetValueOrDefault(layer.Name)).OfType<KerasNode>()];
        Shape? output = shapes[graph.Output];
        // A row of layers is a network of its own; what branches is a graph in one layer.
        bool row = nodes.Select((node, index) => node!["layer"] is not null && node["sources"]!.AsArray().All(source => source!.GetValue<int>() == index)).All(holds => holds);
        if (row)
        {
            return new KerasModel(entry.Name, input, output, [.. nodes.Select(node => node!["layer"]!.DeepClone().AsObject())], ordered);
        }

        string name = new KerasNames().Of(entry.Name);
        return new KerasModel(entry.Name, input, output, [KerasLayers.Kind(nameof(Functional), ("name", name), ("nodes", nodes))], ordered, name);
    }

    private (JsonObject Node, Shape? Output) Applied(
        KerasCall call, Shape?[] sources, JsonArray numbers, string name, int depth, Dictionary<string, KerasNode> found)
    {
        // Attention of a sequence to itself is called on it several times.
        bool same = call.Layer.ClassName == "MultiHeadAttention" && call.Sources.Distinct().Count() == 1;
        if (sources.Length != 1 && !same)
        {
            problems.Add($"{call.Layer.Label} (called on {sources.Length} inputs: one is expected)");
        }

        KerasStep step = Step(call.Layer, sources.FirstOrDefault(), name, depth, call.Causal);
        found[call.Layer.Name] = step.Node;
        JsonObject layer = step.Description ?? KerasLayers.Kind(nameof(Chain), ("layers", new JsonArray()));
        return (KerasLayers.Kind("Layer", ("sources", new JsonArray(numbers[0]!.DeepClone())), ("layer", layer)), step.Output);
    }

    private (JsonObject Node, Shape? Output) Joined(KerasCall call, JoinKind join, Shape?[] sources, JsonArray numbers)
    {
        JsonObject node = KerasLayers.Kind(join.ToString(), ("sources", numbers));
        int axis = -1;
        if (join == JoinKind.Concatenate)
        {
            axis = new KerasOptions(call.Layer, sources[0]).Integer("axis", -1);
            node["axis"] = axis;
        }

        Shape[] known = [.. sources.OfType<Shape>()];
        Shape? output = known.Length == sources.Length ? join.ShapeOf(axis, known) : null;
        if (known.Length == sources.Length && output is null)
        {
            problems.Add($"{call.Layer.Label} (joins {string.Join(" and ", known.Select(Layer.Batched))}, which do not go together)");
        }

        return (node, output);
    }

    // One layer with its shape; where it cannot be taken over, the shape behind it is not known.
    private KerasStep Step(KerasEntry entry, Shape? input, string name, int depth, bool causal = false)
    {
        if (++count > MostLayers)
        {
            throw new KerasException($"at most {MostLayers} layers, got more");
        }

        try
        {
            return IsModel(entry.ClassName) ? Nested(entry, input, name, depth) : Single(entry, input, name, causal);
        }
        catch (KerasException error)
        {
            problems.Add(error.Message);
        }
        catch (Exception error) when (error is ArgumentException or JsonException or OverflowException)
        {
            problems.Add($"{entry.Label} ({error.Message.TrimEnd('.')})");
        }

        return new KerasStep(new KerasNode(entry.ClassName, entry.Name), null, null);
    }

    private static KerasStep Single(KerasEntry entry, Shape? input, string name, bool causal)
    {
        KerasPart part = KerasLayers.Read(entry, input);
        if (causal)
        {
            part.Layer["causal"] = true;
        }

        Layer weighted = LayerCatalogue.Create([part.Layer])[0];
        JsonObject description = part.Behind.Length == 0
            ? part.Layer
            : KerasLayers.Kind(nameof(Chain), ("layers", new JsonArray([part.Layer, .. part.Behind])));
        description["name"] = name;
        KerasNode node = new(entry.ClassName, entry.Name)
        {
            Variables = [.. KerasVariables.Of(weighted).Select(variable => Within(entry, variable))],
            Place = part.Behind.Length == 0 ? name : $"{name}.0",
            Trainable = IsTrainable(entry),
        };
        return new KerasStep(node, description, input is null ? null : LayerCatalogue.Create([description])[0].OutputShape(input));
    }

    private KerasStep Nested(KerasEntry entry, Shape? input, string name, int depth)
    {
        if (input is null)
        {
            return new KerasStep(new KerasNode(entry.ClassName, entry.Name), null, null);
        }

        KerasModel model = ReadModel(entry, input, depth + 1);
        JsonObject description = model.Prefix is null
            ? KerasLayers.Kind(nameof(Chain), ("layers", new JsonArray([.. model.Layers])))
            : model.Layers[0];
        description["name"] = name;
        KerasNode node = new(entry.ClassName, entry.Name) { Children = model.Nodes, Place = name, Trainable = IsTrainable(entry) };
        return new KerasStep(node, description, model.Output);
    }

    private static KerasVariable Within(KerasEntry entry, KerasVariable variable) => entry.ClassName == "TimeDistributed"
        ? variable with { Holder = variable.Holder.Length == 0 ? "layer" : $"layer/{variable.Holder}" }
        : variable;

    private static bool IsTrainable(KerasEntry entry) => entry.Config["trainable"] is not JsonValue value || value.GetValueKind() != JsonValueKind.False;

    // Names all classes that are not there, within models too, before anything else is looked at.
    private void Survey(KerasEntry model, int depth)
    {
        if (depth > Deepest)
        {
            throw new KerasException($"models at most {Deepest} deep within each other, got more");
        }

        foreach (JsonNode? layer in Layers(model))
        {
            try
            {
                KerasEntry entry = KerasEntry.Read(layer);
                if (IsModel(entry.ClassName))
                {
                    Survey(entry, depth + 1);
                }
                else if (entry.ClassName != "InputLayer" && KerasJoins.Find(entry.ClassName) is null)
                {
                    KerasLayers.RequireKnown(entry);
                }
            }
            catch (KerasException error)
            {
                problems.Add(error.Message);
            }
        }
    }

    private static KerasEntry[] Entries(KerasEntry model) => [.. Layers(model).Select(KerasEntry.Read)];

    private static JsonArray Layers(KerasEntry model) => model.Config["layers"] as JsonArray
        ?? throw new KerasException($"{model.Label} (expected a list of 'layers', got {KerasEntry.Shown(model.Config["layers"])})");

    private void RequireNoProblems()
    {
        if (problems.Count > 0)
        {
            throw new KerasException(string.Join("; ", problems.Distinct()));
        }
    }

    private sealed record KerasStep(KerasNode Node, JsonObject? Description, Shape? Output);

    private sealed record KerasModel(
        string Name, Shape Input, Shape? Output, IReadOnlyList<JsonObject> Layers, IReadOnlyList<KerasNode> Nodes, string? Prefix = null);
}
