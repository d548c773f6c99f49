using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>
/// Convolution of images <c>[batch, height, width, channels]</c> with square kernels, without padding and with stride 1, to
/// <c>[batch, height - kernelSize + 1, width - kernelSize + 1, filters]</c>.
/// </summary>
/// <param name="filters">The channels of the output.</param>
/// <param name="kernelSize">The rows and columns of each kernel.</param>
/// <param name="activation">What is applied to the outputs.</param>
public sealed class Conv2D(int filters, int kernelSize, ActivationKind activation = ActivationKind.Linear) : Layer
{
    private Parameter? kernel;
    private Parameter? bias;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank == 3 && input[0] >= kernelSize && input[1] >= kernelSize
        ? [input[0] - kernelSize + 1, input[1] - kernelSize + 1, filters]
        : throw new ArgumentException($"Conv2D expects [batch, height, width, channels] of at least {kernelSize} x {kernelSize} pixels but each input has shape {input}.");

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)OutputShape(input).ElementCount * kernelSize * kernelSize * input[2];

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["filters"] = filters, ["kernelSize"] = kernelSize, ["activation"] = activation.ToString() };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Tensor weights = kernel?.Value ?? throw new InvalidOperationException("Build this Conv2D before its first use.");
        return input.Rank == 4 && input.Shape[3] == weights.Shape[2]
            ? activation.Apply(input.Conv2D(weights) + bias!.Value)
            : throw new ArgumentException($"Conv2D expects [batch, height, width, {weights.Shape[2]}] but got {input.Shape}.");
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        kernel = Register("kernel", new GlorotUniform(), [kernelSize, kernelSize, input[2], filters], key);
        bias = Register("bias", Tensor.Zeros([filters]));
    }
}
