using Nabla.Losses;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Losses;

public sealed class LossTests
{
    public static TheoryData<string> Names => [.. Losses.Keys];

    private static Dictionary<string, (Loss Loss, Func<double, double, double> Definition)> Losses { get; } = new()
    {
        ["squared"] = (new MeanSquaredError(), (x, t) => (x - t) * (x - t)),
        ["absolute"] = (new MeanAbsoluteError(), (x, t) => Math.Abs(x - t)),
        ["huber"] = (new Huber(0.7), (x, t) => Math.Abs(x - t) <= 0.7 ? 0.5 * (x - t) * (x - t) : 0.7 * (Math.Abs(x - t) - 0.35)),
        ["binary"] = (new BinaryCrossEntropy(), (x, t) => -(t * Math.Log(1 / (1 + Math.Exp(-x)))) - ((1 - t) * Math.Log(1 - (1 / (1 + Math.Exp(-x)))))),
        ["hinge"] = (new Hinge(), (x, t) => Math.Max(0, 1 - (x * t))),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loss_equals_the_mean_of_its_definition(string name)
    {
        (Loss loss, Func<double, double, double> definition) = Losses[name];
        Tensor outputs = GradientCheck.Random([5, 3, 2], 1, -2, 2);
        Tensor targets = GradientCheck.Random([5, 3, 2], 2, 0, 1);
        double[] results = loss.PerSample(outputs, targets).ToArray<double>();
        double[] x = outputs.ToArray<double>();
        double[] t = targets.ToArray<double>();
        for (int sample = 0; sample < 5; sample++)
        {
            Assert.Equal(Enumerable.Range(sample * 6, 6).Average(index => definition(x[index], t[index])), results[sample], 1e-12);
        }

        GradientCheck.Verify(inputs => loss.PerSample(inputs[0], targets), outputs);
    }

    [Fact]
    public void Shapes_that_differ_are_named() => Assert.Equal(
        "MeanSquaredError expects outputs and targets of one shape but got [2, 1] and [2].",
        Assert.Throws<ArgumentException>(() => new MeanSquaredError().PerSample(Tensor.Zeros([2, 1]), Tensor.Zeros([2]))).Message);

    [Fact]
    public void Cross_entropy_from_logits_and_from_probabilities_agree()
    {
        Tensor logits = GradientCheck.Random([4, 5], 3, -3, 3);
        Tensor targets = Tensor.From(0, 4, 2, 2);
        double[] fromLogits = new SparseCategoricalCrossEntropy(fromLogits: true).PerSample(logits, targets).ToArray<double>();
        double[] fromProbabilities = new SparseCategoricalCrossEntropy().PerSample(logits.Softmax(), targets).ToArray<double>();
        for (int row = 0; row < 4; row++)
        {
            Assert.Equal(fromLogits[row], fromProbabilities[row], 1e-12);
        }
    }
}
