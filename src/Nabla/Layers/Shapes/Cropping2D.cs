using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Takes away rows and columns at the border of images <c>[batch, height, width, channels]</c>.</summary>
public sealed class Cropping2D : ImageLayer
{
    private readonly Padding cropping;

    /// <summary>A cut on all sides.</summary>
    /// <param name="cropping">The rows and columns to take away; one number stands for all sides.</param>
    /// <exception cref="ArgumentException">A number is negative, or it is <see cref="Padding.Same"/>.</exception>
    public Cropping2D(Padding cropping) => this.cropping = Explicit(cropping);

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["cropping"] = JsonAttributes.Of(cropping) };

    private protected override Shape OutputOf(Shape input) => input[0] > (long)cropping.Top + cropping.Bottom && input[1] > (long)cropping.Left + cropping.Right
        ? [input[0] - cropping.Top - cropping.Bottom, input[1] - cropping.Left - cropping.Right, input[2]]
        : throw Unfit($"{Images} larger than the border {cropping} that it takes away", input);

    private protected override Tensor Move(Tensor images)
    {
        Shape output = OutputOf([.. images.Shape.Skip(1)]);
        return images.Slice(1, cropping.Top, output[0]).Slice(2, cropping.Left, output[1]);
    }
}
