using System.Globalization;
using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>
/// Takes away the filters of convolutions, units of dense and recurrent layers, attention heads and feed-forward units that count least, with everything that
/// depends on them: the normalisation behind a filter, its bias, what later layers read of it, and what is added to it on another path. What remains is a
/// smaller network of the same layers.
/// </summary>
/// <example>
/// <code>
/// PrunedNetwork pruned = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 0.25 });
/// new Trainer(pruned.Network, loss, new Adam(0.001)).Fit(samples);
/// </code>
/// </example>
public static class StructuredPruning
{
    /// <summary>Makes a smaller network; the one given stays as it is.</summary>
    /// <param name="network">A network that was built.</param>
    /// <param name="options">How much stays and what counts; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The share cannot be reached (the message says the nearest), a pattern matches nothing, a layer is of no kind that model files know, or samples are missing.
    /// </exception>
    /// <exception cref="InvalidOperationException">A parameter carries a parametrization.</exception>
    public static PrunedNetwork Apply(Sequential network, StructuredPruningOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        options ??= new StructuredPruningOptions();
        ChannelAnalysis analysis = ChannelAnalysis.Of(network);
        Spare(analysis, options.Targets);
        ChannelPlan plan = new(network, analysis, options.MultipleOf);
        int[] order =
        [
            .. new ChannelScores(network, analysis).Of(options.Importance, options.Samples).OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).Select(pair => pair.Key),
        ];
        (HashSet<int> gone, double kept) = Search(plan, order, options);
        return new PrunedNetwork(plan.Build(gone), [.. Smaller(plan, analysis, gone)], [.. Left(analysis)], kept);
    }

    // Layers that no pattern chooses keep what they make.
    private static void Spare(ChannelAnalysis analysis, IReadOnlyList<string> targets)
    {
        string[] names = [.. analysis.Sizes.Select(size => size.Layer)];
        if (targets.FirstOrDefault(pattern => !names.Any(name => NamePattern.Matches(pattern, name))) is { } idle && names.Length > 0)
        {
            throw new ArgumentException($"'{idle}' matches no layer that could be pruned: these are {string.Join(", ", names)}.");
        }

        foreach (ChannelSize size in analysis.Sizes.Where(size => !targets.Any(pattern => NamePattern.Matches(pattern, size.Layer))))
        {
            analysis.Sets.Pin(size.Channels, "it was not chosen");
        }
    }

    // The fewest sets whose loss reaches the share.
    private static (HashSet<int> Gone, double Kept) Search(ChannelPlan plan, int[] order, StructuredPruningOptions options)
    {
        double whole = Cost(plan, [], options.Budget);
        double least = Cost(plan, plan.Remove(order, order.Length), options.Budget) / whole;
        if (least > options.Keep)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture, $"The network cannot be pruned to {options.Keep:P2} of its {Words(options.Budget)}: the nearest is {least:P1}."));
        }

        (int low, int high) = (0, order.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            bool reaches = Cost(plan, plan.Remove(order, middle), options.Budget) / whole <= options.Keep;
            (low, high) = reaches ? (low, middle) : (middle + 1, high);
        }

        HashSet<int> gone = plan.Remove(order, low);
        return (gone, Cost(plan, gone, options.Budget) / whole);
    }

    private static double Cost(ChannelPlan plan, HashSet<int> gone, PruningBudget budget) =>
        budget == PruningBudget.Parameters ? plan.Parameters(gone) : plan.MultiplyAdds(gone);

    private static string Words(PruningBudget budget) => budget == PruningBudget.Parameters ? "parameters" : "multiply-adds";

    private static IEnumerable<PrunedLayer> Smaller(ChannelPlan plan, ChannelAnalysis analysis, HashSet<int> gone) => analysis.Sizes
        .Select(size => new PrunedLayer(size.Layer, size.Kind, size.What, size.Channels.Length, plan.Count(size, gone)))
        .Where(layer => layer.After < layer.Before);

    // What makes channels and may lose none, and what the analysis does not look into.
    private static IEnumerable<LeftLayer> Left(ChannelAnalysis analysis) => analysis.Left.Concat(analysis.Sizes
        .Where(size => size.Channels.Length > 0 && size.Channels.All(channel => analysis.Sets.PinOf(channel) is not null))
        .Select(size => new LeftLayer(size.Layer, size.Kind, analysis.Sets.PinOf(size.Channels[0])!)));
}
