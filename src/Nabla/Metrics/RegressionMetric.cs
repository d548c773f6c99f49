namespace Nabla.Metrics;

/// <summary>A figure of how far numbers are from their targets, of one shape; a last axis of size 1 may be left out.</summary>
public abstract class RegressionMetric : Metric
{
    private protected RegressionMetric()
    {
    }

    /// <inheritdoc/>
    public sealed override void Update(Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        if (!ClassLayout.SameButLastOne(outputs.Shape, targets.Shape))
        {
            throw new ArgumentException($"{Name} expects outputs and targets of one shape but got {outputs.Shape} and {targets.Shape}.");
        }

        double[] answers = outputs.To(DataType.Float64).ToArray<double>();
        double[] truths = targets.To(DataType.Float64).ToArray<double>();
        SampleWeights counts = new(Name, weights, outputs, answers.Length);
        int columns = outputs.Rank > 1 ? outputs.Shape[-1] : 1;
        for (int index = 0; index < answers.Length; index++)
        {
            Add(answers[index], truths[index], counts[index], index % columns, columns);
        }
    }

    /// <summary>Takes one number in.</summary>
    private protected abstract void Add(double answer, double truth, double weight, int column, int columns);
}
