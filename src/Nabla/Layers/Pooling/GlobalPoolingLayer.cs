using System.Text.Json.Nodes;

namespace Nabla.Layers;

/// <summary>Makes one number of each channel.</summary>
public abstract class GlobalPoolingLayer : Layer
{
    private readonly string expected;
    private readonly int axes;

    private protected GlobalPoolingLayer(string expected, int axes) => (this.expected, this.axes) = (expected, axes);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == axes + 1 && input.ElementCount > 0 ? [input[-1]] : throw Unfit(expected, input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => [];

    /// <summary>The output for a batch.</summary>
    private protected abstract Tensor Pool(Tensor x);

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context) =>
        input.Rank == axes + 2 ? Pool(input) : throw Unfit(expected, input);
}

/// <summary>The mean of each channel over all steps: from <c>[batch, time, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalAveragePool1D() : GlobalPoolingLayer("[batch, time, channels]", 1)
{
    private protected override Tensor Pool(Tensor x) => x.GlobalAveragePool();
}

/// <summary>The mean of each channel over all pixels: from <c>[batch, height, width, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalAveragePool2D() : GlobalPoolingLayer("[batch, height, width, channels]", 2)
{
    private protected override Tensor Pool(Tensor x) => x.GlobalAveragePool();
}

/// <summary>The largest value of each channel over all steps: from <c>[batch, time, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalMaxPool1D() : GlobalPoolingLayer("[batch, time, channels]", 1)
{
    private protected override Tensor Pool(Tensor x) => x.GlobalMaxPool();
}

/// <summary>The largest value of each channel over all pixels: from <c>[batch, height, width, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalMaxPool2D() : GlobalPoolingLayer("[batch, height, width, channels]", 2)
{
    private protected override Tensor Pool(Tensor x) => x.GlobalMaxPool();
}
