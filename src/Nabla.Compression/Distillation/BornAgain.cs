using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// Self-distillation: a network teaches a new one of its own architecture, that the next one, and so on (Furlanello et al., Born-Again Neural Networks, 2018,
/// arXiv 1805.04770). The later generations are often better than the first, at the same size.
/// </summary>
public static class BornAgain
{
    /// <summary>Trains generations, each from the one before.</summary>
    /// <param name="first">A trained network: the teacher of the first generation.</param>
    /// <param name="generations">How many to train; 1 or more.</param>
    /// <param name="fit">Trains the student of a distillation.</param>
    /// <param name="options">What is learnt; null for the defaults.</param>
    /// <param name="seed">Decides the initial weights of all generations.</param>
    /// <returns>The generations in order, without the first network.</returns>
    public static IReadOnlyList<Sequential> Train(
        Sequential first, int generations, Action<Distillation> fit, DistillationOptions? options = null, long seed = 1)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(fit);
        ArgumentOutOfRangeException.ThrowIfLessThan(generations, 1);
        List<Sequential> born = [];
        for (int generation = 0; generation < generations; generation++)
        {
            Sequential student = StudentArchitecture.Renew(first, seed + generation);
            fit(new Distillation(student, born.Count > 0 ? born[^1] : first, options));
            born.Add(student);
        }

        return born;
    }
}
