using Nabla.Losses;
using Nabla.Metrics;

namespace Nabla.Compression;

/// <summary>The loss of the labels with its share, and of targets that hold a teacher's answer that of the soft targets too.</summary>
internal sealed class MixedLoss(Loss labels, DistillationOptions options) : Loss
{
    /// <inheritdoc/>
    public override Tensor PerSample(Tensor outputs, Tensor targets)
    {
        if (!KeptAnswers.Holds(outputs, targets))
        {
            return labels.PerSample(outputs, targets) * (1 - options.Alpha);
        }

        Tensor soft = SoftTargets.Difference(outputs, KeptAnswers.AnswersOf(targets), options) * options.Alpha;
        return (labels.PerSample(outputs, KeptAnswers.LabelsOf(targets)) * (1 - options.Alpha)) + soft;
    }

    /// <inheritdoc/>
    protected internal override Metric CreateMetric() => new LabelMetric(labels.CreateMetric());
}
