using Nabla.Losses;
using Nabla.Ops.Losses;

namespace Nabla.Metrics;

/// <summary>
/// How many tokens a language model wavers between: the exponential of the mean cross-entropy over all tokens that count (Jelinek et al., Perplexity: a
/// measure of the difficulty of speech recognition tasks, 1977). Outputs are <c>[batch, ..., classes]</c>, targets integers <c>[batch, ...]</c>.
/// </summary>
/// <param name="ignoreIndex">Targets of this number, such as padding, do not count; null to count all.</param>
/// <param name="fromLogits">Whether the outputs are logits; otherwise they are probabilities.</param>
public sealed class Perplexity(int? ignoreIndex = null, bool fromLogits = true) : Metric
{
    private double sum;
    private double total;

    /// <inheritdoc/>
    public override string Name => "perplexity";

    /// <inheritdoc/>
    public override double Value => Math.Exp(sum / total);

    /// <inheritdoc/>
    public override void Update(Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        Tensor labels = SparseCategoricalCrossEntropy.LabelsOf(Name, outputs, targets);
        Tensor[] rows = new SoftmaxCrossEntropy(0, ignoreIndex).Apply(fromLogits ? outputs : Logits.OfSoftmax(outputs), labels);
        double[] losses = rows[0].To(DataType.Float64).ToArray<double>();
        int[] truths = labels.ToArray<int>();
        SampleWeights counts = new(Name, weights, outputs, losses.Length);
        for (int row = 0; row < losses.Length; row++)
        {
            if (truths[row] != ignoreIndex)
            {
                sum += counts[row] * losses[row];
                total += counts[row];
            }
        }
    }

    /// <inheritdoc/>
    public override double[] SaveState() => [sum, total];

    /// <inheritdoc/>
    public override void RestoreState(ReadOnlySpan<double> state) => (sum, total) = (state[0], state[1]);

    /// <inheritdoc/>
    public override void Reset() => (sum, total) = (0, 0);
}
