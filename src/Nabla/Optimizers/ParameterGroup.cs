using System.Globalization;
using Nabla.Layers;

namespace Nabla.Optimizers;

/// <summary>
/// Parameters, chosen by their names, that learn faster or slower than the others or whose weights decay otherwise. Where several groups match a
/// parameter their factors are multiplied, so that their order does not matter.
/// </summary>
/// <param name="Pattern">
/// Which parameters: their dotted names, where <c>*</c> stands for any characters, dots too, and <c>?</c> for any one, such as <c>encoder.*.bias</c>.
/// </param>
/// <example>
/// Fine-tuning: the head learns ten times as fast, biases do not decay, and each layer learns at 0.9 times the rate of the one behind it:
/// <code>
/// AdamW optimizer = new(2e-5)
/// {
///     Groups = [new("head.*") { LearningRateFactor = 10 }, new("*.bias") { WeightDecayFactor = 0 }, .. ParameterGroup.LayerWise(0.9, model)],
/// };
/// </code>
/// </example>
public sealed record ParameterGroup(string Pattern)
{
    /// <summary>What the learning rate is multiplied by, 0 or more; 1 by default.</summary>
    public double LearningRateFactor { get; init => field = Limits.NotNegative(value, nameof(LearningRateFactor)); } = 1;

    /// <summary>What the weight decay is multiplied by, 0 or more; 1 by default.</summary>
    public double WeightDecayFactor { get; init => field = Limits.NotNegative(value, nameof(WeightDecayFactor)); } = 1;

    /// <summary>
    /// Groups by which each layer of a network that has parameters learns slower than the one behind it (Howard and Ruder, Universal Language Model Fine-tuning
    /// for Text Classification, 2018, arXiv 1801.06146): the last layer at the whole learning rate, the one before it at <paramref name="decay"/> times
    /// that, the next at its square, and so on.
    /// </summary>
    /// <param name="decay">The factor from layer to layer, from 0 to 1.</param>
    /// <param name="network">The network.</param>
    public static IReadOnlyList<ParameterGroup> LayerWise(double decay, Sequential network)
    {
        ArgumentNullException.ThrowIfNull(network);
        return LayerWise(
            decay, [.. network.Children.Where(child => child.Value.Parameters.Count > 0).Reverse().Select(child => $"{child.Key}.*")]);
    }

    /// <summary>The same for layers that patterns name, from the output to the input.</summary>
    /// <param name="decay">The factor from one pattern to the next, from 0 to 1.</param>
    /// <param name="patterns">The parameters of each layer, those of the last layer first.</param>
    public static IReadOnlyList<ParameterGroup> LayerWise(double decay, params string[] patterns)
    {
        ArgumentNullException.ThrowIfNull(patterns);
        Limits.Share(decay);
        double factor = 1;
        List<ParameterGroup> groups = [];
        foreach (string pattern in patterns)
        {
            groups.Add(new ParameterGroup(pattern) { LearningRateFactor = factor });
            factor *= decay;
        }

        return groups;
    }

    /// <summary>What the groups make of a parameter.</summary>
    internal static ParameterFactors FactorsOf(IReadOnlyList<ParameterGroup> groups, string name)
    {
        ParameterFactors factors = new(1, 1);
        foreach (ParameterGroup group in groups)
        {
            factors = NamePattern.Matches(group.Pattern, name)
                ? new(factors.LearningRate * group.LearningRateFactor, factors.WeightDecay * group.WeightDecayFactor)
                : factors;
        }

        return factors;
    }

    /// <summary>The groups as text: equal for groups that do the same in the same order.</summary>
    internal static string Describe(IReadOnlyList<ParameterGroup> groups) => groups.Count == 0 ? "none" : string.Join(
        ", ",
        groups.Select(group => string.Create(
            CultureInfo.InvariantCulture, $"'{group.Pattern}' (learning rate x {group.LearningRateFactor}, weight decay x {group.WeightDecayFactor})")));
}

/// <summary>What the groups of a parameter multiply by.</summary>
internal readonly record struct ParameterFactors(double LearningRate, double WeightDecay);
