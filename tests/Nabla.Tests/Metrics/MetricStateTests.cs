using Nabla.Losses;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class MetricStateTests
{
    private static readonly Func<Metric>[] Metrics =
    [
        () => new Accuracy(),
        () => new TopKAccuracy(2),
        () => new Precision(),
        () => new F1(Averaging.Micro),
        () => new ConfusionMatrix(),
        () => new RocAuc(),
        () => new AveragePrecision(),
        () => new LossMean(new MeanSquaredError()),
        () => new Mae(),
        () => new Rmse(),
        () => new R2(),
    ];

    [Fact]
    public void A_metric_goes_on_from_its_state_to_the_same_figure()
    {
        foreach (Func<Metric> create in Metrics)
        {
            (Metric through, Metric resumed) = (create(), create());
            Update(through, 1);
            resumed.RestoreState(through.SaveState());
            Assert.Equal(through.Value, resumed.Value);
            Update(through, 2);
            Update(resumed, 2);
            Assert.Equal(through.Value, resumed.Value);
            Assert.NotEqual(double.NaN, through.Value);
            Assert.Equal(through.SaveState(), resumed.SaveState());
        }
    }

    [Fact]
    public void A_metric_without_samples_has_a_state_too()
    {
        foreach (Func<Metric> create in Metrics)
        {
            Metric metric = create();
            Update(metric, 1);
            metric.RestoreState(create().SaveState());
            Update(metric, 2);
            Metric fresh = create();
            Update(fresh, 2);
            Assert.Equal(fresh.Value, metric.Value);
        }
    }

    private static void Update(Metric metric, long seed)
    {
        RandomKey key = RandomKey.FromSeed(seed);
        int[] labels = [.. Enumerable.Range(0, 8).Select(index => (int)(index + seed) % 3)];
        Tensor oneHot = Tensor.From([.. labels.SelectMany(label => Enumerable.Range(0, 3).Select(index => index == label ? 1f : 0f))], [8, 3]);
        metric.Update(key.Uniform([8, 3]), oneHot, key.Fold(1).Uniform([8]));
    }
}
