using Nabla.Layers;

namespace Nabla.Compression.Tests.Pruning;

public sealed class SensitivityScanTests
{
    [Fact]
    public void Each_weight_alone_loses_each_share_and_comes_back()
    {
        Sequential network = Network();
        IReadOnlyDictionary<string, Tensor> before = network.State();
        List<string> zeros = [];
        IReadOnlyList<SensitivityPoint> points = SensitivityScan.Run(network, ScanKind.Weights, Judge);
        Assert.Equal(["0.kernel", "2.kernel", "3.kernel"], points.Select(point => point.Name).Distinct());
        Assert.Equal(SensitivityScan.UsualShares, points.Take(9).Select(point => point.Share));
        Assert.All(points.Zip(zeros), pair => Assert.Equal(Expected(pair.First), pair.Second));
        Assert.All(before, pair => Assert.Equal(pair.Value.ToArray<float>(), network.State()[pair.Key].ToArray<float>()));

        double Judge()
        {
            zeros.Add(string.Join(' ', network.NamedParameters.Where(pair => pair.Value.Type.Shape.Rank > 1).Select(pair => pair.Value.Value.ToArray<float>().Count(value => value == 0))));
            return zeros.Count;
        }

        string Expected(SensitivityPoint point) => string.Join(
            ' ', network.NamedParameters.Where(pair => pair.Value.Type.Shape.Rank > 1)
                .Select(pair => pair.Key == point.Name ? Math.Round(point.Share * pair.Value.Type.Shape.ElementCount) : 0));
    }

    [Fact]
    public void Channels_that_a_scan_silences_are_those_that_pruning_takes_away()
    {
        Sequential network = Network();
        Tensor input = RandomKey.FromSeed(8).Normal([2, 5, 5, 2]);
        List<float[]> answers = [];
        IReadOnlyList<SensitivityPoint> points = SensitivityScan.Run(network, ScanKind.Channels, Judge, [0.5]);
        Assert.Equal(["0", "2"], points.Select(point => point.Name));
        double keep = (3.0 * 3 * 2 * 2 * 9 + 18 * 6 + 18) / (3 * 3 * 2 * 4 * 9 + 36 * 6 + 18);
        Sequential smaller = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = keep, Targets = ["0"] }).Network;
        Assert.Equal([3, 3, 2, 2], smaller.Named("0.kernel").Type.Shape);
        float[] expected = smaller.Forward(input).ToArray<float>();
        Assert.All(expected.Zip(answers[0]), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

        double Judge()
        {
            answers.Add(network.Forward(input).ToArray<float>());
            return 0;
        }
    }

    [Fact]
    public void Shares_out_of_range_and_networks_without_weights_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SensitivityScan.Run(Network(), ScanKind.Weights, () => 0, [1.0]));
        ArgumentException error = Assert.Throws<ArgumentException>(() => SensitivityScan.Run(new Sequential([3], 1, new Flatten()), ScanKind.Channels, () => 0));
        Assert.Contains("has no channels that could be taken away", error.Message, StringComparison.Ordinal);
    }

    private static Sequential Network() => new Sequential(
        [5, 5, 2], 1, new Conv2D(4, 3, ActivationKind.Relu), new Flatten(), new Dense(6, ActivationKind.Tanh), new Dense(3)).Shaken();
}
