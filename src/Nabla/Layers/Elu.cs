using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>x where positive, else <c>alpha * (exp(x) - 1)</c> (Clevert et al., Exponential Linear Units, 2016).</summary>
/// <param name="alpha">What large negative numbers come near to, with its sign turned; 0 or more.</param>
public sealed class Elu(double alpha = 1) : Layer
{
    /// <summary>What large negative numbers come near to, with its sign turned.</summary>
    public double Alpha { get; } = Limits.NotNegative(alpha);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["alpha"] = Alpha };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.Elu(Alpha);
}
