using Nabla.Metrics;
using static Nabla.Tests.Metrics.ClassMetricTests;

namespace Nabla.Tests.Metrics;

public sealed class RankingMetricTests
{
    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 40)]
    [InlineData(3, 101)]
    public void Roc_auc_equals_the_share_of_pairs_in_order_and_ties_count_half(int seed, int samples)
    {
        (double[] scores, int[] truths, double[] weights) = RandomSamples(seed, samples);
        double ordered = 0;
        double pairs = 0;
        for (int positive = 0; positive < samples; positive++)
        {
            for (int negative = 0; negative < samples; negative++)
            {
                double weight = truths[positive] == 1 && truths[negative] == 0 ? weights[positive] * weights[negative] : 0;
                pairs += weight;
                ordered += weight * (scores[positive] > scores[negative] ? 1 : scores[positive] == scores[negative] ? 0.5 : 0);
            }
        }

        Assert.Equal(ordered / pairs, After(new RocAuc(), Tensor.From(scores), Tensor.From(truths), Tensor.From(weights)), 1e-12);
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(2, 40)]
    public void Average_precision_equals_the_sum_over_thresholds(int seed, int samples)
    {
        (double[] scores, int[] truths, double[] weights) = RandomSamples(seed, samples);
        double expected = 0;
        double recallBefore = 0;
        foreach (double threshold in scores.Distinct().OrderDescending())
        {
            int[] answered = [.. Enumerable.Range(0, samples).Where(index => scores[index] >= threshold)];
            double hits = answered.Where(index => truths[index] == 1).Sum(index => weights[index]);
            double recall = hits / Enumerable.Range(0, samples).Where(index => truths[index] == 1).Sum(index => weights[index]);
            expected += (recall - recallBefore) * hits / answered.Sum(index => weights[index]);
            recallBefore = recall;
        }

        Assert.Equal(expected, After(new AveragePrecision(), Tensor.From(scores), Tensor.From(truths), Tensor.From(weights)), 1e-12);
    }

    [Fact]
    public void Known_rankings_have_known_figures()
    {
        Tensor truths = Tensor.From(0, 0, 1, 1);
        Tensor scores = Tensor.From(0.1, 0.4, 0.35, 0.8);
        Assert.Equal(0.75, After(new RocAuc(), scores, truths), 1e-12);
        Assert.Equal(5 / 6.0, After(new AveragePrecision(), scores, truths), 1e-12);
        Assert.Equal(0.5, After(new RocAuc(), Tensor.From(1.0, 1, 1, 1), truths), 1e-12);
        Assert.Equal(1.0, After(new RocAuc(), Tensor.From(-9.0, -8, 0, 1), truths), 1e-12);
        Assert.Equal(0.75, After(new RocAuc(), Tensor.From(new double[,] { { 0.9, 0.1 }, { 0.6, 0.4 }, { 0.65, 0.35 }, { 0.2, 0.8 } }), truths), 1e-12);
    }

    [Fact]
    public void A_ranking_of_one_class_alone_has_no_figure()
    {
        Assert.Equal(double.NaN, After(new RocAuc(), Tensor.From(0.1, 0.2), Tensor.From(1, 1)));
        Assert.Equal(double.NaN, After(new AveragePrecision(), Tensor.From(0.1, 0.2), Tensor.From(0, 0)));
        Assert.Equal(double.NaN, After(new RocAuc(), Tensor.From(double.NaN, 0.2), Tensor.From(0, 1)));
    }

    private static (double[] Scores, int[] Truths, double[] Weights) RandomSamples(int seed, int count)
    {
        Random random = new(seed);
        double[] scores = [.. Enumerable.Range(0, count).Select(_ => random.Next(0, 10) / 10.0)];
        int[] truths = [.. Enumerable.Range(0, count).Select(index => index == 0 ? 1 : index == 1 ? 0 : random.Next(0, 2))];
        return (scores, truths, [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() + 0.1)]);
    }
}
