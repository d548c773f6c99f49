namespace Nabla.Layers;

/// <summary>A layer that moves the steps of sequences <c>[batch, time, channels]</c>.</summary>
public abstract class SequenceLayer : Layer
{
    private protected const string Sequences = "[batch, time, channels]";

    private protected SequenceLayer()
    {
    }

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Rank == 2 ? [StepsOf(input), input[1]] : throw Unfit(Sequences, input);
    }

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context) => input.Rank == 3 ? Move(input) : throw Unfit(Sequences, input);

    /// <summary>The steps of one output for an input <c>[time, channels]</c>.</summary>
    private protected abstract int StepsOf(Shape input);

    /// <summary>The output for sequences.</summary>
    private protected abstract Tensor Move(Tensor sequences);
}
