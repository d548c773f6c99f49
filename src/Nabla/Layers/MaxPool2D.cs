using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>The largest value of each window of <c>poolSize</c> x <c>poolSize</c> pixels, windows side by side; what is left over at the border is not read.</summary>
/// <param name="poolSize">The rows and columns of a window.</param>
public sealed class MaxPool2D(int poolSize) : Layer
{
    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input.Rank == 3 && input[0] >= poolSize && input[1] >= poolSize
        ? [input[0] / poolSize, input[1] / poolSize, input[2]]
        : throw new ArgumentException($"MaxPool2D expects [batch, height, width, channels] of at least {poolSize} x {poolSize} pixels but each input has shape {input}.");

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["poolSize"] = poolSize };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.MaxPool2D(poolSize);
}
