using System.Globalization;

namespace Nabla.Training;

/// <summary>How the loss changed while the learning rate rose.</summary>
/// <param name="LearningRates">The learning rate of each step, rising.</param>
/// <param name="Losses">The smoothed loss of each step.</param>
public sealed record LearningRateCurve(IReadOnlyList<double> LearningRates, IReadOnlyList<double> Losses)
{
    /// <summary>The steps that a suggestion needs.</summary>
    internal const int Fewest = 5;

    /// <summary>The learning rate at which the loss fell fastest, before it was smallest.</summary>
    public double Suggestion
    {
        get
        {
            int smallest = Losses.Index().MinBy(pair => pair.Item).Index;
            int steepest = Enumerable.Range(1, Math.Max(1, smallest - 1)).MinBy(index => Losses[Math.Min(index + 1, Losses.Count - 1)] - Losses[index - 1]);
            return LearningRates[steepest];
        }
    }

    /// <summary>The curve as CSV with a header row.</summary>
    public string ToCsv() => string.Concat(LearningRates
        .Zip(Losses, (rate, loss) => string.Create(CultureInfo.InvariantCulture, $"{rate},{loss}\n"))
        .Prepend("learning_rate,loss\n"));
}
