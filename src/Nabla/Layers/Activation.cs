using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Applies an activation, for where it does not follow a layer that has one.</summary>
/// <param name="activation">What is applied.</param>
public sealed class Activation(ActivationKind activation) : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["activation"] = activation.ToString() };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => activation.Apply(input);
}
