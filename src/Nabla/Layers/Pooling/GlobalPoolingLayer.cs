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
        input.Rank == axes + 2 ? Pool(input, context) : throw Unfit(expected, input);

    /// <summary>The output for a batch of a pass.</summary>
    private protected virtual Tensor Pool(Tensor x, ForwardContext context) => Pool(x);

    /// <summary>Which of the steps <c>[batch, time, channels]</c> belong to their sequences, <c>[batch, time, 1]</c>.</summary>
    /// <param name="x">The steps.</param>
    /// <param name="counts">How many each sequence has, <c>[batch, 1]</c>.</param>
    private protected static Tensor Seen(Tensor x, Tensor counts) => Tensor.Range(x.Shape[1]).Less(counts).ExpandDimensions(-1);
}

/// <summary>The mean of each channel over all steps: from <c>[batch, time, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalAveragePool1D() : GlobalPoolingLayer("[batch, time, channels]", 1)
{
    /// <summary>
    /// Whether steps behind <see cref="ForwardContext.Lengths"/> are left out of the mean, so that a text gives the same however far it is filled up; false
    /// by default. Of an empty sequence the mean is zero.
    /// </summary>
    public bool IgnoresPadding { get; init; }

    /// <summary>
    /// What the sum over the steps is divided by, whatever a sequence has; from 1. Null, the default, for as many steps as it has. With the usual length long
    /// sequences say more than short ones.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is below 1.</exception>
    public int? Divisor
    {
        get;
        init => field = value is { } given ? Limits.AtLeast(1, given) : null;
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["ignoresPadding"] = IgnoresPadding ? true : null, ["divisor"] = Divisor };

    private protected override Tensor Pool(Tensor x) => Divisor is { } divisor ? x.Sum([1]) / divisor : x.GlobalAveragePool();

    private protected override Tensor Pool(Tensor x, ForwardContext context)
    {
        if (!IgnoresPadding || context.Lengths is not { } lengths)
        {
            return Pool(x);
        }

        Tensor counts = lengths.Reshape(-1, 1);
        Tensor sum = Seen(x, counts).Where(x, 0).Sum([1]);
        return Divisor is { } divisor ? sum / divisor : sum / counts.Clip(1, x.Shape[1]).To(x.DataType);
    }
}

/// <summary>The mean of each channel over all pixels: from <c>[batch, height, width, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalAveragePool2D() : GlobalPoolingLayer("[batch, height, width, channels]", 2)
{
    private protected override Tensor Pool(Tensor x) => x.GlobalAveragePool();
}

/// <summary>The largest value of each channel over all steps: from <c>[batch, time, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalMaxPool1D() : GlobalPoolingLayer("[batch, time, channels]", 1)
{
    /// <summary>
    /// Whether steps behind <see cref="ForwardContext.Lengths"/> are left out, so that a text gives the same however far it is filled up; false by default. Of
    /// an empty sequence the largest is zero.
    /// </summary>
    public bool IgnoresPadding { get; init; }

    /// <inheritdoc/>
    public override JsonObject Describe() => new() { ["ignoresPadding"] = IgnoresPadding ? true : null };

    private protected override Tensor Pool(Tensor x) => x.GlobalMaxPool();

    private protected override Tensor Pool(Tensor x, ForwardContext context)
    {
        if (!IgnoresPadding || context.Lengths is not { } lengths)
        {
            return Pool(x);
        }

        Tensor counts = lengths.Reshape(-1, 1);
        return counts.Greater(0).Where(Seen(x, counts).Where(x, double.NegativeInfinity).GlobalMaxPool(), 0);
    }
}

/// <summary>The largest value of each channel over all pixels: from <c>[batch, height, width, channels]</c> to <c>[batch, channels]</c>.</summary>
public sealed class GlobalMaxPool2D() : GlobalPoolingLayer("[batch, height, width, channels]", 2)
{
    private protected override Tensor Pool(Tensor x) => x.GlobalMaxPool();
}
