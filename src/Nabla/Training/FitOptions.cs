using Nabla.Data;

namespace Nabla.Training;

/// <summary>How a model is trained.</summary>
public sealed record FitOptions
{
    /// <summary>How often all samples are learnt from, at most; 1 or more.</summary>
    public int Epochs { get; init => field = Limits.AtLeast(1, value, nameof(Epochs)); } = 10;

    /// <summary>The samples that go through the model at once; 1 or more.</summary>
    public int BatchSize { get; init => field = Limits.AtLeast(1, value, nameof(BatchSize)); } = 64;

    /// <summary>How texts of different lengths become batches of similar length; null when all samples are of one length. Validation uses it too.</summary>
    public LengthBuckets? Buckets { get; init; }

    /// <summary>
    /// The batches whose gradients make one step; 1 or more. A step of 4 batches of 16 equals one of 64 up to rounding, but needs the memory of 16;
    /// only layers that look at the whole batch, such as batch normalisation, see the difference.
    /// </summary>
    public int GradientAccumulation { get; init => field = Limits.AtLeast(1, value, nameof(GradientAccumulation)); } = 1;

    /// <summary>The batches that a background thread makes ahead; 0 to make each when it is needed. It changes no result.</summary>
    public int Prefetch { get; init => field = Limits.AtLeast(0, value, nameof(Prefetch)); } = 4;

    /// <summary>What decides the order of the samples and what random layers do.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How much each class counts in the loss of training; null when all count the same.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>Who follows the training, told in this order.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];

    /// <summary>Where and when to write checkpoints; null for none.</summary>
    public CheckpointPlan? Checkpoints { get; init; }

    /// <summary>
    /// Where to go on from: with the same model, optimizer, data and options this ends with the same weights, bit for bit, as a run that was never
    /// stopped.
    /// </summary>
    public Checkpoint? Resume { get; init; }

    /// <summary>The batches of training samples, in an order that is new in each epoch.</summary>
    internal Dataset<Batch> BatchesOf(Dataset<Sample> train) =>
        Buckets is null ? train.Shuffle(Seed).Batch(BatchSize) : train.Batch(BatchSize, Buckets, Seed);
}
