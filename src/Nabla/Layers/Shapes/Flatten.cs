using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Makes one axis of all but the batch: <c>[batch, ...]</c> to <c>[batch, features]</c>.</summary>
public sealed class Flatten : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => [input.ElementCount];

    /// <inheritdoc/>
    public override JsonObject Describe() => [];

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.Reshape(input.Shape[0], input.Shape.Product(1, input.Rank));
}
