using Nabla.Losses;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Losses;

/// <summary>Losses of elements and of rows against their definitions.</summary>
public sealed class LossTests
{
    public static TheoryData<string> ElementNames => [.. Elements.Keys];

    public static TheoryData<string> RowNames => [.. RowLosses.Keys];

    private static Dictionary<string, (Loss Loss, Func<double, double, double> Definition)> Elements { get; } = new()
    {
        ["squared"] = (new MeanSquaredError(), (x, t) => (x - t) * (x - t)),
        ["absolute"] = (new MeanAbsoluteError(), (x, t) => Math.Abs(x - t)),
        ["percentage"] = (new MeanAbsolutePercentageError(), (x, t) => 100 * Math.Abs(x - t) / Math.Abs(t)),
        ["logarithmic"] = (new MeanSquaredLogarithmicError(), (x, t) => Math.Pow(Math.Log(1 + Math.Max(x, 0)) - Math.Log(1 + t), 2)),
        ["huber"] = (new Huber(0.7), (x, t) => Math.Abs(x - t) <= 0.7 ? 0.5 * (x - t) * (x - t) : 0.7 * (Math.Abs(x - t) - 0.35)),
        ["log cosh"] = (new LogCosh(), (x, t) => Math.Log(Math.Cosh(x - t))),
        ["binary"] = (new BinaryCrossEntropy(fromLogits: true), BinaryCrossEntropy),
        ["smooth binary"] = (new BinaryCrossEntropy(fromLogits: true, labelSmoothing: 0.2), (x, t) => BinaryCrossEntropy(x, (0.8 * t) + 0.1)),
        ["weighted binary"] = (new BinaryCrossEntropy(fromLogits: true, positiveWeight: 3), WeightedBinary),
        ["hinge"] = (new Hinge(), (x, t) => Math.Max(0, 1 - (x * t))),
        ["squared hinge"] = (new SquaredHinge(), (x, t) => Math.Pow(Math.Max(0, 1 - (x * t)), 2)),
    };

