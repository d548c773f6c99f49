using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>What a scan takes away from a layer.</summary>
public enum ScanKind
{
    /// <summary>The single weights of the smallest absolute value, of each weight with two or more axes.</summary>
    Weights,

    /// <summary>The channels, units or heads of the smallest length, of each layer that may lose some.</summary>
    Channels,
}

/// <summary>How a network judges when a share of one layer alone is gone.</summary>
/// <param name="Name">The dotted name of the weight or the layer.</param>
/// <param name="Share">The share that is gone, from 0 to 1.</param>
/// <param name="Score">What the judge said.</param>
public sealed record SensitivityPoint(string Name, double Share, double Score);

/// <summary>
/// Tells how much each layer can lose: parts of one layer alone are set to zero, and the network is judged. What is steep needs its weights; what is flat has some
/// to spare.
/// </summary>
public static class SensitivityScan
{
    /// <summary>10 % to 90 % in steps of ten.</summary>
    public static IReadOnlyList<double> UsualShares { get; } = [.. Enumerable.Range(1, 9).Select(tenth => tenth / 10.0)];

    /// <summary>Judges a network with a share of one layer gone, for each layer and share. Afterwards the network is as it was.</summary>
    /// <param name="network">A network that was built.</param>
    /// <param name="kind">What is taken away.</param>
    /// <param name="judge">How good the network is as it stands, such as its accuracy on samples.</param>
    /// <param name="shares">The shares, each from 0 up to, not including, 1; null for <see cref="UsualShares"/>.</param>
    /// <returns>The points, layer by layer.</returns>
    /// <exception cref="ArgumentException">The network has nothing that could be taken away, or a share is out of range.</exception>
    public static IReadOnlyList<SensitivityPoint> Run(Sequential network, ScanKind kind, Func<double> judge, IReadOnlyList<double>? shares = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(judge);
        double[] asked = [.. (shares ?? UsualShares).Select(share => Limits.BelowOne(share, nameof(shares)))];
        KeyValuePair<string, Func<double, IDisposable>>[] layers = [.. kind == ScanKind.Weights ? WeightsOf(network) : ChannelsOf(network)];
        return layers.Length > 0
            ? [.. layers.SelectMany(layer => asked.Select(share => Judge(layer, share, judge)))]
            : throw new ArgumentException($"{network.Label} has no {(kind == ScanKind.Weights ? "weights" : "channels")} that could be taken away.", nameof(network));
    }

    private static SensitivityPoint Judge(KeyValuePair<string, Func<double, IDisposable>> layer, double share, Func<double> judge)
    {
        using (layer.Value(share))
        {
            return new SensitivityPoint(layer.Key, share, judge());
        }
    }

    private static IEnumerable<KeyValuePair<string, Func<double, IDisposable>>> WeightsOf(Sequential network) => network.TrainableParameters
        .Where(pair => pair.Value.Type.Shape.Rank >= 2 && pair.Value.Type.DataType.IsFloating)
        .Select(pair => KeyValuePair.Create<string, Func<double, IDisposable>>(pair.Key, share =>
        {
            Parameter weight = pair.Value;
            float[] kept = Ranking.Kept([weight.Value.Abs().To(DataType.Float32).ToArray<float>()], share)[0];
            return new Zeroed([KeyValuePair.Create(weight, weight.Value * Tensor.From(kept, weight.Type.Shape).To(weight.Type.DataType))]);
        }));

    private static IEnumerable<KeyValuePair<string, Func<double, IDisposable>>> ChannelsOf(Sequential network)
    {
        ChannelAnalysis analysis = ChannelAnalysis.Of(network);
        Dictionary<int, double> scores = new ChannelScores(network, analysis).Of(ChannelImportance.L2, null);
        foreach (ChannelSize size in analysis.Sizes)
        {
            int[] sets = [.. size.Channels.Select(analysis.Sets.SetOf).Distinct().Where(scores.ContainsKey).OrderBy(set => scores[set]).ThenBy(set => set)];
            if (sets.Length > 0)
            {
                yield return new(size.Layer, share => Without(network, analysis, [.. sets.Take((int)Math.Round(share * sets.Length))]));
            }
        }
    }

    // What makes a channel, and what follows it, zero: so is the channel, whatever reads it.
    private static Zeroed Without(Sequential network, ChannelAnalysis analysis, HashSet<int> sets)
    {
        Dictionary<string, Parameter> parameters = network.NamedParameters.ToDictionary();
        OrderedDictionary<Parameter, Tensor> values = [];
        foreach (ChannelAxis axis in analysis.Axes.Where(axis => axis.Role != ChannelRole.Reads))
        {
            Parameter parameter = parameters[axis.Parameter];
            float[] mask = [.. axis.Channels.Select(channel => sets.Contains(analysis.Sets.SetOf(channel)) ? 0f : 1f)];
            Shape along = [axis.Channels.Length, .. Enumerable.Repeat(1, parameter.Type.Shape.Rank - axis.Axis - 1)];
            values[parameter] = values.GetValueOrDefault(parameter, parameter.Value) * Tensor.From(mask, along).To(parameter.Type.DataType);
        }

        return new Zeroed([.. values]);
    }

    /// <summary>Gives parameters other values until it is disposed of.</summary>
    private sealed class Zeroed : IDisposable
    {
        private readonly KeyValuePair<Parameter, Tensor>[] before;

        public Zeroed(KeyValuePair<Parameter, Tensor>[] values)
        {
            before = [.. values.Select(pair => KeyValuePair.Create(pair.Key, pair.Key.Value))];
            Array.ForEach(values, pair => pair.Key.Value = pair.Value);
        }

        public void Dispose() => Array.ForEach(before, pair => pair.Key.Value = pair.Value);
    }
}
