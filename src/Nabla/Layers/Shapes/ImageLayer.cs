namespace Nabla.Layers;

/// <summary>A layer that moves pixels of images <c>[batch, height, width, channels]</c>.</summary>
public abstract class ImageLayer : Layer
{
    private protected const string Images = "[batch, height, width, channels]";

    private protected ImageLayer()
    {
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 3 ? OutputOf(input) : throw Unfit(Images, input);
    }

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context) => input.Rank == 4 ? Move(input) : throw Unfit(Images, input);

    /// <summary>The shape of one output for an input <c>[height, width, channels]</c>.</summary>
    private protected abstract Shape OutputOf(Shape input);

    /// <summary>The output for images.</summary>
    private protected abstract Tensor Move(Tensor images);

    /// <summary>Padding that is given in numbers.</summary>
    private protected Padding Explicit(Padding padding) => !padding.IsSame && padding is { Top: >= 0, Bottom: >= 0, Left: >= 0, Right: >= 0 }
        ? padding
        : throw new ArgumentException($"{Kind} expects numbers of pixels of at least 0 but got {padding}.", nameof(padding));
}
