using System.Text.Json.Nodes;
using Nabla.Layers.Initializers;

namespace Nabla.Layers;

/// <summary>A fully connected layer: <c>activation(x kernel + bias)</c>, from <c>[batch, inputs]</c> to <c>[batch, units]</c>.</summary>
/// <param name="units">The number of outputs.</param>
/// <param name="activation">What is applied to the outputs.</param>
public sealed class Dense(int units, ActivationKind activation = ActivationKind.Linear) : Layer
{
    private Parameter? kernel;
    private Parameter? bias;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank == 1
        ? [units]
        : throw new ArgumentException($"Dense expects [batch, inputs] but each input has shape {input}: put a Flatten before it.");

    /// <inheritdoc/>
    public override long MultiplyAdds(Shape input) => (long)input[0] * units;

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["units"] = units, ["activation"] = activation.ToString() };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        Tensor weights = kernel?.Value ?? throw new InvalidOperationException("Build this Dense before its first use.");
        return input.Rank == 2 && input.Shape[1] == weights.Shape[0]
            ? activation.Apply(input.MatMul(weights) + bias!.Value)
            : throw new ArgumentException($"Dense expects [batch, {weights.Shape[0]}] but got {input.Shape}.");
    }

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key)
    {
        kernel = Register("kernel", GlorotUniform.Create([input[0], units], key.Fold("kernel")));
        bias = Register("bias", Tensor.Zeros([units]));
    }
}
