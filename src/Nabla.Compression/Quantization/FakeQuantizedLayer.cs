using System.Text.Json.Nodes;
using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Compression;

/// <summary>
/// A network that computes in float with numbers that bytes can hold, so that training learns to live with the rounding (Jacob et al., Quantization and
/// Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018, section 3). Weights are rounded by their own range in each step;
/// activations by a moving mean of theirs, which training follows.
/// </summary>
internal sealed class FakeQuantizedLayer : Layer
{
    private const double Momentum = 0.99;

    private readonly InferenceGraph graph;
    private readonly GraphLayer whole;
    private readonly QuantizationOptions options;
    private readonly Dictionary<int, ProductSite> sites;
    private readonly IReadOnlyDictionary<ValuePlace, ActivationBounds> first;
    private readonly Dictionary<ValuePlace, Parameter> bounds = [];
    private Parameter[] parameters = [];

    /// <summary>A layer.</summary>
    /// <param name="graph">What it computes.</param>
    /// <param name="sites">The products whose sides are rounded.</param>
    /// <param name="first">The ranges that activations begin with.</param>
    /// <param name="options">How weights are scaled.</param>
    public FakeQuantizedLayer(
        InferenceGraph graph, IReadOnlyList<ProductSite> sites, IReadOnlyDictionary<ValuePlace, ActivationBounds> first, QuantizationOptions options)
    {
        (this.graph, this.first, this.options) = (graph, first, options);
        this.sites = sites.ToDictionary(site => site.Index);
        whole = graph.ToLayer();
    }

    /// <inheritdoc/>
    public override DataType InputType => whole.InputType;

    /// <summary>The graph with the parameters as they are now.</summary>
    public InferenceGraph Trained => graph.With(parameters);

    /// <summary>The ranges of activations as they are now.</summary>
    public IReadOnlyDictionary<ValuePlace, AffineRange> Ranges => bounds.ToDictionary(pair => pair.Key, pair => pair.Value.Value.ToArray<float>() is [float low, float high]
        ? AffineRange.Between(low, high)
        : throw new InvalidOperationException());

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => whole.OutputShape(input);

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => whole.MultiplyAdds(input);

    /// <inheritdoc/>
    public override JsonObject Describe() => throw new NotSupportedException($"{Label} is for training: convert it, and save what comes of it.");

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        Dictionary<string, Parameter> named = Register("graph", whole, input, key).NamedParameters.ToDictionary();
        parameters = [.. graph.Names.Select(name => named[name])];
        foreach ((int index, (ValuePlace place, ActivationBounds range)) in first.Index())
        {
            bounds[place] = Register($"range{index}", Tensor.From((float)range.Low, (float)range.High), trainable: false);
        }
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) =>
        new Walk(this, graph.At(input.Shape), [input, .. parameters.Select(parameter => parameter.Value)], context).Run();

    private sealed class Walk(FakeQuantizedLayer owner, Graph graph, IReadOnlyList<Tensor> arguments, ForwardContext context) : GraphWalk(graph, arguments)
    {
        private readonly Dictionary<ValuePlace, Tensor> rounded = [];

        protected override Tensor[] Compute(int index, Node node)
        {
            if (!owner.sites.TryGetValue(index, out ProductSite? site))
            {
                return base.Compute(index, node);
            }

            Tensor weights = Of(node.Inputs[1]);
            Tensor scale = Tape.Pause(() => QuantizedWeight.ScaleOf(weights, site.OutputAxis, owner.options));
            Tensor near = weights.FakeQuantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8), owner.options.PerChannel ? site.OutputAxis : null);
            return site.Apply(Rounded(node.Inputs[0]), near, site.Bias is null ? null : Of(node.Inputs[2]), site.Added is null ? null : Rounded(node.Inputs[^1]));
        }

        private Tensor Rounded(Value value)
        {
            Value source = QuantizationPlan.Source(value);
            ValuePlace place = PlaceOf(source);
            if (!rounded.TryGetValue(place, out Tensor? near))
            {
                (Tensor scale, Tensor zeroPoint) = Tape.Pause(() => ScaleOf(RangeOf(place, Of(source))));
                rounded[place] = near = Of(source).FakeQuantize(scale, zeroPoint);
            }

            return near.Shape == value.Type.Shape ? near : near.Reshape(value.Type.Shape.AsSpan());
        }

        // Of training the range that the values of this step have moved.
        private Tensor RangeOf(ValuePlace place, Tensor values)
        {
            Parameter range = owner.bounds[place];
            if (!context.Training)
            {
                return range.Value;
            }

            Tensor zero = Tensor.Scalar(0f);
            Tensor seen = ShapeOps.Stack(0, values.Min().Minimum(zero), values.Max().Maximum(zero));
            Tensor moved = (range.Value * Momentum) + (seen * (1 - Momentum));
            context.Update(range, moved);
            return moved;
        }

        private static (Tensor Scale, Tensor ZeroPoint) ScaleOf(Tensor range)
        {
            Tensor low = range.Slice(0, 0, 1).Reshape();
            Tensor step = (range.Slice(0, 1, 1).Reshape() - low) / AffineRange.Largest;
            Tensor scale = step + step.Equal(0).To(DataType.Float32);
            return (scale, (-low / scale).Round().Clip(0, AffineRange.Largest).To(DataType.UInt8));
        }
    }
}

/// <summary>The least and the largest of an activation.</summary>
internal readonly record struct ActivationBounds(double Low, double High);
