using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Ops.Pooling;
using Reshape = Nabla.Ops.Shapes.Reshape;

namespace Nabla.Compression;

/// <summary>
/// Scales the channels between two products so that the weights which make a channel and those which read it have the same range (Nagel et al., Data-Free
/// Quantization Through Weight Equalization and Bias Correction, 2019, section 4.1). A rectifier and a pooling let positive factors through, so the network
/// computes the same.
/// </summary>
internal sealed class LayerEqualization
{
    private const int Rounds = 20;

    private readonly Readers readers;
    private readonly Graph graph;
    private readonly Dictionary<int, ProductSite> sites;
    private readonly Dictionary<Node, int> places = new(ReferenceEqualityComparer.Instance);

    private LayerEqualization(Graph graph, IReadOnlyList<ProductSite> sites)
    {
        (this.graph, readers) = (graph, Readers.In(graph));
        this.sites = sites.ToDictionary(site => site.Index);
        foreach ((int index, Node node) in graph.Nodes.Index())
        {
            places[node] = index;
        }
    }

    /// <summary>Changes the weights and biases of all pairs, until they have settled.</summary>
    /// <returns>How many pairs there are.</returns>
    public static int Apply(InferenceGraph network, IReadOnlyList<ProductSite> sites)
    {
        LayerEqualization equalization = new(network.Some(), sites);
        (ProductSite First, ProductSite Second)[] pairs = [.. sites.Where(site => site.Added is null)
            .Select(site => (site, equalization.ReaderOf(site))).Where(pair => pair.Item2 is not null).Select(pair => (pair.site, pair.Item2!))];
        for (int round = 0; round < Rounds; round++)
        {
            foreach ((ProductSite first, ProductSite second) in pairs)
            {
                Equalize(first, second);
            }
        }

        return pairs.Length;
    }

    // The product that alone reads the results of another, through poolings and changes of shape that keep channels last.
    private ProductSite? ReaderOf(ProductSite first)
    {
        Value value = graph.Nodes[first.Index].Results[0];
        while (!readers.Keeps(value) && readers.Of(value) is [{ } reader])
        {
            if (sites.TryGetValue(places[reader], out ProductSite? second))
            {
                bool fits = reader.Inputs[0] == value && second.Convolution is null or { Groups: 1 } && second.Weights.Shape[second.InputAxis] % first.Outputs == 0;
                return fits ? second : null;
            }

            if (reader.Op is not (Reshape or MaxPooling or AveragePooling) || reader.Results[0].Type.Shape[-1] % first.Outputs != 0)
            {
                return null;
            }

            value = reader.Results[0];
        }

        return null;
    }

    // The factor of a channel is the root of the ratio of its ranges; what the first divides by, the second multiplies by.
    private static void Equalize(ProductSite first, ProductSite second)
    {
        Tensor made = Largest(first.Weights, first.OutputAxis);
        Tensor read = Largest(second.Weights, second.InputAxis).Reshape(-1, first.Outputs).Max([0]);
        Tensor factor = (made / read).Sqrt();
        Tensor usable = made.Greater(0).To(DataType.Float32) * read.Greater(0).To(DataType.Float32);
        factor = Tensor.From([.. factor.ToArray<float>().Zip(usable.ToArray<float>(), (value, used) => used > 0 ? value : 1)], [first.Outputs]);
        first.Weights /= Along(factor, first.Weights.Rank, first.OutputAxis);
        first.Bias = first.Bias is { } bias ? bias / factor : null;
        Tensor repeated = factor.Tile(second.Weights.Shape[second.InputAxis] / first.Outputs);
        second.Weights *= Along(repeated, second.Weights.Rank, second.InputAxis);
    }

    private static Tensor Largest(Tensor weights, int axis) => weights.Abs().Max([.. Enumerable.Range(0, weights.Rank).Where(other => other != axis)]);

    private static Tensor Along(Tensor vector, int rank, int axis) => vector.Reshape([.. Enumerable.Range(0, rank).Select(other => other == axis ? vector.Shape[0] : 1)]);
}
