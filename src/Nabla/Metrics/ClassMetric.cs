namespace Nabla.Metrics;

/// <summary>
/// A metric of which class was answered and which was right. What targets mean follows from their shape: for outputs
/// <c>[batch, ..., classes]</c> integers <c>[batch, ...]</c> are classes and targets of the outputs' shape are one-hot; for outputs
/// <c>[batch, 1]</c> or <c>[batch]</c> targets are yes (1) or no (0 or -1).
/// </summary>
public abstract class ClassMetric : Metric
{
    private const double Half = 0.5;

    private readonly double? threshold;
    private readonly int? ignoreIndex;

    private protected ClassMetric(double? threshold, int? ignoreIndex)
    {
        this.threshold = threshold;
        this.ignoreIndex = ignoreIndex;
    }

    /// <inheritdoc/>
    public sealed override void Update(Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        ClassLayout layout = ClassLayout.Of(Name, outputs, targets, eachOutput: threshold is not null);
        int[] answers = layout.Answers(outputs, threshold ?? Half);
        int[] truths = layout.Truths(Name, targets, ignoreIndex);
        SampleWeights counts = new(Name, weights, outputs, layout.Rows);
        Prepare(layout);
        for (int row = 0; row < layout.Rows; row++)
        {
            if (truths[row] != ignoreIndex)
            {
                Add(answers[row], truths[row], counts[row]);
            }
        }
    }

    /// <summary>Called before the rows of a batch, with what they choose from.</summary>
    private protected virtual void Prepare(ClassLayout layout)
    {
    }

    /// <summary>Takes one answer in.</summary>
    private protected abstract void Add(int answer, int truth, double weight);
}
