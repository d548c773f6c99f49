using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Adds zeros around images <c>[batch, height, width, channels]</c>.</summary>
/// <example><code>ZeroPadding2D frame = new(1); // or new(new Padding(Top: 0, Bottom: 1, Left: 0, Right: 1))</code></example>
public sealed class ZeroPadding2D : ImageLayer
{
    private readonly Padding padding;

    /// <summary>A frame of zeros.</summary>
    /// <param name="padding">The rows and columns to add; one number stands for all sides.</param>
    /// <exception cref="ArgumentException">A number is negative, or the padding is <see cref="Padding.Same"/>.</exception>
    public ZeroPadding2D(Padding padding) => this.padding = Explicit(padding);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["padding"] = JsonAttributes.Of(padding) };

    private protected override Shape OutputOf(Shape input) =>
        [checked(padding.Top + input[0] + padding.Bottom), checked(padding.Left + input[1] + padding.Right), input[2]];

    private protected override Tensor Move(Tensor images) => images.Pad(1, padding.Top, padding.Bottom).Pad(2, padding.Left, padding.Right);
}
