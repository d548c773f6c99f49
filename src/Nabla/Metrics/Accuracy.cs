namespace Nabla.Metrics;

/// <summary>The share of answers that are right. What targets mean follows from their shape, see <see cref="ClassMetric"/>.</summary>
/// <param name="threshold">
/// When given, each output is a yes-or-no answer of its own, yes above it: 0.5 for probabilities, 0 for logits. Without it this holds only
/// for samples of one output, at 0.5.
/// </param>
/// <param name="ignoreIndex">Answers whose target is this one do not count, such as padding.</param>
public sealed class Accuracy(double? threshold = null, int? ignoreIndex = null) : ClassMetric(threshold, ignoreIndex)
{
    private double right;
    private double total;

    /// <inheritdoc/>
    public override string Name => "accuracy";

    /// <inheritdoc/>
    public override double Value => right / total;

    /// <inheritdoc/>
    public override double[] SaveState() => [right, total];

    /// <inheritdoc/>
    public override void RestoreState(ReadOnlySpan<double> state) => (right, total) = (state[0], state[1]);

    /// <inheritdoc/>
    public override void Reset() => (right, total) = (0, 0);

    /// <inheritdoc/>
    private protected override void Add(int answer, int truth, double weight)
    {
        right += answer == truth ? weight : 0;
        total += weight;
    }
}
