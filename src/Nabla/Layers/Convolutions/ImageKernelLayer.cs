using System.Text.Json.Nodes;
using Nabla.Ops.Convolutions;

namespace Nabla.Layers;

/// <summary>A layer whose kernel moves over images <c>[batch, height, width, channels]</c>.</summary>
public abstract class ImageKernelLayer : KernelLayer
{
    private protected ImageKernelLayer(Size2D kernelSize, ActivationKind activation, Size2D? stride, Padding padding, Size2D? dilation)
        : base(activation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernelSize.Height, nameof(kernelSize));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(kernelSize.Width, nameof(kernelSize));
        (KernelSize, Stride, Padding, Dilation) = (kernelSize, stride ?? 1, padding, dilation ?? 1);
        WindowOver(1);
    }

    /// <summary>Rows and columns of the kernel.</summary>
    public Size2D KernelSize { get; }

    /// <summary>From one window to the next.</summary>
    public Size2D Stride { get; }

    /// <summary>What is added around images.</summary>
    public Padding Padding { get; }

    /// <summary>From one element of a window to the next.</summary>
    public Size2D Dilation { get; }

    /// <summary>Whether the activation is one that the convolution's kernel applies by itself.</summary>
    private protected bool Rectifies => Activation == ActivationKind.Relu;

    private string Expected => $"[batch, height, width, {(InputShape is null ? "channels" : $"{InputShape[2]}")}]";

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.Rank != 3 || (InputShape is not null && input[2] != InputShape[2]))
        {
            throw Unfit(Expected, input);
        }

        int outputs = OutputsOf(input);
        Size2D size = ResultsOf(new(input[0], input[1]));
        return size is { Height: > 0, Width: > 0 }
            ? [size.Height, size.Width, outputs]
            : throw Unfit($"{Expected} with room for a kernel of {KernelSize} at dilation {Dilation} and padding {Padding}", input);
    }

    /// <summary>The window of the kernel over images of a size.</summary>
    private protected Window WindowOver(Size2D images) => Window.Over(Kind, images, KernelSize, Stride, Padding, Dilation);

    /// <summary>Rows and columns of the outputs.</summary>
    private protected virtual Size2D ResultsOf(Size2D images) => WindowOver(images).Count(images, KernelSize);

    /// <summary>The channels of the outputs.</summary>
    /// <exception cref="ArgumentException">The layer does not take inputs of such channels.</exception>
    private protected abstract int OutputsOf(Shape input);

    /// <summary>The output for images.</summary>
    private protected abstract Tensor Convolve(Tensor images);

    /// <summary>The attributes of the layer and of its window, for the model file.</summary>
    private protected JsonObject WithWindow(JsonObject description)
    {
        description["kernelSize"] = JsonAttributes.Of(KernelSize);
        description["stride"] = Stride == 1 ? null : JsonAttributes.Of(Stride);
        description["padding"] = JsonAttributes.Of(Padding);
        description["dilation"] = Dilation == 1 ? null : JsonAttributes.Of(Dilation);
        return description;
    }

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context)
    {
        if (input.Rank != 4 || input.Shape[3] != Built(InputShape)[2])
        {
            throw Unfit(Expected, input);
        }

        Tensor result = Convolve(input);
        return Rectifies ? result : Activation.Apply(result);
    }
}
