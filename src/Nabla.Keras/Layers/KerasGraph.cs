using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nabla.Keras.Layers;

/// <summary>A layer called on outputs of others.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Sources">The names of the layers whose outputs it takes.</param>
/// <param name="Causal">Whether it was called so that steps see earlier ones alone.</param>
internal sealed record KerasCall(KerasEntry Layer, IReadOnlyList<string> Sources, bool Causal);

/// <summary>What is called on what in a Functional model, as Keras 1 and 2 or as Keras 3 writes it.</summary>
/// <param name="Input">The name of the input.</param>
/// <param name="Output">The name of the layer that gives the output.</param>
/// <param name="Calls">The calls that lead to the output, each behind those that it needs.</param>
internal sealed record KerasGraph(string Input, string Output, IReadOnlyList<KerasCall> Calls)
{
    /// <exception cref="KerasException">There is not one input and one output, a layer is called several times, or the calls go in a circle.</exception>
    public static KerasGraph Read(KerasEntry model, KerasEntry[] layers)
    {
        string input = Only(model, "input_layers");
        string output = Only(model, "output_layers");
        Dictionary<string, KerasCall> calls = [];
        foreach (KerasEntry layer in layers.Where(layer => layer.ClassName != "InputLayer"))
        {
            if (!calls.TryAdd(layer.Name, CallOf(layer)))
            {
                throw new KerasException($"{layer.Label} (there are two layers of this name)");
            }
        }

        return new KerasGraph(input, output, Ordered(model, input, output, calls));
    }

    // Calls that wait for others come when those are there.
    private static List<KerasCall> Ordered(KerasEntry model, string input, string output, Dictionary<string, KerasCall> calls)
    {
        HashSet<string> needed = [];
        Stack<string> open = new([output]);
        while (open.TryPop(out string? name))
        {
            if (name != input && needed.Add(name))
            {
                foreach (string source in calls.TryGetValue(name, out KerasCall? call) ? call.Sources : throw new KerasException($"{model.Label} (there is no layer '{name}' that is called)"))
                {
                    open.Push(source);
                }
            }
        }

        HashSet<string> done = [input];
        List<KerasCall> ordered = [];
        List<KerasCall> waiting = [.. calls.Values.Where(call => needed.Contains(call.Layer.Name))];
        while (waiting.Count > 0)
        {
            List<KerasCall> later = [];
            foreach (KerasCall call in waiting)
            {
                if (call.Sources.All(done.Contains))
                {
                    done.Add(call.Layer.Name);
                    ordered.Add(call);
                }
                else
                {
                    later.Add(call);
                }
            }

            waiting = later.Count < waiting.Count ? later : throw new KerasException($"{model.Label} (its layers are called in a circle, {waiting[0].Layer.Label} among them)");
        }

        return ordered;
    }

    private static string Only(KerasEntry model, string option)
    {
        JsonArray list = model.Config[option] as JsonArray ?? throw new KerasException($"{model.Label} (expected '{option}', got {KerasEntry.Shown(model.Config[option])})");
        JsonArray first = list.FirstOrDefault() is JsonArray inner ? inner : list;
        bool one = ReferenceEquals(first, list) || list.Count == 1;
        return one && KerasEntry.TextOf(first.FirstOrDefault()) is { } name
            ? name
            : throw new KerasException($"{model.Label} ({option} {KerasEntry.Shown(list)}: one is expected)");
    }

    private static KerasCall CallOf(KerasEntry layer)
    {
        JsonArray nodes = layer.Json["inbound_nodes"] as JsonArray ?? [];
        if (nodes.Count != 1)
        {
            throw new KerasException($"{layer.Label} (called {nodes.Count} times: a layer has one place in a network here)");
        }

        List<string> sources = [];
        bool causal = false;
        if (nodes[0] is JsonObject call)
        {
            Gather(call["args"], sources);
            causal = ReadKeywords(layer, call["kwargs"] as JsonObject ?? [], sources);
        }
        else
        {
            foreach (JsonNode? tensor in nodes[0] as JsonArray ?? [])
            {
                JsonArray parts = tensor as JsonArray ?? throw Unreadable(layer);
                sources.Add(SourceOf(layer, parts));
                causal |= parts.Count > 3 && ReadKeywords(layer, parts[3] as JsonObject ?? [], sources);
            }
        }

        return sources.Count > 0 ? new KerasCall(layer, sources, causal) : throw Unreadable(layer);

        void Gather(JsonNode? node, List<string> found)
        {
            if (node is JsonArray list)
            {
                foreach (JsonNode? item in list)
                {
                    Gather(item, found);
                }
            }
            else if (node is JsonObject tensor && (tensor["config"] as JsonObject)?["keras_history"] is JsonArray history)
            {
                found.Add(SourceOf(layer, history));
            }
            else if (node is not null)
            {
                throw new KerasException($"{layer.Label} (called on {KerasEntry.Shown(node)}, which is no layer's output)");
            }
        }
    }

    private static string SourceOf(KerasEntry layer, JsonArray history)
    {
        if (history.Count < 3 || KerasEntry.TextOf(history[0]) is not { } name)
        {
            throw Unreadable(layer);
        }

        return history[2] is JsonValue number && number.TryGetValue(out int index) && index == 0
            ? name
            : throw new KerasException($"{layer.Label} (takes another output than the first one of '{name}')");
    }

    // What a call says beside its inputs: attention's value and key, whether it looks ahead, and what is none or usual.
    private static bool ReadKeywords(KerasEntry layer, JsonObject keywords, List<string> sources)
    {
        bool causal = false;
        foreach ((string name, JsonNode? value) in keywords)
        {
            if (value is JsonArray history && name is "value" or "key")
            {
                sources.Add(SourceOf(layer, (JsonArray)value!));
            }
            else if (name is "value" or "key" && value is JsonObject tensor && (tensor["config"] as JsonObject)?["keras_history"] is JsonArray of)
            {
                sources.Add(SourceOf(layer, of));
            }
            else if (name == "use_causal_mask" && value is JsonValue flag)
            {
                causal = flag.GetValueKind() == JsonValueKind.True;
            }
            else if (value is not null && value.ToJsonString() != "false" && name != "training")
            {
                throw new KerasException($"{layer.Label} (called with {name} = {KerasEntry.Shown(value)})");
            }
        }

        return causal;
    }

    private static KerasException Unreadable(KerasEntry layer) => new($"{layer.Label} (what it is called on cannot be read: {KerasEntry.Shown(layer.Json["inbound_nodes"])})");
}
