namespace Nabla.Metrics;

/// <summary>A figure that says how good answers are, gathered batch by batch.</summary>
public abstract class Metric
{
    /// <summary>What tables and files call it, such as <c>accuracy</c>: lower case, words joined by underscores.</summary>
    public abstract string Name { get; }

    /// <summary>The figure over all samples since the last <see cref="Reset"/>; not a number before the first.</summary>
    public abstract double Value { get; }

    /// <summary>Takes a batch in.</summary>
    /// <param name="outputs">What the model answered, <c>[batch, ...]</c>; training lends it for the time of the call.</param>
    /// <param name="targets">What it should have answered.</param>
    /// <param name="weights">How much each sample counts, <c>[batch]</c>; null when all count the same.</param>
    public abstract void Update(Tensor outputs, Tensor targets, Tensor? weights = null);

    /// <summary>Forgets all samples.</summary>
    public abstract void Reset();

    /// <summary>
    /// What was gathered since the last <see cref="Reset"/>, as numbers: checkpoints keep them, so that the figure of an epoch is that of all its samples
    /// also when training was stopped in its middle. Null from a metric that cannot be kept.
    /// </summary>
    public virtual double[]? SaveState() => null;

    /// <summary>Goes on from what <see cref="SaveState"/> gave.</summary>
    public virtual void RestoreState(ReadOnlySpan<double> state) => throw new NotSupportedException($"The metric '{Name}' keeps no state.");
}
