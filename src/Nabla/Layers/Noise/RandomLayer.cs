namespace Nabla.Layers;

/// <summary>A layer that changes its input at random while the model is trained, and passes it on as it is in use or when frozen.</summary>
public abstract class RandomLayer : Layer
{
    private RandomKey layerKey;

    /// <inheritdoc/>
    public override Shape OutputShape(Shape input) => input;

    /// <inheritdoc/>
    protected sealed override Tensor Compute(Tensor input, ForwardContext context) =>
        context.Training && !Frozen ? Disturb(input, context.Key.Fold((long)layerKey.Value)) : input;

    /// <summary>The input as training sees it.</summary>
    /// <param name="input">One batch.</param>
    /// <param name="key">Where the random numbers of this step and this layer come from.</param>
    protected abstract Tensor Disturb(Tensor input, RandomKey key);

    /// <inheritdoc/>
    protected override void CreateParameters(Shape input, RandomKey key) => layerKey = key;

    /// <summary>A probability as a layer drops with it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not from 0 up to but not including 1.</exception>
    private protected static double Rate(double rate) => rate is >= 0 and < 1
        ? rate
        : throw new ArgumentOutOfRangeException(nameof(rate), rate, "A layer drops with a probability from 0 up to but not including 1.");

    /// <summary>Zeros with the probability, else what keeps the mean.</summary>
    private protected static Tensor Mask(Shape shape, DataType dataType, double rate, RandomKey key) =>
        key.Bernoulli(shape, 1 - rate, dataType) * (1 / (1 - rate));
}
