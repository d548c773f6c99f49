using System.Text.Json.Nodes;
using Nabla.Layers;
using Nabla.Ops.Products;

namespace Nabla.Compression;

/// <summary>Makes a network whose dense layers and embeddings hold their weights in few bits. It is made of layers as before, so it keeps what it remembers while it generates.</summary>
internal sealed class GroupedNetwork
{
    private readonly Sequential network;
    private readonly WeightOnlyOptions options;
    private readonly IReadOnlyDictionary<string, Tensor> state;
    private readonly Dictionary<string, (Tensor Packed, Tensor Scales)> packed = [];

    private GroupedNetwork(Sequential network, WeightOnlyOptions options) => (this.network, this.options, state) = (network, options, network.State());

    /// <summary>The network in few bits.</summary>
    /// <exception cref="ArgumentException">Nothing of it can be held so.</exception>
    public static QuantizationResult Of(Sequential network, WeightOnlyOptions options)
    {
        NamePattern.Require(options.Excluded, network);
        return new GroupedNetwork(network, options).Run();
    }

    private QuantizationResult Run()
    {
        Layer[] layers = LayerCatalogue.Create(network.Layers.Select(Describe), Stored);
        Sequential small = new(network.InputShape, seed: 0, layers);
        return packed.Count > 0
            ? new QuantizationResult(small, [.. packed.Keys], [.. small.NamedParameters.Where(IsLeft).Select(Left)])
            : throw new ArgumentException("The network has no dense layer and no embedding whose weights could be held in few bits.");
    }

    private JsonObject Describe(Layer layer)
    {
        JsonObject description = LayerCatalogue.Describe(layer);
        if (!IsExcluded(layer))
        {
            description[Layer.BitsField] = options.Bits;
            description[Layer.GroupField] = options.Group;
        }

        return description;
    }

    private bool IsExcluded(Layer layer) => layer.Parameters.Count == 0
        || layer.Parameters.Any(parameter => options.Excluded.Any(pattern => NamePattern.Matches(pattern, parameter.FullName)));

    private Tensor Stored(string name, TensorType type)
    {
        if (state.TryGetValue(name, out Tensor? same))
        {
            return same.Type == type ? same : throw new ArgumentException($"'{name}' is {same.Type} where {type} was expected: the network holds its weights in few bits already.");
        }

        bool isScale = name.EndsWith(GroupedWeight.ScaleSuffix, StringComparison.Ordinal);
        string weight = name[..^(isScale ? GroupedWeight.ScaleSuffix : GroupedWeight.PackedSuffix).Length];
        if (!packed.TryGetValue(weight, out (Tensor Packed, Tensor Scales) made))
        {
            packed[weight] = made = Pack(weight);
        }

        return isScale ? made.Scales : made.Packed;
    }

    // The inputs of a table of vectors are what its vectors are multiplied by.
    private (Tensor Packed, Tensor Scales) Pack(string name)
    {
        Tensor weights = state[name];
        if (weights.AsSpan<float>().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new ArgumentException($"'{name}' has weights that are not finite: such a network cannot be quantised.");
        }

        Tensor matrix = name.EndsWith("embeddings", StringComparison.Ordinal) ? weights.Transpose(1, 0) : weights;
        return GroupedPacking.Pack(matrix, new GroupedFormat(options.Bits, options.Group, matrix.Shape[0]));
    }

    private static bool IsLeft(KeyValuePair<string, Parameter> pair) => pair.Value.Type is { DataType: DataType.Float32, Shape.Rank: > 1 }
        && !pair.Key.EndsWith(GroupedWeight.ScaleSuffix, StringComparison.Ordinal);

    private LeftLayer Left(KeyValuePair<string, Parameter> pair)
    {
        string kind = pair.Value.Owner!.Kind;
        return new LeftLayer(pair.Key, kind, kind is nameof(Dense) or nameof(Embedding) ? "it was excluded, or a weight of its layer" : "only dense layers and embeddings hold weights in groups");
    }
}
