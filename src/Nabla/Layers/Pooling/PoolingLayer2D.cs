using System.Text.Json.Nodes;
using Nabla.Ops.Convolutions;

namespace Nabla.Layers;

/// <summary>Makes one number of each window of each channel of images <c>[batch, height, width, channels]</c>.</summary>
public abstract class PoolingLayer2D : Layer
{
    private const string Images = "[batch, height, width, channels]";

    private readonly Size2D poolSize;
    private readonly Size2D stride;
    private readonly Padding padding;

    private protected PoolingLayer2D(Size2D poolSize, Size2D? stride, Padding padding)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(poolSize.Height, nameof(poolSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(poolSize.Width, nameof(poolSize));
        (this.poolSize, this.stride, this.padding) = (poolSize, stride ?? poolSize, padding);
        WindowOver(1);
        if (padding.Top >= poolSize.Height || padding.Bottom >= poolSize.Height || padding.Left >= poolSize.Width || padding.Right >= poolSize.Width)
        {
            throw new ArgumentException($"{Kind} expects less padding than the window of {poolSize} but got {padding}.", nameof(padding));
        }
    }

    private protected Size2D PoolSize => poolSize;

    private protected Size2D Stride => stride;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        Size2D windows = input.Rank == 3 ? WindowOver(new(input[0], input[1])).Count(new(input[0], input[1]), poolSize) : throw Unfit(Images, input);
        return windows is { Height: > 0, Width: > 0 }
            ? [windows.Height, windows.Width, input[2]]
            : throw Unfit($"{Images} of at least {poolSize} pixels", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["poolSize"] = JsonAttributes.Of(poolSize),
        ["stride"] = stride == poolSize ? null : JsonAttributes.Of(stride),
        ["padding"] = JsonAttributes.Of(padding),
    };

    /// <summary>The window over images of a size.</summary>
    private protected Window WindowOver(Size2D images) => Window.Over(Kind, images, poolSize, stride, padding, 1);

    /// <summary>The output for images.</summary>
    private protected abstract Tensor Pool(Tensor images, Size2D size, Size2D step, Padding around);

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context) =>
        input.Rank == 4 ? Pool(input, poolSize, stride, padding) : throw Unfit(Images, input);
}
