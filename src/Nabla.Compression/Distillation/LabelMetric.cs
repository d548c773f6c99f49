using Nabla.Metrics;

namespace Nabla.Compression;

/// <summary>A metric of the labels in targets that hold a teacher's answers too.</summary>
internal sealed class LabelMetric(Metric metric) : Metric
{
    /// <inheritdoc/>
    public override string Name => metric.Name;

    /// <inheritdoc/>
    public override double Value => metric.Value;

    /// <inheritdoc/>
    public override void Update(Tensor outputs, Tensor targets, Tensor? weights = null) =>
        metric.Update(outputs, KeptAnswers.Holds(outputs, targets) ? KeptAnswers.LabelsOf(targets) : targets, weights);

    /// <inheritdoc/>
    public override void Reset() => metric.Reset();

    /// <inheritdoc/>
    public override double[]? SaveState() => metric.SaveState();

    /// <inheritdoc/>
    public override void RestoreState(ReadOnlySpan<double> state) => metric.RestoreState(state);
}
