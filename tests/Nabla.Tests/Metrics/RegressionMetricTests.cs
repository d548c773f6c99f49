using Nabla.Losses;
using Nabla.Metrics;
using static Nabla.Tests.Metrics.ClassMetricTests;

namespace Nabla.Tests.Metrics;

public sealed class RegressionMetricTests
{
    private static readonly Tensor Answers = Tensor.From(2.5, 0.0, 2, 8);
    private static readonly Tensor Truths = Tensor.From(3, -0.5, 2, 7);
    private static readonly Tensor Weights = Tensor.From(1.0, 2, 3, 4);

    [Fact]
    public void Errors_are_means_by_weight()
    {
        Assert.Equal(0.5, After(new Mae(), Answers, Truths), 1e-12);
        Assert.Equal(0.375, After(new Mse(), Answers, Truths), 1e-12);
        Assert.Equal(Math.Sqrt(0.375), After(new Rmse(), Answers, Truths), 1e-12);
        Assert.Equal((0.5 + 1 + 0 + 4) / 10, After(new Mae(), Answers.Reshape(4, 1), Truths, Weights), 1e-12);
        Assert.Equal((0.25 + 0.5 + 0 + 4) / 10, After(new Mse(), Answers, Truths.Reshape(4, 1), Weights), 1e-12);
        Assert.Equal(0.5, After(new Mae(), Answers.To(DataType.Float32), Truths), 1e-6);
    }

    [Fact]
    public void R2_is_one_minus_residual_over_spread_and_the_mean_over_columns()
    {
        double mean = (3 - 0.5 + 2 + 7) / 4;
        double spread = new[] { 3, -0.5, 2, 7 }.Sum(truth => (truth - mean) * (truth - mean));
        double expected = 1 - (1.5 / spread);
        Assert.Equal(expected, After(new R2(), Answers, Truths), 1e-12);
        Tensor far = Truths + 1e6;
        Assert.Equal(expected, After(new R2(), Answers + 1e6, far), 1e-6);
        Tensor two = ShapeOps.Stack(1, Answers, Truths);
        Assert.Equal((expected + 1) / 2, After(new R2(), two, ShapeOps.Stack(1, Truths, Truths)), 1e-12);
        Tensor repeated = ShapeOps.Concatenate(0, Answers, Answers.Slice(0, 3, 1));
        double weighted = After(new R2(), Answers, Truths, Tensor.From(1.0, 1, 1, 2));
        Assert.Equal(After(new R2(), repeated, ShapeOps.Concatenate(0, Truths, Truths.Slice(0, 3, 1))), weighted, 1e-12);
    }

    [Fact]
    public void R2_of_equal_targets_is_one_or_zero()
    {
        Assert.Equal(1.0, After(new R2(), Tensor.From(2.0, 2.0), Tensor.From(2.0, 2.0)));
        Assert.Equal(0.0, After(new R2(), Tensor.From(2.0, 2.5), Tensor.From(2.0, 2.0)));
    }

    [Fact]
    public void A_metric_of_numbers_goes_on_from_batch_to_batch_until_it_is_reset()
    {
        foreach (Metric metric in new Metric[] { new Mae(), new Mse(), new Rmse(), new R2(), new LossMean(new MeanSquaredError(), "square") })
        {
            Tensor answers = Answers.Reshape(4, 1);
            Tensor truths = Truths.Reshape(4, 1);
            Assert.Equal(double.NaN, metric.Value);
            double whole = After(metric, answers, truths, Weights);
            metric.Reset();
            metric.Update(answers.Slice(0, 0, 1), truths.Slice(0, 0, 1), Weights.Slice(0, 0, 1));
            metric.Update(answers.Slice(0, 1, 3), truths.Slice(0, 1, 3), Weights.Slice(0, 1, 3));
            Assert.Equal(whole, metric.Value, 1e-12);
        }
    }

    [Fact]
    public void The_mean_of_a_loss_counts_by_weight() =>
        Assert.Equal((0.25 + 0.5 + 0 + 4) / 10, After(new LossMean(new MeanSquaredError()), Answers.Reshape(4, 1), Truths.Reshape(4, 1), Weights), 1e-12);

    [Fact]
    public void Shapes_that_differ_are_named() => Assert.Equal(
        "mae expects outputs and targets of one shape but got [4] and [2].",
        Assert.Throws<ArgumentException>(() => new Mae().Update(Answers, Tensor.From(1.0, 2))).Message);
}
