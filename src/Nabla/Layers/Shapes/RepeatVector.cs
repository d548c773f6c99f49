using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Repeats each vector along a new time axis: <c>[batch, features]</c> to <c>[batch, count, features]</c>.</summary>
public sealed class RepeatVector : Layer
{
    private readonly int count;

    /// <summary>A repetition.</summary>
    /// <param name="count">How often, at least once.</param>
    public RepeatVector(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        this.count = count;
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 1 ? [count, input[0]] : throw Unfit("[batch, features]", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["count"] = count };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.Rank == 2
        ? input.ExpandDimensions(1).BroadcastTo([input.Shape[0], count, input.Shape[1]])
        : throw Unfit("[batch, features]", input);
}
