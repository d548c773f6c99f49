using System.Text.Json.Nodes;
using Nabla.Keras.Layers;
using Nabla.Layers;

namespace Nabla.Keras.Writing;

/// <summary>Writes the configuration of a model as Keras 3 has it in <c>config.json</c>.</summary>
internal static class KerasConfigWriter
{
    /// <summary>A Sequential model where layers stand in a row, else a Functional one.</summary>
    /// <param name="name">The name of the model.</param>
    /// <param name="network">The network.</param>
    /// <param name="outputs">Its layers in Keras' order.</param>
    public static JsonObject Write(string name, Sequential network, IReadOnlyList<KerasOutput> outputs)
    {
        string input = outputs.Any(output => output.Name == "input") ? "input_of_network" : "input";
        return KerasGraphWriter.IsRow(outputs) ? Row(name, network, outputs, input) : Graph(name, network, outputs, input);
    }

    private static JsonObject Row(string name, Sequential network, IReadOnlyList<KerasOutput> outputs, string input)
    {
        JsonObject config = new()
        {
            ["name"] = name,
            ["trainable"] = true,
            ["dtype"] = "float32",
            ["layers"] = new JsonArray([Input(network, input), .. outputs.Select(Entry)]),
            ["build_input_shape"] = Batched(network.InputShape),
        };
        return new JsonObject
        {
            ["module"] = "keras",
            ["class_name"] = "Sequential",
            ["config"] = config,
            ["registered_name"] = null,
            ["build_config"] = new JsonObject { ["input_shape"] = Batched(network.InputShape) },
        };
    }

    private static JsonObject Graph(string name, Sequential network, IReadOnlyList<KerasOutput> outputs, string input)
    {
        JsonObject first = Input(network, input);
        (first["name"], first["inbound_nodes"]) = (input, new JsonArray());
        JsonArray layers = new(first);
        foreach (KerasOutput output in outputs)
        {
            JsonObject entry = Entry(output);
            entry["name"] = output.Name;
            entry["inbound_nodes"] = new JsonArray(Call(output, outputs, network.InputShape, input));
            layers.Add((JsonNode)entry);
        }

        JsonObject config = new()
        {
            ["name"] = name,
            ["trainable"] = true,
            ["layers"] = layers,
            ["input_layers"] = new JsonArray(new JsonArray(input, 0, 0)),
            ["output_layers"] = new JsonArray(new JsonArray(outputs[^1].Name, 0, 0)),
        };
        return new JsonObject { ["module"] = "keras", ["class_name"] = "Functional", ["config"] = config, ["registered_name"] = null };
    }

    private static JsonObject Input(Sequential network, string name) => KerasLayerWriter.Entry(
        KerasLayerWriter.Class("InputLayer", ("batch_shape", Batched(network.InputShape)), ("dtype", network.InputType == DataType.Int32 ? "int32" : "float32")), name);

    private static JsonObject Entry(KerasOutput output)
    {
        JsonObject entry = KerasLayerWriter.Entry(output.Class, output.Name);
        entry["config"]!["trainable"] = output.Origin is not { Frozen: true };
        return entry;
    }

    private static JsonObject Call(KerasOutput output, IReadOnlyList<KerasOutput> outputs, Shape inputShape, string input)
    {
        JsonNode[] tensors = [.. output.Sources.Select(source => Tensor(source, outputs, inputShape, input))];
        bool joins = KerasJoins.Find(output.Class.Name) is not null;
        JsonObject keywords = [];
        if (output.Origin is MultiHeadAttention { Causal: true })
        {
            keywords["use_causal_mask"] = true;
        }

        JsonArray arguments = joins ? new JsonArray(new JsonArray(tensors)) : output.Attends ? new JsonArray(tensors[0], tensors[0].DeepClone()) : new JsonArray(tensors);
        return new JsonObject { ["args"] = arguments, ["kwargs"] = keywords };
    }

    private static JsonObject Tensor(int source, IReadOnlyList<KerasOutput> outputs, Shape inputShape, string input) => new()
    {
        ["class_name"] = "__keras_tensor__",
        ["config"] = new JsonObject
        {
            ["shape"] = Batched(source == 0 ? inputShape : outputs[source - 1].Sample),
            ["dtype"] = "float32",
            ["keras_history"] = new JsonArray(source == 0 ? input : outputs[source - 1].Name, 0, 0),
        },
    };

    private static JsonArray Batched(Shape sample) => new([null, .. sample.Select(size => (JsonNode)size)]);
}
