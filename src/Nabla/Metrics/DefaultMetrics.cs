using Nabla.Losses;

namespace Nabla.Metrics;

/// <summary>The metrics that are shown when none are named.</summary>
public static class DefaultMetrics
{
    /// <summary>Accuracy for a loss of classes, the mean absolute error for a loss of numbers.</summary>
    public static Metric[] For(Loss loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return [loss.CreateMetric()];
    }
}
