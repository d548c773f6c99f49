using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>The same elements in another shape: <c>[batch, ...]</c> to <c>[batch, ...shape]</c>.</summary>
/// <example><code>Reshape grid = new(7, 7, -1); // [batch, 3136] to [batch, 7, 7, 64]</code></example>
public sealed class Reshape : Layer
{
    private readonly int[] shape;

    /// <summary>A change of shape.</summary>
    /// <param name="shape">The shape of one output, without the batch; at most one size may be -1, which is what remains.</param>
    /// <exception cref="ArgumentException">A size is negative, or more than one is -1.</exception>
    public Reshape(params int[] shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        this.shape = shape.All(size => size >= -1) && shape.Count(size => size == -1) <= 1
            ? [.. shape]
            : throw new ArgumentException($"Reshape expects sizes of at least 0 and at most one -1 but got [{string.Join(", ", shape)}].", nameof(shape));
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Shape known = [.. shape.Where(size => size != -1)];
        Shape output = [.. shape.Select(size => size == -1 ? input.ElementCount / Math.Max(1, known.ElementCount) : size)];
        return output.ElementCount == input.ElementCount
            ? output
            : throw Unfit($"samples of as many elements as [{string.Join(", ", shape)}]", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["shape"] = JsonAttributes.Of(shape) };

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context) => input.Reshape([input.Shape[0], .. OutputShape([.. input.Shape.Skip(1)])]);
}
