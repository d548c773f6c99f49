using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;
using Nabla.Ops.Normalizations;
using Nabla.Transforms;

namespace Nabla.Layers;

/// <summary>
/// Normalises each channel, the last axis, over the batch and all axes between: <c>(x - mean) / sqrt(variance + epsilon) * scale + bias</c> (Ioffe
/// and Szegedy, Batch Normalization, 2015). Training takes mean and variance from the batch and remembers them in <c>mean</c> and
/// <c>variance</c>, which no gradient changes; use takes the remembered ones. Frozen, it does so in training too.
/// </summary>
/// <remarks>The remembered variance is that of the population, <c>n / (n - 1)</c> times that of the batch, as in the paper.</remarks>
public sealed class BatchNorm : NormalizationLayer
{
    private readonly double momentum;
    private Parameter? runningMean;
    private Parameter? runningVariance;

    /// <summary>A normalisation over batches.</summary>
    /// <param name="momentum">How much of the remembered mean and variance stays in each step, from 0 up to but not including 1.</param>
    /// <param name="epsilon">What is added to the variance, above 0.</param>
    public BatchNorm(double momentum = 0.9, double epsilon = 1e-5)
        : base(epsilon) => this.momentum = momentum is >= 0 and < 1
            ? momentum
            : throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "BatchNorm expects a momentum from 0 up to but not including 1.");

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["momentum"] = momentum };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Require(input);
        return context.Training && !Frozen ? Learn(input, context) : Apply(input, Built(runningMean).Value, Built(runningVariance).Value);
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        base.CreateParameters(input, key);
        runningMean = RegisterRemembered("mean", new Zeros(), [input[-1]], key);
        runningVariance = RegisterRemembered("variance", new Ones(), [input[-1]], key);
    }

    private Tensor Learn(Tensor input, ForwardContext context)
    {
        Tensor[] results = new BatchNormalization(Epsilon).Apply(input, ScaleOf(input), BiasOf(input));
        double count = (double)input.ElementCount / input.Shape[-1];
        Remember(context, Built(runningMean), results[1], 1);
        Remember(context, Built(runningVariance), results[2], count / Math.Max(1, count - 1));
        return results[0];
    }

    // One factor and one shift a channel, as if they were folded into the layer before.
    private Tensor Apply(Tensor input, Tensor mean, Tensor variance)
    {
        Tensor factor = (variance + Epsilon).Rsqrt();
        factor = Scale is { } scale ? factor * scale : factor;
        Tensor shift = -mean * factor;
        return (input * factor) + (Bias is { } bias ? shift + bias : shift);
    }

    private void Remember(ForwardContext context, Parameter remembered, Tensor value, double correction) => context.Update(
        remembered,
        Tape.Pause(() => (remembered.Value * momentum) + (value * ((1 - momentum) * correction))));
}
