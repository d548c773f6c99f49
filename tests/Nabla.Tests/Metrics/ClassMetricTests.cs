using Nabla.Losses;
using Nabla.Metrics;

namespace Nabla.Tests.Metrics;

public sealed class ClassMetricTests
{
    // Answers 2, 0, 1, 1, 0 for the truths 2, 0, 1, 2, 1.
    private static readonly Tensor Scores = Tensor.From(new float[,]
    {
        { 0.1f, 0.2f, 0.7f },
        { 0.8f, 0.1f, 0.1f },
        { 0.2f, 0.5f, 0.3f },
        { 0.1f, 0.6f, 0.3f },
        { 0.5f, 0.4f, 0.1f },
    });

    private static readonly Tensor Truths = Tensor.From(2, 0, 1, 2, 1);

    [Fact]
    public void Accuracy_takes_classes_one_hot_rows_and_yes_or_no()
    {
        Assert.Equal(0.6, After(new Accuracy(), Scores, Truths), 1e-12);
        Assert.Equal(0.6, After(new Accuracy(), Scores.To(DataType.Float64), Truths.Reshape(5, 1).To(DataType.Int64)), 1e-12);
        Tensor oneHot = Tensor.From(new float[,] { { 0, 0, 1 }, { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 }, { 0, 1, 0 } });
        Assert.Equal(0.6, After(new Accuracy(), Scores, oneHot), 1e-12);
        Assert.Equal(0.75, After(new Accuracy(), Tensor.From(0.4f, 0.6f, 0.5f, 0.9f), Tensor.From(0f, 1f, 1f, 1f)), 1e-12);
        Assert.Equal(0.75, After(new Accuracy(), Tensor.From(0.4f, 0.6f, 0.5f, 0.9f).Reshape(4, 1), Tensor.From(false, true, true, true)), 1e-12);
        Tensor each = Tensor.From(new float[,] { { 0, 1 }, { 0, 1 } });
        Assert.Equal(0.5, After(new Accuracy(threshold: 0), Tensor.From(new float[,] { { -1, 2 }, { 3, -4 } }), each), 1e-12);
    }

    [Fact]
    public void Accuracy_counts_by_weight_and_leaves_out_what_is_ignored()
    {
        Assert.Equal(4 / 9.0, After(new Accuracy(), Scores, Truths, Tensor.From(1f, 1f, 2f, 2f, 3f)), 1e-12);
        Assert.Equal(2 / 3.0, After(new Accuracy(ignoreIndex: -1), Scores, Tensor.From(2, -1, 1, 2, -1)), 1e-12);
        Tensor steps = Tensor.From(new int[,] { { 2, -1 }, { -1, 2 } });
        Assert.Equal(0.5, After(new Accuracy(ignoreIndex: -1), Scores.Slice(0, 0, 4).Reshape(2, 2, 3), steps, Tensor.From(5f, 5f)), 1e-12);
        Assert.Equal(double.NaN, After(new Accuracy(ignoreIndex: 2), Scores, Tensor.From(2, 2, 2, 2, 2)));
    }

    [Fact]
    public void A_metric_goes_on_from_batch_to_batch_until_it_is_reset()
    {
        foreach (Metric metric in new Metric[]
        {
            new Accuracy(), new TopKAccuracy(2), new Precision(), new Recall(), new F1(), new ConfusionMatrix(), new RocAuc(), new AveragePrecision(),
            new LossMean(new SparseCategoricalCrossEntropy()),
        })
        {
            Assert.Equal(double.NaN, metric.Value);
            double whole = After(metric, Scores, Truths);
            metric.Reset();
            Assert.Equal(double.NaN, metric.Value);
            metric.Update(Scores.Slice(0, 0, 2), Truths.Slice(0, 0, 2));
            metric.Update(Scores.Slice(0, 2, 3), Truths.Slice(0, 2, 3));
            Assert.Equal(whole, metric.Value, 1e-12);
        }
    }

    [Fact]
    public void Top_k_accuracy_lets_the_lower_index_win_a_tie()
    {
        Assert.Equal(1.0, After(new TopKAccuracy(2), Scores, Truths), 1e-12);
        Assert.Equal(0.6, After(new TopKAccuracy(1), Scores, Truths), 1e-12);
        Assert.Equal(1.0, After(new TopKAccuracy(9), Scores, Truths), 1e-12);
        Tensor tied = Tensor.From(new float[,] { { 1, 1, 1 }, { 1, 1, 1 } });
        Assert.Equal(0.5, After(new TopKAccuracy(2), tied, Tensor.From(1, 2)), 1e-12);
        Assert.Equal("top_2_accuracy", new TopKAccuracy(2).Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TopKAccuracy(0));
    }

