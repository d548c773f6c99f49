using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Nabla.Layers;

namespace Nabla.Formats;

/// <summary>The layers of a network, as <c>model.json</c> has them.</summary>
/// <param name="InputShape">The shape of one input, without the batch.</param>
/// <param name="Layers">Each with its <c>kind</c> and its attributes.</param>
internal sealed record ArchitectureDescription(
    [property: JsonConverter(typeof(JsonShapeConverter))] IReadOnlyList<int> InputShape, IReadOnlyList<JsonObject> Layers)
{
    public static ArchitectureDescription Of(Sequential network) => new([.. network.InputShape], [.. network.Layers.Select(LayerCatalogue.Describe)]);

    /// <summary>The network with weights by name and type.</summary>
    public Sequential ToNetwork(Func<string, TensorType, Tensor> weights) => new([.. InputShape], seed: 0, LayerCatalogue.Create(Layers, weights));
}

/// <summary>A signature, as <c>model.json</c> has it.</summary>
internal sealed record SignatureDescription(IReadOnlyList<TensorDescription> Inputs, IReadOnlyList<TensorDescription> Outputs)
{
    public static SignatureDescription Of(ModelSignature signature) =>
        new([.. signature.Inputs.Select(TensorDescription.Of)], [.. signature.Outputs.Select(TensorDescription.Of)]);

    public ModelSignature ToSignature() => new([.. Inputs.Select(input => input.ToTensor())], [.. Outputs.Select(output => output.ToTensor())]);
}

/// <summary>An input or output, as <c>model.json</c> has it.</summary>
internal sealed record TensorDescription(string Name, [property: JsonConverter(typeof(JsonShapeConverter))] IReadOnlyList<int> Shape, string Type)
{
    public static TensorDescription Of(SignatureTensor tensor) => new(tensor.Name, [.. tensor.Shape], tensor.Type.Label);

    public SignatureTensor ToTensor() => DataTypes.Named(Type) is { } type
        ? new SignatureTensor(Name, [.. Shape], type)
        : throw new JsonException(
            $"expected one of the types {string.Join(", ", Enum.GetValues<DataType>().Select(known => known.Label))} of '{Name}', got '{Type}'");
}
