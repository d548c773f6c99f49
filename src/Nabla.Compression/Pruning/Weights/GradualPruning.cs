using Nabla.Training;

namespace Nabla.Compression;

/// <summary>
/// Prunes more and more weights while a network is trained: the share of zeros rises from <see cref="Initial"/> to the final one as
/// <c>final + (initial - final) * (1 - t)³</c>, t from 0 to 1 between <see cref="Begin"/> and <see cref="End"/> (Zhu and Gupta, To Prune, or Not to Prune, 2017,
/// arXiv 1710.01878), so that much goes while much is left to adapt. What is behind the end trains what is left.
/// </summary>
/// <param name="pruning">The masks.</param>
/// <param name="sparsity">The final share of zeros, from 0 up to, not including, 1.</param>
public sealed class GradualPruning(WeightPruning pruning, double sparsity) : Callback
{
    private readonly WeightPruning pruning = pruning ?? throw new ArgumentNullException(nameof(pruning));
    private readonly double final = Limits.BelowOne(sparsity);
    private int epochs = 1;
    private bool reached;

    /// <summary>The share of zeros at the beginning, from 0 up to, not including, 1; 0 by default.</summary>
    public double Initial { get; init => field = Limits.BelowOne(value, nameof(Initial)); }

    /// <summary>The share of the training behind which it begins, from 0 to 1; 0 by default.</summary>
    public double Begin { get; init => field = Limits.Share(value, nameof(Begin)); }

    /// <summary>The share of the training at which the final share of zeros is reached, from 0 to 1; 0.75 by default.</summary>
    public double End { get; init => field = Limits.Share(value, nameof(End)); } = 0.75;

    /// <summary>The steps from one choice of weights to the next; 1 or more, 20 by default.</summary>
    public int Frequency { get; init => field = Limits.AtLeast(1, value, nameof(Frequency)); } = 20;

    /// <summary>The share of zeros at a time of the training.</summary>
    /// <param name="time">From 0, the first step, to 1, the last one.</param>
    public double SparsityAt(double time)
    {
        double progress = time < Begin ? 0 : time >= End ? 1 : (time - Begin) / (End - Begin);
        return final + ((Initial - final) * Math.Pow(1 - progress, 3));
    }

    /// <inheritdoc/>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        epochs = start.Epochs;
        reached = false;
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        double inEpoch = result.TotalSamples is { } total ? (double)result.Samples / total : 0;
        double time = (result.Epoch - 1 + inEpoch) / epochs;

        // Behind the end the zeros of a mask by magnitude stay what they are; scores go on being learnt.
        bool chooses = result.Step % Frequency == 0 && (!reached || pruning.Options.Importance == WeightImportance.Movement);
        if (chooses && time >= Begin)
        {
            pruning.Prune(SparsityAt(time));
            reached = time >= End;
        }
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(Trainer trainer)
    {
        if (!reached || pruning.Options.Importance == WeightImportance.Movement)
        {
            pruning.Prune(final);
        }
    }
}
