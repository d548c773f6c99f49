using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Says of each set of channels how much it counts.</summary>
internal sealed class ChannelScores(Sequential network, ChannelAnalysis analysis)
{
    private readonly Dictionary<string, Parameter> parameters = network.NamedParameters.ToDictionary();

    /// <summary>The scores of all sets that may go.</summary>
    /// <param name="importance">What counts.</param>
    /// <param name="samples">For <see cref="ChannelImportance.Taylor"/>; else null.</param>
    public Dictionary<int, double> Of(ChannelImportance importance, PruningSamples? samples) => importance switch
    {
        ChannelImportance.L1 => Balanced(Sums(value => Math.Abs(value)), sum => sum),
        ChannelImportance.BatchNormScale => OfScales(),
        ChannelImportance.Taylor => OfTaylor(samples ?? throw new ArgumentException("The importance Taylor expects samples to take gradients of, got none.")),
        _ => OfLengths(),
    };

    private Dictionary<int, double> OfLengths() => Balanced(Sums(value => (double)value * value), Math.Sqrt);

    // Channels without a scale behind them are judged by their filters; both are relative to the mean of the layer.
    private Dictionary<int, double> OfScales()
    {
        Dictionary<int, double> scores = OfLengths();
        Dictionary<int, double> scales = Empty();
        HashSet<int> found = [];
        foreach (ChannelAxis axis in analysis.Axes.Where(axis => axis.Role == ChannelRole.Follows && axis.Parameter.EndsWith(".scale", StringComparison.Ordinal)))
        {
            Add(scales, axis, parameters[axis.Parameter].Value, value => Math.Abs(value));
            found.UnionWith(axis.Channels.Select(analysis.Sets.SetOf));
        }

        foreach ((int set, double score) in Balanced(scales, sum => sum).Where(pair => found.Contains(pair.Key)))
        {
            scores[set] = score;
        }

        return scores;
    }

    // The square of what the loss would change by to first order, in the mean over batches.
    private Dictionary<int, double> OfTaylor(PruningSamples samples)
    {
        ChannelAxis[] made = [.. analysis.Axes.Where(axis => axis.Role != ChannelRole.Reads && parameters[axis.Parameter].Trainable)];
        string[] names = [.. made.Select(axis => axis.Parameter).Distinct()];
        Dictionary<int, double> scores = Empty();
        int batches = 0;
        foreach (Tensor[] gradients in samples.Gradients(network, [.. names.Select(name => parameters[name])]))
        {
            Dictionary<int, double> changes = Empty();
            foreach (ChannelAxis axis in made)
            {
                Tensor gradient = gradients[Array.IndexOf(names, axis.Parameter)];
                Add(changes, axis, parameters[axis.Parameter].Value * gradient, value => value);
            }

            batches++;
            foreach ((int set, double change) in changes)
            {
                scores[set] += change * change;
            }
        }

        return scores.ToDictionary(pair => pair.Key, pair => pair.Value / Math.Max(1, batches));
    }

    private Dictionary<int, double> Sums(Func<float, double> measure)
    {
        Dictionary<int, double> sums = Empty();
        foreach (ChannelAxis axis in analysis.Axes.Where(axis => axis.Role == ChannelRole.Makes))
        {
            Add(sums, axis, parameters[axis.Parameter].Value, measure);
        }

        return sums;
    }

    private void Add(Dictionary<int, double> sums, ChannelAxis axis, Tensor values, Func<float, double> measure)
    {
        float[] numbers = values.To(DataType.Float32).ToArray<float>();
        int inner = values.Shape.Product(axis.Axis + 1, values.Rank);
        int size = axis.Channels.Length;
        int[] sets = [.. axis.Channels.Select(analysis.Sets.SetOf)];
        for (int index = 0; index < numbers.Length; index++)
        {
            int set = sets[index / inner % size];
            if (sums.ContainsKey(set))
            {
                sums[set] += measure(numbers[index]);
            }
        }
    }

    // Layers differ in the size of their numbers: a score is relative to the mean of the sets that stand in one layer with it.
    private Dictionary<int, double> Balanced(Dictionary<int, double> sums, Func<double, double> finish)
    {
        Dictionary<int, double> scores = sums.ToDictionary(pair => pair.Key, pair => finish(pair.Value));
        ChannelSets families = new();
        families.Add(analysis.Sets.Count);
        foreach (ChannelSize size in analysis.Sizes)
        {
            int[] sets = [.. size.Channels.Select(analysis.Sets.SetOf)];
            families.Unite([.. sets.Select(_ => sets[0])], sets);
        }

        Dictionary<int, double> means = scores.GroupBy(pair => families.SetOf(pair.Key)).ToDictionary(group => group.Key, group => group.Average(pair => pair.Value));
        return scores.ToDictionary(pair => pair.Key, pair => means[families.SetOf(pair.Key)] is > 0 and var mean ? pair.Value / mean : 0);
    }

    private Dictionary<int, double> Empty() => analysis.Sizes
        .SelectMany(size => size.Channels)
        .Select(analysis.Sets.SetOf)
        .Where(set => analysis.Sets.PinOf(set) is null)
        .Distinct()
        .Order()
        .ToDictionary(set => set, _ => 0.0);
}
