using System.Runtime.InteropServices;

namespace Nabla.Metrics;

/// <summary>
/// A figure of each class's counts: how often it was answered, how often it was right, and how often both. For yes or no it is the figure
/// of yes; for several classes their average. Where a figure has nothing to divide by it is 0.
/// </summary>
public abstract class PerClassMetric : ClassMetric
{
    private readonly Averaging averaging;
    private ClassCounts[] counts = [];
    private bool isYesOrNo;

    private protected PerClassMetric(Averaging averaging, double? threshold, int? ignoreIndex)
        : base(threshold, ignoreIndex) => this.averaging = averaging;

    /// <inheritdoc/>
    public sealed override double Value => !Array.Exists(counts, count => count.Occurs) ? double.NaN
        : isYesOrNo ? Figure(counts[1])
        : Average();

    /// <summary>The figure of each class; not a number for one that was neither answered nor right.</summary>
    public IReadOnlyList<double> Values => [.. counts.Select(count => count.Occurs ? Figure(count) : double.NaN)];

    /// <inheritdoc/>
    public sealed override double[] SaveState() => [isYesOrNo ? 1 : 0, .. MemoryMarshal.Cast<ClassCounts, double>(counts)];

    /// <inheritdoc/>
    public sealed override void RestoreState(ReadOnlySpan<double> state) =>
        (isYesOrNo, counts) = (state[0] != 0, MemoryMarshal.Cast<double, ClassCounts>(state[1..]).ToArray());

    /// <inheritdoc/>
    public sealed override void Reset() => counts = [];

    /// <inheritdoc/>
    private protected sealed override void Prepare(ClassLayout layout)
    {
        if (counts.Length > 0 && counts.Length != layout.Classes)
        {
            throw new ArgumentException($"{Name} expects outputs of {counts.Length} classes, as before, but got {layout.Classes}.");
        }

        isYesOrNo = layout.Kind == TargetKind.YesOrNo;
        counts = counts.Length == 0 ? new ClassCounts[layout.Classes] : counts;
    }

    /// <inheritdoc/>
    private protected sealed override void Add(int answer, int truth, double weight)
    {
        counts[answer].Answered += weight;
        counts[truth].Right += weight;
        counts[truth].Both += answer == truth ? weight : 0;
    }

    /// <summary>The figure of one class, or of all together.</summary>
    private protected abstract double Figure(ClassCounts count);

    /// <summary>A quotient, 0 where there is nothing to divide by.</summary>
    private protected static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;

    private double Average() => averaging == Averaging.Macro
        ? counts.Where(count => count.Occurs).Average(Figure)
        : Figure(counts.Aggregate((sum, count) => new ClassCounts
        {
            Answered = sum.Answered + count.Answered,
            Right = sum.Right + count.Right,
            Both = sum.Both + count.Both,
        }));
}

/// <summary>The weight of the samples for which a class was answered, was right, and both.</summary>
internal struct ClassCounts
{
    public double Answered;
    public double Right;
    public double Both;

    public readonly bool Occurs => Answered > 0 || Right > 0;
}
