using Nabla.Ops.Convolutions;

namespace Nabla.Ops.Pooling;

/// <summary>Makes one number of each window of each channel. Padding does not count, and each window has a pixel that is none.</summary>
internal abstract record Pooling(Size2D Size, Window Window) : Op
{
    /// <summary>All sizes, from the shape of the images.</summary>
    public PoolingShape Sizes(Shape images) => Sizes(images[0], images[1], images[2], images[3]);

    /// <summary>All sizes, from those of the images.</summary>
    public PoolingShape Sizes(int batch, int height, int width, int channels) => new(batch, height, width, channels, Size, Window);

    /// <inheritdoc/>
    internal override double Flops(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (double)outputs[0].Shape.ElementCount * Size.Height * Size.Width;

    /// <summary>The shape of the results.</summary>
    private protected Shape ResultShape(TensorType input)
    {
        if (Size.Height < 1 || Size.Width < 1 || Window.PadTop >= Size.Height || Window.PadBottom >= Size.Height
            || Window.PadLeft >= Size.Width || Window.PadRight >= Size.Width)
        {
            throw Error($"expects a window of at least 1 x 1 and less padding than window but got {Size} and {Window}.");
        }

        if (input.Shape.Rank != 4 || !input.DataType.IsFloating || input.Shape[1] + Window.PadTop + Window.PadBottom < Size.Height
            || input.Shape[2] + Window.PadLeft + Window.PadRight < Size.Width)
        {
            throw Error($"of {Size} expects floating-point images [batch, height, width, channels] at least as large but got {input}.");
        }

        PoolingShape shape = Sizes(input.Shape);
        return [shape.Batch, shape.OutputHeight, shape.OutputWidth, shape.Channels];
    }
}
