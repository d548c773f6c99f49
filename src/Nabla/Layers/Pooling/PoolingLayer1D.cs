using System.Text.Json.Nodes;
using Nabla.Ops.Convolutions;

namespace Nabla.Layers;

/// <summary>Makes one number of each window of each channel of sequences <c>[batch, time, channels]</c>.</summary>
public abstract class PoolingLayer1D : Layer
{
    private const string Sequences = "[batch, time, channels]";

    private readonly int poolSize;
    private readonly int stride;
    private readonly Padding padding;

    private protected PoolingLayer1D(int poolSize, int? stride, Padding padding)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(poolSize);
        (this.poolSize, this.stride, this.padding) = (poolSize, stride ?? poolSize, padding.OfSequence);
        LengthOf(1);
        if (padding.Left >= poolSize || padding.Right >= poolSize)
        {
            throw new ArgumentException($"{Kind} expects less padding than the window of {poolSize} but got {padding}.", nameof(padding));
        }
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int length = input.Rank == 2 ? LengthOf(input[0]) : throw Unfit(Sequences, input);
        return length > 0 ? [length, input[1]] : throw Unfit($"{Sequences} of at least {poolSize} steps", input);
    }

    /// <inheritdoc/>
    public override JsonObject Describe() => new()
    {
        ["poolSize"] = poolSize,
        ["stride"] = stride == poolSize ? null : stride,
        ["padding"] = JsonAttributes.Of(padding),
    };

    /// <summary>The output for sequences.</summary>
    private protected abstract Tensor Pool(Tensor sequences, int size, int step, Padding around);

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context) =>
        input.Rank == 3 ? Pool(input, poolSize, stride, padding) : throw Unfit(Sequences, input);

    private int LengthOf(int time)
    {
        Size2D row = new(1, time);
        return Window.Over(Kind, row, new(1, poolSize), new(1, stride), padding, 1).Count(row, new(1, poolSize)).Width;
    }
}