    private static Dictionary<string, (Loss Loss, Func<double[], double[], double> Definition)> RowLosses { get; } = new()
    {
        ["categorical"] = (new CategoricalCrossEntropy(fromLogits: true), (x, t) => CrossEntropy(x, t)),
        ["smooth categorical"] = (
            new CategoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.3),
            (x, t) => CrossEntropy(x, [.. t.Select(part => (0.7 * part) + 0.1)])),
        ["weighted categorical"] = (
            new CategoricalCrossEntropy(fromLogits: true, classWeights: [1, 0, 2.5]),
            (x, t) => CrossEntropy(x, t) * (t[0] + (2.5 * t[2]))),
        ["divergence"] = (new KullbackLeibler(fromLogits: true), (x, t) => t.Zip(Softmax(x), (truth, answer) => truth * Math.Log(truth / answer)).Sum()),
        ["cosine"] = (new CosineSimilarity(), (x, t) => 1 - (Dot(x, t) / Math.Sqrt(Dot(x, x) * Dot(t, t)))),
    };

    [Theory]
    [MemberData(nameof(ElementNames))]
    public void A_loss_of_elements_equals_the_mean_of_its_definition(string name)
    {
        (Loss loss, Func<double, double, double> definition) = Elements[name];
        Tensor outputs = GradientCheck.Random([5, 3, 2], 1, -2, 2);
        Tensor targets = GradientCheck.Random([5, 3, 2], 2, 0.1, 1);
        double[] x = outputs.ToArray<double>();
        double[] t = targets.ToArray<double>();
        double[] expected = [.. x.Zip(t, definition).Chunk(6).Select(sample => sample.Average())];
        AssertLosses(loss, outputs, targets, expected);
    }

    [Theory]
    [MemberData(nameof(RowNames))]
    public void A_loss_of_rows_equals_the_mean_of_its_definition(string name)
    {
        (Loss loss, Func<double[], double[], double> definition) = RowLosses[name];
        Tensor outputs = GradientCheck.Random([4, 2, 3], 3, -2, 2);
        Tensor targets = GradientCheck.Random([4, 2, 3], 4, -1, 1).Softmax();
        double[][] x = [.. outputs.ToArray<double>().Chunk(3)];
        double[][] t = [.. targets.ToArray<double>().Chunk(3)];
        double[] rows = [.. x.Zip(t, definition)];
        double[] expected = [.. rows.Chunk(2).Select(pair => pair.Average())];
        AssertLosses(loss, outputs, targets, expected);
    }

    [Fact]
    public void Probabilities_and_their_logits_have_the_same_loss()
    {
        Tensor logits = GradientCheck.Random([4, 5], 3, -3, 3);
        Tensor labels = Tensor.From(0, 4, 2, 2);
        Tensor targets = GradientCheck.Random([4, 5], 5).Softmax();
        AssertSame(new SparseCategoricalCrossEntropy(fromLogits: true), new SparseCategoricalCrossEntropy(), logits, Plain(logits.Softmax()), labels);
        AssertSame(new CategoricalCrossEntropy(fromLogits: true), new CategoricalCrossEntropy(), logits, Plain(logits.Softmax()), targets);
        AssertSame(new KullbackLeibler(fromLogits: true), new KullbackLeibler(), logits, Plain(logits.Softmax()), targets);
        AssertSame(new BinaryCrossEntropy(fromLogits: true), new BinaryCrossEntropy(), logits, Plain(logits.Sigmoid()), targets);
        AssertSame(new BinaryFocal(fromLogits: true), new BinaryFocal(), logits, Plain(logits.Sigmoid()), targets);
    }

    [Fact]
    public void Probabilities_that_an_activation_made_lose_no_digits()
    {
        Tensor far = Tensor.From(new float[,] { { 200, 0 }, { 0, 200 } });
        AssertClose([0, 200], new SparseCategoricalCrossEntropy().PerSample(far.Softmax(), Tensor.From(0, 0)), 2e-7);
        Assert.Equal([0f, 200f], new BinaryCrossEntropy().PerSample(Tensor.From(200f, 200f).Sigmoid(), Tensor.From(1f, 0f)).ToArray<float>());
        Tensor logits = Tensor.From(new double[,] { { 1, 2, 3 } });
        Tensor labels = Tensor.From(1);
        SparseCategoricalCrossEntropy loss = new();
        (_, Tensor[] gradients) = Transforms.Gradients.ValueAndGradient(() => loss.PerSample(logits.Softmax(), labels).Sum(), logits);
        double[] softmax = Softmax([1, 2, 3]);
        Assert.Equal([softmax[0], softmax[1] - 1, softmax[2]], gradients[0].ToArray<double>(), (left, right) => Math.Abs(left - right) < 1e-15);
    }

    [Fact]
    public void The_gradient_of_probabilities_is_found_where_the_logits_are_not_followed()
    {
        Tensor probabilities = GradientCheck.Random([2, 3], 6).Softmax();
        Tensor labels = Tensor.From(2, 0);
        SparseCategoricalCrossEntropy loss = new();
        (_, Tensor[] gradients) = Transforms.Gradients.ValueAndGradient(() => loss.PerSample(probabilities, labels).Sum(), probabilities);
        double[] p = probabilities.ToArray<double>();
        Assert.Equal(1 - (1 / p[2]), gradients[0].ToArray<double>()[2], 1e-12);
        GradientCheck.Verify(inputs => loss.PerSample(inputs[0], labels), probabilities);
        GradientCheck.Verify(inputs => new BinaryCrossEntropy().PerSample(inputs[0], GradientCheck.Random([2, 3], 9, 0, 1)), probabilities);
    }

    [Fact]
    public void Probabilities_of_0_and_1_have_finite_losses()
    {
        Tensor certain = Tensor.From(new float[,] { { 1, 0 }, { 0, 1 } });
        AssertClose([0, 69.07755], new SparseCategoricalCrossEntropy().PerSample(certain, Tensor.From(0, 0)), 1e-4);
        AssertClose([0, 69.07755], new BinaryCrossEntropy().PerSample(Tensor.From(1f, 0f), Tensor.From(1f, 1f)), 1e-4);
        AssertClose([0, 69.07755], new CategoricalCrossEntropy().PerSample(certain, Tensor.From(new float[,] { { 1, 0 }, { 1, 0 } })), 1e-4);
        AssertClose([0, 0], new KullbackLeibler().PerSample(certain, certain), 1e-6);
        Assert.Equal(1f, new CosineSimilarity().PerSample(Tensor.Zeros([1, 3]), Tensor.Ones([1, 3])).Item<float>());
        Assert.Equal([0f], new Poisson().PerSample(Tensor.From(0f), Tensor.From(0f)).ToArray<float>());
    }

    [Fact]
    public void Rates_and_distances_have_their_losses()
    {
        Tensor outputs = Tensor.From(0.5, 2.0, 0.3, 1.7);
        AssertLosses(new Poisson(), outputs, Tensor.From(1.0, 0, 3, 2), [0.5 - Math.Log(0.5), 2, 0.3 - (3 * Math.Log(0.3)), 1.7 - (2 * Math.Log(1.7))]);
        AssertLosses(new Contrastive(1.5), outputs, Tensor.From(1.0, 0, 0, 1), [0.25, 0, 1.44, 2.89]);
    }

    [Fact]
    public void Categorical_hinge_compares_the_right_class_with_the_largest_other()
    {
        Tensor outputs = Tensor.From(new double[,] { { 2, -1, 0.5 }, { -3, -1, -2.5 }, { 0.2, 0.3, 4 } });
        Tensor targets = Tensor.From(new double[,] { { 0, 1, 0 }, { 1, 0, 0 }, { 0, 0, 1 } });
        AssertLosses(new CategoricalHinge(), outputs, targets, [4, 3, 0]);
    }

    [Fact]
    public void Focal_loss_counts_what_is_answered_well_less()
    {
        Tensor logits = Tensor.From(-2.0, 0.3, 1.5, 4);
        Tensor targets = Tensor.From(1.0, 0, 1, 1);
        double[] x = logits.ToArray<double>();
        double[] p = [Sigmoid(x[0]), Sigmoid(-x[1]), Sigmoid(x[2]), Sigmoid(x[3])];
        AssertLosses(new BinaryFocal(1.5, fromLogits: true), logits, targets, [.. p.Select(part => -Math.Pow(1 - part, 1.5) * Math.Log(part))]);
        double[] alpha = [0.25, 0.75, 0.25, 0.25];
        double[] balanced = [.. p.Select((part, index) => -alpha[index] * Math.Pow(1 - part, 2) * Math.Log(part))];
        AssertLosses(new BinaryFocal(2, 0.25, fromLogits: true), logits, targets, balanced);
        Assert.Equal([0f], new BinaryFocal(fromLogits: true).PerSample(Tensor.From(500f), Tensor.From(1f)).ToArray<float>());
    }

    [Fact]
    public void A_last_axis_of_one_may_be_left_out() => Assert.Equal(
        [1.0, 4.0],
        new MeanSquaredError().PerSample(Tensor.From(1.0, 2).Reshape(2, 1), Tensor.From(0, 0)).ToArray<double>());

    [Fact]
    public void Shapes_that_differ_are_named()
    {
        Assert.Equal(
            "MeanSquaredError expects outputs and targets of one shape but got [2, 1] and [3].",
            Assert.Throws<ArgumentException>(() => new MeanSquaredError().PerSample(Tensor.Zeros([2, 1]), Tensor.Zeros([3]))).Message);
        Assert.Equal(
            "CosineSimilarity expects outputs and targets [batch, ..., size] of one shape but got [2] and [2].",
            Assert.Throws<ArgumentException>(() => new CosineSimilarity().PerSample(Tensor.Zeros([2]), Tensor.Zeros([2]))).Message);
        Assert.StartsWith("delta must be above 0 but is 0.", Assert.Throws<ArgumentOutOfRangeException>(() => new Huber(0)).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "labelSmoothing must be from 0 up to, not including, 1 but is 1.",
            Assert.Throws<ArgumentOutOfRangeException>(() => new BinaryCrossEntropy(labelSmoothing: 1)).Message,
            StringComparison.Ordinal);
    }

    internal static double[] Softmax(double[] x)
    {
        double sum = x.Sum(Math.Exp);
        return [.. x.Select(part => Math.Exp(part) / sum)];
    }

    internal static void AssertLosses(Loss loss, Tensor outputs, Tensor targets, double[] expected)
    {
        double[] results = loss.PerSample(outputs, targets).ToArray<double>();
        float[] singles = loss.PerSample(outputs.To(DataType.Float32), targets).ToArray<float>();
        for (int sample = 0; sample < expected.Length; sample++)
        {
            Assert.Equal(expected[sample], results[sample], 1e-11);
            Assert.Equal(expected[sample], singles[sample], 1e-5 * Math.Max(1, Math.Abs(expected[sample])));
        }

        Assert.Equal(expected.Length, results.Length);
        GradientCheck.Verify(inputs => loss.PerSample(inputs[0], targets), outputs);
    }

    private static void AssertClose(double[] expected, Tensor losses, double tolerance) =>
        Assert.Equal(expected, losses.To(DataType.Float64).ToArray<double>(), (left, right) => Math.Abs(left - right) < tolerance);

    private static void AssertSame(Loss first, Loss second, Tensor outputsOfFirst, Tensor outputsOfSecond, Tensor targets)
    {
        double[] expected = first.PerSample(outputsOfFirst, targets).ToArray<double>();
        Assert.Equal(expected, second.PerSample(outputsOfSecond, targets).ToArray<double>(), (left, right) => Math.Abs(left - right) < 1e-12);
    }

    // Without the memory of the logits that it came from.
    private static Tensor Plain(Tensor x) => Tensor.From(x.ToArray<double>(), x.Shape);

    private static double Dot(double[] x, double[] y) => x.Zip(y, (left, right) => left * right).Sum();

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double BinaryCrossEntropy(double x, double t) => -(t * Math.Log(Sigmoid(x))) - ((1 - t) * Math.Log(Sigmoid(-x)));

    private static double WeightedBinary(double x, double t) => -(3 * t * Math.Log(Sigmoid(x))) - ((1 - t) * Math.Log(Sigmoid(-x)));

    private static double CrossEntropy(double[] x, double[] t) => -t.Zip(Softmax(x), (truth, answer) => truth * Math.Log(answer)).Sum();
}
