using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// A network that is trained with the rounding that bytes bring, and becomes one of bytes after (quantisation-aware training; Jacob et al. 2018). Gradients pass
/// the rounding as if it were not there, and stop where a value is out of range (the straight-through estimator; Bengio et al. 2013).
/// </summary>
/// <example>
/// <code>
/// QuantizationAwareNetwork aware = QuantizationAwareNetwork.Prepare(network, batches, new QuantizationOptions { Bits = 4 });
/// new Trainer(aware.Network, loss, new Adam(1e-4)).Fit(samples);
/// QuantizationResult small = aware.Convert();
/// </code>
/// </example>
public sealed class QuantizationAwareNetwork
{
    private readonly Sequential original;
    private readonly FakeQuantizedLayer layer;
    private readonly QuantizationOptions options;

    private QuantizationAwareNetwork(Sequential original, FakeQuantizedLayer layer, QuantizationOptions options)
    {
        (this.original, this.layer, this.options) = (original, layer, options);
        Network = new Sequential(original.InputShape, seed: 0, layer);
    }

    /// <summary>What is trained; it computes as in use but for the rounding: normalisations keep their means and variances, and nothing is dropped.</summary>
    public Sequential Network { get; }

    /// <summary>Prepares a network, which stays as it is.</summary>
    /// <param name="network">A trained network.</param>
    /// <param name="calibration">Batches of inputs for the ranges that activations begin with.</param>
    /// <param name="options">How; null for the defaults. Biases learn by themselves, so nothing is corrected, and layers are not equalised.</param>
    /// <exception cref="ArgumentException">The data do not fit or are none, or no weight of the network can be quantised.</exception>
    public static QuantizationAwareNetwork Prepare(Sequential network, IEnumerable<Tensor> calibration, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(calibration);
        options ??= new QuantizationOptions();
        InferenceGraph graph = InferenceGraph.Of(network);
        QuantizationPlan plan = Quantizer.Plan(graph, options);
        IReadOnlyDictionary<ValuePlace, AffineRange> ranges = new Calibration(graph, plan.Sites, [.. calibration]).Ranges(options);
        Dictionary<ValuePlace, ActivationBounds> bounds = ranges.ToDictionary(pair => pair.Key, pair => pair.Value.Bounds);
        return new QuantizationAwareNetwork(network, new FakeQuantizedLayer(graph, plan.Sites, bounds, options), options);
    }

    /// <summary>The network of bytes, with what was learnt so far.</summary>
    public QuantizationResult Convert()
    {
        InferenceGraph trained = layer.Trained;
        QuantizationPlan plan = Quantizer.Plan(trained, options);
        return Quantizer.Result(original, plan, QuantizedNetwork.Build(trained, Quantizer.Weights(plan.Sites, options), layer.Ranges, options));
    }
}
