namespace Nabla.Metrics;

/// <summary>Of the samples for which a class was answered, the share for which it was right. See <see cref="PerClassMetric"/> for several classes.</summary>
/// <param name="averaging">How the figures of several classes become one; for yes or no it has no say.</param>
/// <param name="threshold">
/// When given, each output is a yes-or-no answer of its own, yes above it: 0.5 for probabilities, 0 for logits. Without it this holds only
/// for samples of one output, at 0.5.
/// </param>
/// <param name="ignoreIndex">Answers whose target is this one do not count.</param>
public sealed class Precision(Averaging averaging = Averaging.Macro, double? threshold = null, int? ignoreIndex = null)
    : PerClassMetric(averaging, threshold, ignoreIndex)
{
    /// <inheritdoc/>
    public override string Name => "precision";

    /// <inheritdoc/>
    private protected override double Figure(ClassCounts count) => Share(count.Both, count.Answered);
}
