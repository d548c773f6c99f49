using Nabla.Backends.Cpu;
using Nabla.Losses;
using Nabla.Ops.Losses;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Losses;

[Collection(nameof(WorkerPool))]
public sealed class SparseCategoricalCrossEntropyTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 3)]
    [InlineData(33, 8)]
    [InlineData(7, 17)]
    [InlineData(3, 1000)]
    public void The_loss_and_its_gradient_equal_the_naive_sums(int rows, int classes)
    {
        Tensor logits = GradientCheck.Random([rows, classes], 1, -5, 5);
        int[] labels = [.. Enumerable.Range(0, rows).Select(row => (row * 7) % classes)];
        labels[rows / 2] = rows > 1 ? -1 : labels[0];
        double[] weights = [.. Enumerable.Range(0, classes).Select(index => index % 4 / 2.0)];
        foreach ((double smoothing, double[]? classWeights) in new (double, double[]?)[] { (0, null), (0.1, null), (0.1, weights) })
        {
            SparseCategoricalCrossEntropy loss = new(fromLogits: true, ignoreIndex: -1, smoothing, classWeights);
            (double[] losses, double[] gradient) = Naive(logits.ToArray<double>(), labels, classes, smoothing, classWeights);
            AssertLoss(loss, logits, labels, losses, gradient, 1e-11);
            AssertLoss(loss, logits.To(DataType.Float32), labels, losses, gradient, 1e-5);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void The_gradient_is_that_of_differences_twice(double smoothing)
    {
        Tensor logits = GradientCheck.Random([3, 2, 5], 2, -2, 2);
        Tensor labels = Tensor.From(new int[,] { { 4, 0 }, { 9, 2 }, { 1, 1 } });
        GradientCheck.Verify(inputs => new SoftmaxCrossEntropy(smoothing, 9).Apply(inputs[0], labels)[0], logits);
        GradientCheck.Verify(inputs => new SoftmaxCrossEntropy(smoothing, 9).Apply(inputs[0], labels, Tensor.From(1.0, 0.5, 2, 0, 3))[0], logits);
        GradientCheck.Verify(inputs => new SoftmaxCrossEntropy(smoothing, 9).Apply(inputs[0], labels)[1], logits);
    }

    [Fact]
    public void A_sequence_has_the_mean_over_steps_that_are_not_ignored()
    {
        Tensor logits = GradientCheck.Random([3, 4, 5], 3, -2, 2);
        Tensor labels = Tensor.From(new int[,] { { 1, 2, 0, 0 }, { 3, 0, 0, 0 }, { 0, 0, 0, 0 } });
        double[][] rowsOfLogits = [.. logits.ToArray<double>().Chunk(5)];
        double[] expected = [.. labels.ToArray<int>()
            .Select((label, row) => label == 0 ? double.NaN : -Math.Log(LossTests.Softmax(rowsOfLogits[row])[label]))
            .Chunk(4).Select(steps => steps.Where(double.IsFinite).DefaultIfEmpty(0).Average())];
        LossTests.AssertLosses(new SparseCategoricalCrossEntropy(fromLogits: true, ignoreIndex: 0), logits, labels, expected);
        double[] all = new SparseCategoricalCrossEntropy(fromLogits: true).PerSample(logits, labels.To(DataType.Int64).Reshape(3, 4, 1)).ToArray<double>();
        double[] rows = new SparseCategoricalCrossEntropy(fromLogits: true).PerSample(logits.Reshape(12, 5), labels.Reshape(12)).ToArray<double>();
        Assert.Equal(rows.Chunk(4).Select(steps => steps.Average()), all, (left, right) => Math.Abs(left - right) < 1e-12);
    }

    [Fact]
    public void It_equals_the_loss_of_one_hot_targets()
    {
        Tensor logits = GradientCheck.Random([4, 3], 4, -2, 2);
        Tensor oneHot = Tensor.From(new double[,] { { 0, 1, 0 }, { 1, 0, 0 }, { 0, 0, 1 }, { 0, 0, 1 } });
        double[] expected = new CategoricalCrossEntropy(fromLogits: true, 0.1, [1, 2, 3]).PerSample(logits, oneHot).ToArray<double>();
        SparseCategoricalCrossEntropy loss = new(fromLogits: true, labelSmoothing: 0.1, classWeights: [1, 2, 3]);
        double[] sparse = loss.PerSample(logits, Tensor.From(1, 0, 2, 2)).ToArray<double>();
        Assert.Equal(expected, sparse, (left, right) => Math.Abs(left - right) < 1e-12);
    }

    [Fact]
    public void Large_logits_do_not_overflow_and_NaN_stays()
    {
        Tensor logits = Tensor.From(new float[,] { { 1e30f, 0 }, { -1000, 1000 }, { float.NaN, 0 } });
        float[] losses = new SparseCategoricalCrossEntropy(fromLogits: true).PerSample(logits, Tensor.From(0, 0, 1)).ToArray<float>();
        Assert.Equal([0f, 2000f], losses[..2], (left, right) => Math.Abs(left - right) < 2e-7f);
        Assert.Equal(float.NaN, losses[2]);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        Tensor logits = GradientCheck.Random([301, 101], 5, -5, 5).To(DataType.Float32);
        Tensor labels = Tensor.From([.. Enumerable.Range(0, 301).Select(row => row % 101)]);
        byte[][] runs = [.. Backends.Cpu.Threads.Counts.Select(count =>
        {
            byte[] bits = [];
            Backends.Cpu.Threads.With(count, () => bits = [.. Gradient().AsBytes()]);
            return bits;
        })];
        Assert.Equal(runs[0], runs[1]);
        Assert.Equal(runs[0], runs[2]);

        Tensor Gradient()
        {
            SparseCategoricalCrossEntropy loss = new(fromLogits: true);
            return Transforms.Gradients.ValueAndGradient(() => loss.PerSample(logits, labels).Mean(), logits).Gradients[0];
        }
    }

    [Fact]
    public void Labels_that_are_no_class_are_named()
    {
        SparseCategoricalCrossEntropy loss = new();
        Tensor outputs = Tensor.Ones([2, 3]);
        Assert.Equal(
            "The cross-entropy expects labels from 0 to 2 but got 3 in row 1.",
            Assert.Throws<ArgumentException>(() => loss.PerSample(outputs, Tensor.From(0, 3))).Message);
        Refused("but got [2, 3] and float32 [2]", Tensor.From(0f, 1f));
        Refused("but got [2, 3] and int32 [3]", Tensor.From(0, 1, 1));
        Assert.Equal(
            "There are 2 class weights, but the outputs [2, 3] have 3.",
            Assert.Throws<ArgumentException>(() => new SparseCategoricalCrossEntropy(classWeights: [1, 2]).PerSample(outputs, Tensor.From(0, 1))).Message);

        void Refused(string message, Tensor targets) =>
            Assert.Contains(message, Assert.Throws<ArgumentException>(() => loss.PerSample(outputs, targets)).Message, StringComparison.Ordinal);
    }

    private static void AssertLoss(Loss loss, Tensor logits, int[] labels, double[] losses, double[] gradient, double tolerance)
    {
        Tensor? perSample = null;
        (_, Tensor[] gradients) = Transforms.Gradients.ValueAndGradient(() => (perSample = loss.PerSample(logits, Tensor.From(labels))).Sum(), logits);
        Assert.Equal(losses, perSample!.To(DataType.Float64).ToArray<double>(), (left, right) => Math.Abs(left - right) <= tolerance);
        Assert.Equal(gradient, gradients[0].To(DataType.Float64).ToArray<double>(), (left, right) => Math.Abs(left - right) <= tolerance);
    }

    private static (double[] Losses, double[] Gradient) Naive(double[] logits, int[] labels, int classes, double smoothing, double[]? classWeights)
    {
        double[] losses = new double[labels.Length];
        double[] gradient = new double[logits.Length];
        for (int row = 0; row < labels.Length; row++)
        {
            double[] p = LossTests.Softmax(logits[(row * classes)..((row + 1) * classes)]);
            double weight = labels[row] < 0 ? 0 : classWeights?[labels[row]] ?? 1;
            for (int index = 0; index < classes; index++)
            {
                double truth = (index == labels[row] ? 1 - smoothing : 0) + (smoothing / classes);
                losses[row] -= weight * truth * Math.Log(p[index]);
                gradient[(row * classes) + index] = weight * (p[index] - truth);
            }
        }

        return (losses, gradient);
    }
}
