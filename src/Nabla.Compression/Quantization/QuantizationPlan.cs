using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Ops.Attentions;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Products;
using Nabla.Ops.Recurrent;
using Reshape = Nabla.Ops.Shapes.Reshape;

namespace Nabla.Compression;

/// <summary>Which products of a graph become products of integers, and why others do not.</summary>
internal sealed class QuantizationPlan
{
    private readonly Graph graph;
    private readonly InferenceGraph network;
    private readonly QuantizationOptions options;
    private readonly bool dynamic;
    private readonly Readers readers;
    private readonly Dictionary<Value, Tensor> steady = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, int> places = new(ReferenceEqualityComparer.Instance);
    private readonly List<ProductSite> sites = [];
    private readonly List<RecurrentSite> recurrences = [];
    private readonly List<EmbeddingSite> embeddings = [];
    private readonly List<LeftLayer> left = [];

    private QuantizationPlan(InferenceGraph network, QuantizationOptions options, bool dynamic)
    {
        (this.network, this.options, this.dynamic, graph) = (network, options, dynamic, network.Some());
        readers = Readers.In(graph);
        foreach ((Argument argument, Parameter parameter) in graph.Arguments.Skip(1).Zip(network.Parameters))
        {
            steady[argument] = parameter.Original;
        }
    }

    /// <summary>The products, in order.</summary>
    public IReadOnlyList<ProductSite> Sites => sites;

    /// <summary>The recurrent networks, in order.</summary>
    public IReadOnlyList<RecurrentSite> Recurrences => recurrences;

    /// <summary>The tables that rows are looked up in, in order.</summary>
    public IReadOnlyList<EmbeddingSite> Embeddings => embeddings;

    /// <summary>The names of all that becomes bytes.</summary>
    public IEnumerable<string> Names => [.. embeddings.Select(site => site.Name), .. sites.Select(site => site.Name), .. recurrences.Select(site => site.Name)];

    /// <summary>What stays as it is.</summary>
    public IReadOnlyList<LeftLayer> Left => left;

    /// <summary>Looks at a graph.</summary>
    /// <param name="network">The graph.</param>
    /// <param name="options">What is excluded.</param>
    /// <param name="dynamic">
    /// Whether ranges are found when the network runs: then convolutions stay as they are, and recurrent kernels and the tables that products read are bytes.
    /// </param>
    /// <exception cref="ArgumentException">A pattern of what is excluded matches no weight.</exception>
    public static QuantizationPlan Of(InferenceGraph network, QuantizationOptions options, bool dynamic = false)
    {
        QuantizationPlan plan = new(network, options, dynamic);
        foreach ((int index, Node node) in plan.graph.Nodes.Index())
        {
            plan.places[node] = index;
            plan.Look(index, node);
        }

        if (dynamic)
        {
            plan.LookAtEmbeddings();
        }

        string[] names = [.. plan.Names, .. plan.left.Select(part => part.Name)];
        return options.Excluded.FirstOrDefault(pattern => !names.Any(name => NamePattern.Matches(pattern, name))) is { } idle
            ? throw new ArgumentException($"'{idle}' matches no weight that could be quantised: {string.Join(", ", names)}.", nameof(options))
            : plan;
    }

    /// <summary>The value that another is but for its shape.</summary>
    public static Value Source(Value value)
    {
        while (value is Result { Node: { Op: Reshape } node })
        {
            value = node.Inputs[0];
        }

        return value;
    }

    private void Look(int index, Node node)
    {
        if (node.Inputs.All(IsSteady))
        {
            Compute(node);
            return;
        }

        if (node.Op is Convolution or PooledConvolution or DenseProduct or MatMul && !IsSteady(node.Inputs[0]) && IsSteady(node.Inputs[1]))
        {
            LookAtProduct(index, node);
        }
        else if (dynamic && node.Op is Recurrence recurrence)
        {
            LookAtRecurrence(index, node, recurrence);
        }
        else if (ReasonToKeep(node) is { } reason)
        {
            left.Add(new LeftLayer(NameOf(node), node.Op.Name, reason));
        }
    }

    private void LookAtProduct(int index, Node node)
    {
        string name = NameOf(node);
        if (ReasonToKeepProduct(node, name) is { } reason)
        {
            left.Add(new LeftLayer(name, node.Op.Name, reason));
            return;
        }

        bool adds = node.Op is Convolution { Residual: true };
        bool hasBias = node.Inputs.Count > (adds ? 3 : 2);
        sites.Add(new ProductSite(
            index, name, node.Op, ValuePlace.Of(Source(node.Inputs[0]), places), adds ? ValuePlace.Of(Source(node.Inputs[^1]), places) : null)
        {
            Weights = Finite(Steady(node.Inputs[1]), name),
            Bias = hasBias ? Steady(node.Inputs[2]) : null,
        });
    }

