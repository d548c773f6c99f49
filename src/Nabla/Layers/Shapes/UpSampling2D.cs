using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>
/// Enlarges images by whole factors: <c>[batch, height, width, channels]</c> to <c>[batch, height * rows, width * columns, channels]</c>.
/// </summary>
public sealed class UpSampling2D : ImageLayer
{
    private readonly Size2D factor;
    private readonly Interpolation interpolation;

    /// <summary>An enlargement.</summary>
    /// <param name="factor">The rows and columns that each pixel becomes.</param>
    /// <param name="interpolation">What stands between the pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A factor is not positive.</exception>
    public UpSampling2D(Size2D factor, Interpolation interpolation = Interpolation.Nearest)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor.Height, nameof(factor));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor.Width, nameof(factor));
        (this.factor, this.interpolation) = (factor, interpolation);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["factor"] = JsonAttributes.Of(factor), ["interpolation"] = interpolation.ToString() };

    private protected override Shape OutputOf(Shape input) => [checked(input[0] * factor.Height), checked(input[1] * factor.Width), input[2]];

    private protected override Tensor Move(Tensor images) => Enlarge(Enlarge(images, 1, factor.Height), 2, factor.Width);

    private Tensor Enlarge(Tensor x, int axis, int times)
    {
        if (times == 1)
        {
            return x;
        }

        Tensor phases = interpolation == Interpolation.Nearest ? Repeat(x, axis + 1, times) : Interpolate(x, axis, times);
        return phases.Reshape(x.Shape.With(axis, x.Shape[axis] * times).AsSpan());
    }

    private static Tensor Repeat(Tensor x, int axis, int times)
    {
        Tensor expanded = x.ExpandDimensions(axis);
        return expanded.BroadcastTo(expanded.Shape.With(axis, times));
    }

    // The new pixels of an old one lie at fixed distances from its middle, before it and behind it, whatever the pixel.
    private static Tensor Interpolate(Tensor x, int axis, int times)
    {
        int length = x.Shape[axis];
        Tensor before = ShapeOps.Concatenate(axis, x.Slice(axis, 0, 1), x.Slice(axis, 0, length - 1));
        Tensor behind = ShapeOps.Concatenate(axis, x.Slice(axis, 1, length - 1), x.Slice(axis, length - 1, 1));
        return ShapeOps.Stack(axis + 1, [.. Enumerable.Range(0, times).Select(phase =>
        {
            double distance = ((phase + 0.5) / times) - 0.5;
            return distance == 0 ? x : (x * (1 - Math.Abs(distance))) + ((distance < 0 ? before : behind) * Math.Abs(distance));
        })]);
    }
}

/// <summary>What stands between the pixels of an image that is enlarged.</summary>
public enum Interpolation
{
    /// <summary>The nearest pixel.</summary>
    Nearest,

    /// <summary>The weighted mean of the nearest two in each direction, pixels being areas: the middle of the corner ones is not the corner.</summary>
    Bilinear,
}
