using System.Globalization;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>A network without some of its layers.</summary>
/// <param name="Network">The smaller network.</param>
/// <param name="Removed">
/// The dotted names of the layers that are gone, the first to go first; branches of a <see cref="Functional"/> go as a whole and are called by their last layer.
/// </param>
/// <param name="Kept">The share of the multiply-adds that is left.</param>
public sealed record ShortenedNetwork(Sequential Network, IReadOnlyList<string> Removed, double Kept)
{
    /// <summary>The layers that cannot go, with the reasons.</summary>
    public IReadOnlyList<LeftLayer> Left { get; init; } = [];
}

/// <summary>
/// Takes away whole layers around which a shortcut leads: a <see cref="Residual"/> whose shortcut is its input, a <see cref="TransformerBlock"/>, or in a
/// <see cref="Functional"/> a branch that is added to what it comes from. One after the other goes whose absence costs least (compare Sajjad et al., On the
/// Effect of Dropping Layers of Pre-trained Transformer Models, 2020, arXiv 2004.03844).
/// </summary>
/// <example><code>ShortenedNetwork shorter = LayerPruning.Apply(network, keep: 0.6, candidate => trainer(candidate).Evaluate(samples)["loss"]);</code></example>
public static class LayerPruning
{
    /// <summary>Makes a shorter network; the one given stays as it is. Its layers without a name of their own are numbered anew.</summary>
    /// <param name="network">A network that was built.</param>
    /// <param name="keep">The share of the multiply-adds that stays, above 0 and at most 1.</param>
    /// <param name="cost">How bad a network is, such as its loss on samples: the smaller the better.</param>
    /// <exception cref="ArgumentException">The share cannot be reached (the message says the nearest), or a layer is of no kind that model files know.</exception>
    public static ShortenedNetwork Apply(Sequential network, double keep, Func<Sequential, double> cost)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(cost);
        double share = keep is > 0 and <= 1 ? keep : throw new ArgumentOutOfRangeException(nameof(keep), keep, "Expected a share above 0 and at most 1.");
        List<Shortcut> candidates = [.. Shortcut.Of(network.Layers)];
        ShorterNetwork without = new(network);
        double whole = without.MultiplyAdds([]);
        double least = without.MultiplyAdds(candidates) / whole;
        IReadOnlyList<LeftLayer> left = [.. without.Left(candidates)];
        if (least > share)
        {
            string nearest = candidates.Count == 0
                ? "no shortcut leads around any of its layers"
                : string.Create(CultureInfo.InvariantCulture, $"without all {candidates.Count} layers that have a shortcut it is {least:P1}");
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The network cannot be shortened to {share:P2} of its multiply-adds: {nearest}."));
        }

        List<Shortcut> removed = [];
        while (without.MultiplyAdds(removed) / whole > share)
        {
            Shortcut next = Worthwhile(without, candidates, removed).MinBy(candidate => cost(without.Build([.. removed, candidate])))!;
            candidates.Remove(next);
            removed.Add(next);
        }

        return new ShortenedNetwork(without.Build(removed), [.. removed.Select(shortcut => shortcut.Name)], without.MultiplyAdds(removed) / whole) { Left = left };
    }

    // What stands in a branch that is gone already saves nothing more.
    private static List<Shortcut> Worthwhile(ShorterNetwork without, List<Shortcut> candidates, List<Shortcut> removed)
    {
        long now = without.MultiplyAdds(removed);
        List<Shortcut> worthwhile = candidates.FindAll(candidate => without.MultiplyAdds([.. removed, candidate]) < now);
        return worthwhile.Count > 0 ? worthwhile : candidates;
    }
}