    private void LookAtRecurrence(int index, Node node, Recurrence recurrence)
    {
        string name = NameOf(node);
        string? reason = recurrence.Cell == RecurrentCell.Relu ? "rectified states have no largest number"
            : !IsSteady(node.Inputs[1]) ? "its kernel is an activation"
            : ReasonToKeepWeights(node, name);
        if (reason is null)
        {
            recurrences.Add(new RecurrentSite(index, name, Finite(Steady(node.Inputs[1]), name)));
        }
        else
        {
            left.Add(new LeftLayer(name, node.Op.Name, reason));
        }
    }

    private void LookAtEmbeddings()
    {
        HashSet<int> products = [.. sites.Select(site => site.Index)];
        foreach ((int index, Node node) in graph.Nodes.Index())
        {
            if (EmbeddingSite.Lookup(node) is not { } lookup || !IsSteady(lookup.Table) || IsSteady(lookup.Indices) || !IsForProducts(node.Results[0], products))
            {
                continue;
            }

            string name = Root(lookup.Table) ?? node.Op.Name;
            if (!options.Excluded.Any(pattern => NamePattern.Matches(pattern, name)) && readers.IsReadOnce(lookup.Table))
            {
                embeddings.Add(new EmbeddingSite(index, name, WithoutPadding(Finite(Steady(lookup.Table), name), lookup.Padding)));
                left.RemoveAll(part => part.Name == name);
            }
        }
    }

    // Whether a value, in whatever shape, is only what products multiply.
    private bool IsForProducts(Value value, HashSet<int> products) => !readers.Keeps(value) && readers.Of(value) is { Count: > 0 } all && all.All(reader =>
        reader.Op is Reshape ? IsForProducts(reader.Results[0], products) : products.Contains(places[reader]) && reader.Inputs[0] == value && reader.Inputs.Count(input => input == value) == 1);

    private static Tensor WithoutPadding(Tensor table, int? padding) => padding is { } row
        ? table * Tensor.Range(0, table.Shape[0], 1).NotEqual(row).To(DataType.Float32).ExpandDimensions(-1)
        : table;

    private string? ReasonToKeepProduct(Node node, string name)
    {
        bool isPlain = node.Op is not MatMul product || (node.Inputs[1].Type.Shape.Rank == 2 && !product.TransposeLeft);
        return !isPlain ? "its weights are a batch of matrices"
            : dynamic && node.Op is not (MatMul or DenseProduct) ? "convolutions have no ranges without calibration data"
            : ReasonToKeepWeights(node, name);
    }

    private string? ReasonToKeepWeights(Node node, string name) =>
        node.Inputs[1].Type.DataType != DataType.Float32 ? $"its weights are {node.Inputs[1].Type.DataType.Label}"
            : options.Excluded.Any(pattern => NamePattern.Matches(pattern, name)) ? "it was excluded"
            : readers.Of(node.Inputs[1]).FirstOrDefault(reader => reader != node) is { } other ? $"its weights are read by {other.Op.Name} too"
            : null;

    private string? ReasonToKeep(Node node) => node.Op switch
    {
        Recurrence or Scan => "the steps of recurrent layers compute in float",
        ConvolutionInputGradient => "transposed convolutions compute in float",
        Attention => "attention computes in float",
        MatMul => "both of its sides are activations",
        _ when node.Inputs.Any(input => IsSteady(input) && input.Type.Shape.Rank > 1 && Root(input) is not null) => $"{node.Op.Name} computes in float",
        _ => null,
    };

    private bool IsSteady(Value value) => value is Constant || steady.ContainsKey(value);

    private Tensor Steady(Value value) => value is Constant constant ? constant.Tensor : steady[value];

    private void Compute(Node node)
    {
        Tensor[] results = node.Op.Apply([.. node.Inputs.Select(Steady)]);
        foreach (Result result in node.Results)
        {
            steady[result] = results[result.Index];
        }
    }

    private string NameOf(Node node) => node.Inputs.Where(IsSteady).Select(Root).FirstOrDefault(root => root is not null) ?? node.Op.Name;

    // The matrix that weights are made from.
    private string? Root(Value value) => value switch
    {
        Argument argument when argument.Type.Shape.Rank > 1 => argument.Name,
        Result result => result.Node.Inputs.Select(Root).FirstOrDefault(root => root is not null),
        _ => null,
    };

    private static Tensor Finite(Tensor weights, string name) => weights.AsSpan<float>().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)
        ? throw new ArgumentException($"'{name}' has weights that are not finite: such a network cannot be quantised.")
        : weights;
}
