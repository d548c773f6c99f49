using Nabla.Data;
using Nabla.Metrics;

namespace Nabla.Training;

/// <summary>The loss and the metrics over the samples so far.</summary>
internal sealed class ScoreKeeper(IReadOnlyList<Metric> metrics)
{
    /// <summary>The losses so far, each times its weight.</summary>
    public double LossSum { get; private set; }

    /// <summary>The weights so far.</summary>
    public double WeightSum { get; private set; }

    /// <summary>The samples so far.</summary>
    public int Samples { get; private set; }

    /// <summary>The figures so far.</summary>
    public Scores Scores => new(
        WeightSum == 0 ? 0 : LossSum / WeightSum,
        [.. metrics.Select(metric => KeyValuePair.Create(metric.Name, metric.Value))]);

    /// <summary>Forgets all samples.</summary>
    public void Reset()
    {
        Restore(0, 0, 0);
        foreach (Metric metric in metrics)
        {
            metric.Reset();
        }
    }

    /// <summary>Goes on from sums of an earlier run.</summary>
    public void Restore(double lossSum, double weightSum, int samples) => (LossSum, WeightSum, Samples) = (lossSum, weightSum, samples);

    /// <summary>What the metrics have gathered, by name; those that cannot be kept are left out.</summary>
    public IReadOnlyDictionary<string, double[]> SaveMetrics() => metrics
        .Select(metric => (metric.Name, State: metric.SaveState()))
        .Where(pair => pair.State is not null)
        .ToDictionary(pair => pair.Name, pair => pair.State!);

    /// <summary>Puts back what <see cref="SaveMetrics"/> gave.</summary>
    public void RestoreMetrics(IReadOnlyDictionary<string, double[]> states)
    {
        foreach (Metric metric in metrics)
        {
            if (states.TryGetValue(metric.Name, out double[]? saved))
            {
                metric.RestoreState(saved);
            }
        }
    }

    /// <summary>Uses the metrics for something else in between.</summary>
    public T Aside<T>(Func<T> function)
    {
        IReadOnlyDictionary<string, double[]> states = SaveMetrics();
        try
        {
            return function();
        }
        finally
        {
            RestoreMetrics(states);
        }
    }

    /// <summary>Takes a batch in.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="outputs">What the model answered.</param>
    /// <param name="meanLoss">The mean loss by weight.</param>
    /// <param name="weight">The sum of the weights.</param>
    public void Add(Batch batch, Tensor outputs, double meanLoss, double weight)
    {
        LossSum += meanLoss * weight;
        WeightSum += weight;
        Samples += batch.Count;
        foreach (Metric metric in metrics)
        {
            metric.Update(outputs, batch.Targets!, batch.Weights);
        }
    }
}
