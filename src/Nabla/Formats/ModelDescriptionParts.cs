using System.Collections.Immutable;
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

    /// <summary>Whether it says more than the second schema has words for.</summary>
    [JsonIgnore]
    public bool IsClassified => Inputs.Concat(Outputs).Any(tensor => tensor.IsClassified);

    public ModelSignature ToSignature() => new([.. Inputs.Select(input => input.ToTensor())], [.. Outputs.Select(output => output.ToTensor())]);
}

/// <summary>An input or output, as <c>model.json</c> has it.</summary>
internal sealed record TensorDescription(string Name, [property: JsonConverter(typeof(JsonShapeConverter))] IReadOnlyList<int> Shape, string Type)
{
    public FieldClassification? Classification { get; init; }

    public IReadOnlyDictionary<string, FieldClassification>? Columns { get; init; }

    /// <summary>Whether it says more than the second schema has words for.</summary>
    [JsonIgnore]
    public bool IsClassified => Classification is not null || Columns is not null;

    public static TensorDescription Of(SignatureTensor tensor) => new(tensor.Name, [.. tensor.Shape], tensor.Type.Label)
    {
        Classification = tensor.Classification,
        Columns = tensor.Columns.Count > 0 ? tensor.Columns : null,
    };

    public SignatureTensor ToTensor() => DataTypes.Named(Type) is { } type
        ? new SignatureTensor(Name, [.. Shape], type) { Classification = Classification, Columns = Columns ?? ImmutableDictionary<string, FieldClassification>.Empty }
        : throw new JsonException(
            $"expected one of the types {string.Join(", ", Enum.GetValues<DataType>().Select(known => known.Label))} of '{Name}', got '{Type}'");
}
