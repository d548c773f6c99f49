using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// Makes networks compute with bytes (Jacob et al., Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, 2018, arXiv
/// 1712.05877). The result is a network like any other: it is saved, evaluated, served and exported.
/// </summary>
/// <example>
/// <code>
/// QuantizationResult small = Quantizer.Static(network, batches, new QuantizationOptions { Calibration = CalibrationMethod.Entropy });
/// ModelFolder.Save("small", model with { Network = small.Network });
/// </code>
/// </example>
public static class Quantizer
{
    /// <summary>
    /// Quantises the weights of products and convolutions to int8, around zero, and the activations that they read to uint8, by the ranges that these have
    /// over calibration data. Normalisations are folded into the weights before.
    /// </summary>
    /// <param name="network">A trained network; it stays as it is.</param>
    /// <param name="calibration">Batches <c>[batch, ...]</c> of inputs such as the network will meet; some hundred samples are usual.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// There are no calibration data, or they do not fit or are not finite; or no weight of the network can be quantised.
    /// </exception>
    /// <exception cref="NotSupportedException">What the network computes depends on the batch by more than sizes.</exception>
    public static QuantizationResult Static(Sequential network, IEnumerable<Tensor> calibration, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(calibration);
        options ??= new QuantizationOptions();
        InferenceGraph graph = InferenceGraph.Of(network);
        QuantizationPlan plan = Plan(graph, options);
        Calibration data = new(graph, plan.Sites, [.. calibration]);
        if (options.EqualizesLayers)
        {
            LayerEqualization.Apply(graph, plan.Sites);
        }

        IReadOnlyDictionary<ValuePlace, AffineRange> ranges = data.Ranges(options);
        Dictionary<ProductSite, QuantizedWeight> weights = Weights(plan.Sites, options);
        if (options.CorrectsBias)
        {
            BiasCorrection.Apply(data, weights, options);
        }

        return Result(network, plan, QuantizedNetwork.Build(graph, weights, ranges, options));
    }

    /// <summary>
    /// Quantises the weights of products, those of dense layers and the projections of attention and recurrent layers, to int8, and those of recurrent
    /// steps but of rectified states. The rows that they multiply are quantised when the network runs, each by its own range (states by the largest number
    /// that they can have), so that no calibration data are needed and an answer does not depend on who else asks. An embedding that such products alone
    /// read is held in bytes, each row with a scale of its own.
    /// </summary>
    /// <param name="network">A trained network; it stays as it is.</param>
    /// <param name="options">How; null for the defaults. What is about activations and biases has no meaning here.</param>
    /// <exception cref="ArgumentException">No weight of the network can be quantised.</exception>
    /// <exception cref="NotSupportedException">What the network computes depends on the batch by more than sizes.</exception>
    public static QuantizationResult Dynamic(Sequential network, QuantizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new QuantizationOptions();
        InferenceGraph graph = InferenceGraph.Of(network);
        QuantizationPlan plan = Plan(graph, options, dynamic: true);
        return Result(network, plan, QuantizedNetwork.Build(graph, plan, options));
    }

    /// <summary>
    /// Holds the weights of dense layers and embeddings in 4 or 8 bits, with a scale for each group of inputs, and computes in float: products turn them to
    /// floats a block at a time. The network keeps its layers, so it generates texts with what it remembers, as before.
    /// </summary>
    /// <param name="network">A trained network; it stays as it is.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ArgumentException">No weight of the network can be held so, or a pattern of what is excluded matches none.</exception>
    public static QuantizationResult WeightOnly(Sequential network, WeightOnlyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        return GroupedNetwork.Of(network, options ?? new WeightOnlyOptions());
    }

    /// <summary>What of a graph becomes products of bytes.</summary>
    /// <exception cref="ArgumentException">Nothing does.</exception>
    internal static QuantizationPlan Plan(InferenceGraph graph, QuantizationOptions options, bool dynamic = false)
    {
        QuantizationPlan plan = QuantizationPlan.Of(graph, options, dynamic);
        return plan.Sites.Count > 0 || plan.Recurrences.Count > 0
            ? plan
            : throw new ArgumentException($"Nothing of the network can be quantised: {Names.List([.. plan.Left.Select(part => $"{part.Name}: {part.Reason}")])}.");
    }

    /// <summary>The weights of products as integers.</summary>
    internal static Dictionary<ProductSite, QuantizedWeight> Weights(IReadOnlyList<ProductSite> sites, QuantizationOptions options) =>
        sites.ToDictionary(site => site, site => QuantizedWeight.Of(site.Weights, site.OutputAxis, options));

    /// <summary>The network of one layer, and what became of the parts.</summary>
    internal static QuantizationResult Result(Sequential network, QuantizationPlan plan, GraphLayer layer) => new(
        new Sequential(network.InputShape, seed: 0, layer), [.. plan.Names], plan.Left);
}
