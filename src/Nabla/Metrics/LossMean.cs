using Nabla.Losses;

namespace Nabla.Metrics;

/// <summary>The mean of a loss over the samples, by their weights.</summary>
/// <param name="loss">The loss.</param>
/// <param name="name">What tables call it.</param>
public sealed class LossMean(Loss loss, string name = "loss") : Metric
{
    private double sum;
    private double total;

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override double Value => sum / total;

    /// <inheritdoc/>
    public override void Update(Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        double[] losses = loss.PerSample(outputs, targets).To(DataType.Float64).ToArray<double>();
        SampleWeights counts = new(Name, weights, outputs, losses.Length);
        for (int sample = 0; sample < losses.Length; sample++)
        {
            sum += counts[sample] * losses[sample];
            total += counts[sample];
        }
    }

    /// <inheritdoc/>
    public override double[] SaveState() => [sum, total];

    /// <inheritdoc/>
    public override void RestoreState(ReadOnlySpan<double> state) => (sum, total) = (state[0], state[1]);

    /// <inheritdoc/>
    public override void Reset() => (sum, total) = (0, 0);
}
