using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

/// <summary>Networks and data that are trained in an instant.</summary>
internal static class Tiny
{
    public const int Features = 3;
    public const int Classes = 3;

    /// <summary>Points of three classes, each around a corner of its own.</summary>
    public static (Tensor Inputs, Tensor Labels) Points(int count = 26, long seed = 5)
    {
        int[] labels = [.. Enumerable.Range(0, count).Select(index => index * 7 % Classes)];
        float[] noise = RandomKey.FromSeed(seed).Normal([count, Features]).ToArray<float>();
        float[] inputs = [.. noise.Select((value, index) => (0.5f * value) + (index % Features == labels[index / Features] ? 2 : 0))];
        return (Tensor.From(inputs, [count, Features]), Tensor.From(labels, [count]));
    }

    public static Dataset<Sample> Dataset(int count = 26, long seed = 5)
    {
        (Tensor inputs, Tensor labels) = Points(count, seed);
        return Nabla.Data.Dataset.FromTensors(inputs, labels);
    }

    public static Sequential Network(long seed = 1, double dropout = 0) => new(
        [Features], seed, new Dense(5, ActivationKind.Tanh), new Dropout(dropout), new Dense(Classes, ActivationKind.Softmax));

    public static Trainer Trainer(Module? model = null, Optimizer? optimizer = null, params Metric[] metrics) =>
        new(model ?? Network(), new SparseCategoricalCrossEntropy(), optimizer ?? new Adam(0.02), metrics);

    /// <summary>All numbers of a model as bytes.</summary>
    public static byte[] Weights(Module model) => [.. model.Parameters.SelectMany(parameter => parameter.Value.AsBytes().ToArray())];

    /// <summary>The numbers of a model.</summary>
    public static double[] Numbers(Module model) => [.. model.Parameters.SelectMany(parameter => parameter.Value.To(DataType.Float64).ToArray<double>())];

    public static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.InRange(Math.Abs(expected[index] - actual[index]), 0, tolerance);
        }
    }
}
