namespace Nabla.Metrics;

/// <summary>The share of samples whose right class is among the <c>k</c> with the largest scores; of equal scores the lower index is first.</summary>
public sealed class TopKAccuracy : Metric
{
    private readonly int k;
    private readonly int? ignoreIndex;
    private double right;
    private double total;

    /// <summary>A metric of outputs <c>[batch, ..., classes]</c> and targets of classes or one-hot rows.</summary>
    /// <param name="k">How many guesses a sample has; 1 or more.</param>
    /// <param name="ignoreIndex">Answers whose target is this one do not count.</param>
    public TopKAccuracy(int k = 5, int? ignoreIndex = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        this.k = k;
        this.ignoreIndex = ignoreIndex;
    }

    /// <inheritdoc/>
    public override string Name => $"top_{k}_accuracy";

    /// <inheritdoc/>
    public override double Value => right / total;

    /// <inheritdoc/>
    public override void Update(Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        ClassLayout layout = ClassLayout.Of(Name, outputs, targets, eachOutput: false);
        if (layout.Kind == TargetKind.YesOrNo)
        {
            throw new ArgumentException($"{Name} expects outputs [batch, ..., classes] but got {outputs.Shape}.");
        }

        int[] truths = layout.Truths(Name, targets, ignoreIndex);
        double[] scores = outputs.To(DataType.Float64).ToArray<double>();
        SampleWeights counts = new(Name, weights, outputs, layout.Rows);
        for (int row = 0; row < layout.Rows; row++)
        {
            if (truths[row] != ignoreIndex)
            {
                right += IsAmongLargest(scores.AsSpan(row * layout.Classes, layout.Classes), truths[row]) ? counts[row] : 0;
                total += counts[row];
            }
        }
    }

    /// <inheritdoc/>
    public override double[] SaveState() => [right, total];

    /// <inheritdoc/>
    public override void RestoreState(ReadOnlySpan<double> state) => (right, total) = (state[0], state[1]);

    /// <inheritdoc/>
    public override void Reset() => (right, total) = (0, 0);

    private bool IsAmongLargest(ReadOnlySpan<double> scores, int truth)
    {
        int before = 0;
        for (int index = 0; index < scores.Length; index++)
        {
            before += scores[index] > scores[truth] || (scores[index] == scores[truth] && index < truth) ? 1 : 0;
        }

        return before < k && !double.IsNaN(scores[truth]);
    }
}
