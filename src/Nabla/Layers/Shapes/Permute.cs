using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Reorders the axes of each sample: axis i of the output is axis <c>axes[i]</c> of the input, the batch not counted.</summary>
/// <example><code>Permute swap = new(1, 0); // [batch, time, features] to [batch, features, time]</code></example>
public sealed class Permute : Layer
{
    private readonly int[] axes;

    /// <summary>A change of order.</summary>
    /// <param name="axes">Each axis of a sample once, from 0.</param>
    /// <exception cref="ArgumentException">The axes are not each axis once.</exception>
    public Permute(params int[] axes)
    {
        ArgumentNullException.ThrowIfNull(axes);
        this.axes = axes.Order().SequenceEqual(Enumerable.Range(0, axes.Length))
            ? [.. axes]
            : throw new ArgumentException($"Permute expects each axis from 0 to {axes.Length - 1} once but got [{string.Join(", ", axes)}].", nameof(axes));
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == axes.Length ? [.. axes.Select(axis => input[axis])] : throw Unfit($"samples of {axes.Length} axes", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["axes"] = JsonAttributes.Of(axes) };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.Transpose([0, .. axes.Select(axis => axis + 1)]);
}