    [Fact]
    public void Precision_recall_and_F1_average_over_classes_that_occur()
    {
        // Class 0: answered 2, right 1, both 1; class 1: 2, 2, 1; class 2: 1, 2, 1. Class 3 never occurs.
        Tensor scores = ShapeOps.Concatenate(1, Scores, Tensor.Zeros([5, 1]));
        Assert.Equal((0.5 + 0.5 + 1) / 3, After(new Precision(), scores, Truths), 1e-12);
        Assert.Equal((1 + 0.5 + 0.5) / 3, After(new Recall(), scores, Truths), 1e-12);
        Assert.Equal(((2 / 3.0) + 0.5 + (2 / 3.0)) / 3, After(new F1(), scores, Truths), 1e-12);
        Assert.Equal(0.6, After(new F1(Averaging.Micro), scores, Truths), 1e-12);
        Precision precision = new();
        After(precision, scores, Truths);
        Assert.Equal([0.5, 0.5, 1, double.NaN], precision.Values);
    }

    [Fact]
    public void Precision_recall_and_F1_of_yes_or_no_are_those_of_yes()
    {
        Tensor scores = Tensor.From(0.9f, 0.8f, 0.7f, 0.2f, 0.1f);
        Tensor truths = Tensor.From(1, 0, 1, 1, 0);
        Tensor weights = Tensor.From(1f, 2f, 3f, 4f, 5f);
        Assert.Equal(2 / 3.0, After(new Precision(), scores, truths), 1e-12);
        Assert.Equal(2 / 3.0, After(new Recall(), scores, truths), 1e-12);
        Assert.Equal(4 / 6.0, After(new Precision(), scores, truths, weights), 1e-12);
        Assert.Equal(4 / 8.0, After(new Recall(), scores, truths, weights), 1e-12);
        Assert.Equal(8 / 14.0, After(new F1(), scores, truths, weights), 1e-12);
        Assert.Equal(1.0, After(new Precision(threshold: 0.85), scores, truths), 1e-12);
        Assert.Equal(0.0, After(new Precision(threshold: 0.95), scores, truths), 1e-12);
    }

    [Fact]
    public void The_confusion_matrix_counts_and_prints_with_labels()
    {
        ConfusionMatrix matrix = new(["cat", "dog", "emu"], ignoreIndex: -1);
        matrix.Update(Scores, Truths);
        matrix.Update(Scores, Tensor.From(2, -1, -1, -1, 0), Tensor.From(1f, 1f, 1f, 1f, 0f));
        Assert.Equal([1L, 0, 0, 1, 1, 0, 0, 1, 2], matrix.Counts.ToArray<long>());
        Assert.Equal(4 / 6.0, matrix.Value, 1e-12);
        Assert.Equal(2, matrix[2, 2]);
        Assert.Equal("     cat  dog  emu\ncat    1    0    0\ndog    1    1    0\nemu    0    1    2", matrix.ToString());
    }

    [Fact]
    public void Targets_that_do_not_fit_are_refused_with_both_shapes()
    {
        Assert.Contains(
            "but got outputs [5, 3] and int32 targets [4].",
            Assert.Throws<ArgumentException>(() => new Accuracy().Update(Scores, Tensor.From(1, 2, 0, 0))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Accuracy().Update(Scores, Tensor.From(1f, 2, 0, 0, 1)));
        Assert.Equal(
            "accuracy expects classes from 0 to 2 but got 3 in row 1.",
            Assert.Throws<ArgumentException>(() => new Accuracy().Update(Scores, Tensor.From(0, 3, 0, 0, 0))).Message);
        Assert.Equal(
            "accuracy expects weights [5], one for each sample, but got [2].",
            Assert.Throws<ArgumentException>(() => new Accuracy().Update(Scores, Truths, Tensor.From(1f, 1f))).Message);
    }

    [Fact]
    public void The_default_metric_follows_from_the_loss()
    {
        Assert.IsType<Accuracy>(Assert.Single(DefaultMetrics.For(new SparseCategoricalCrossEntropy())));
        Assert.IsType<Mae>(Assert.Single(DefaultMetrics.For(new Huber())));
        Tensor logits = Tensor.From(0.3f, -0.1f);
        Assert.Equal(1, After(DefaultMetrics.For(new BinaryCrossEntropy(fromLogits: true))[0], logits, Tensor.From(1f, 0f)));
        Assert.Equal(0.5, After(DefaultMetrics.For(new BinaryCrossEntropy())[0], logits, Tensor.From(1f, 0f)));
    }

    internal static double After(Metric metric, Tensor outputs, Tensor targets, Tensor? weights = null)
    {
        metric.Update(outputs, targets, weights);
        return metric.Value;
    }
}
