using Nabla.Backends.Cpu;
using Nabla.Ops;
using Nabla.Ops.Normalizations;
using Nabla.Tests.Graphs;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Backends.Cpu.Normalization;

[Collection(nameof(WorkerPool))]
public sealed class NormalizationKernelTests
{
    private const double Epsilon = 1e-3;

    public static TheoryData<int, int> Sizes() => new()
    {
        { 1, 1 }, { 7, 1 }, { 3001, 3 }, { 1000, 16 }, { 777, 33 }, { 65, 64 }, { 40, 100 }, { 21, 1000 }, { 2, 70 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Batch_normalisation_equals_the_naive_sums(int rows, int channels) =>
        VerifyAgainst(new BatchNormalization(Epsilon), new BatchNormalizationGradient(Epsilon), rows, channels, (_, channel) => channel, [channels]);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Batch_normalisation_with_a_rectifier_gives_the_bits_of_both(int rows, int channels)
    {
        RandomKey key = RandomKey.FromSeed(1);
        (Tensor x, Tensor cotangent) = (key.Normal([rows, channels]), key.Fold(1).Normal([rows, channels]));
        (Tensor scale, Tensor bias) = (key.Fold(2).Uniform([channels]), key.Fold(3).Normal([channels]));
        Tensor[] plain = new BatchNormalization(Epsilon).Apply(x, scale, bias);
        Tensor[] rectified = new BatchNormalization(Epsilon, Relu: true).Apply(x, scale, bias);
        CompilationTests.AssertSame([plain[0].Relu(), plain[1], plain[2]], rectified);
        Tensor[] expected = new BatchNormalizationGradient(Epsilon).Apply(x, scale, plain[1], plain[2], cotangent.Gate(rectified[0]));
        Tensor[] gated = new BatchNormalizationGradient(Epsilon, Gated: true).Apply(x, scale, plain[1], plain[2], cotangent, rectified[0]);
        CompilationTests.AssertSame(expected, gated);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Row_normalisation_equals_the_naive_sums(int rows, int channels) =>
        VerifyAgainst(new RowNormalization(Epsilon, true), new RowNormalizationGradient(Epsilon, true), rows, channels, (row, _) => row, [rows, 1]);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Root_mean_square_normalisation_equals_the_naive_sums(int rows, int channels)
    {
        RowNormalizationGradient backward = new(Epsilon, Centered: false);
        VerifyAgainst(new RowNormalization(Epsilon, Centered: false), backward, rows, channels, (row, _) => row, [rows, 1], centered: false);
    }

    [Fact]
    public void Variances_of_numbers_far_from_zero_keep_their_digits()
    {
        Tensor x = (GradientCheck.Random([5000, 3], 1) + 1000).To(DataType.Float32);
        Tensor variance = new BatchNormalization(Epsilon).Apply(x, Tensor.Ones([3]), Tensor.Zeros([3]))[2];
        Assert.All(variance.ToArray<float>(), value => Assert.Equal(1.0 / 3, value, 0.02));
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        Tensor x = GradientCheck.Random([3001, 48], 1).To(DataType.Float32);
        Tensor scale = GradientCheck.Random([48], 2).To(DataType.Float32);
        foreach (Op op in new Op[] { new BatchNormalization(Epsilon), new RowNormalization(Epsilon, true) })
        {
            List<byte[]> results = [];
            foreach (int threads in Threads.Counts)
            {
                Threads.With(threads, () =>
                {
                    Tensor[] outputs = op.Apply(x, scale, scale);
                    Tensor[] gradients = op.Gradient([x, scale, scale], outputs, [x, null, null], [true, true, true])!;
                    results.Add([.. outputs.Concat(gradients).SelectMany(tensor => tensor.AsBytes().ToArray())]);
                });
            }

            Assert.All(results, result => Assert.Equal(results[0], result));
        }
    }

    private static void VerifyAgainst(Op forward, Op backward, int rows, int channels, Func<int, int, int> groupOf, Shape group, bool centered = true)
    {
        Tensor x = GradientCheck.Random([rows, channels], 1);
        Tensor scale = GradientCheck.Random([channels], 2, 0.5, 2);
        Tensor bias = GradientCheck.Random([channels], 3);
        Tensor cotangent = GradientCheck.Random([rows, channels], 4);
        (double[][] results, double[][] gradients) = Naive(x, scale, bias, cotangent, groupOf, group.ElementCount, centered);
        foreach ((DataType type, double tolerance) in new[] { (DataType.Float64, 1e-10), (DataType.Float32, 2e-3) })
        {
            Tensor[] outputs = forward.Apply(x.To(type), scale.To(type), bias.To(type));
            Assert.Equal([x.Shape, group, group], outputs.Select(output => output.Shape));
            AssertClose(results, outputs, tolerance);
            Tensor[] found = backward.Apply(x.To(type), scale.To(type), outputs[1], outputs[2], cotangent.To(type));
            AssertClose(gradients, found, tolerance);
        }
    }

    private static void AssertClose(double[][] expected, Tensor[] actual, double tolerance)
    {
        for (int index = 0; index < expected.Length; index++)
        {
            double largest = Math.Max(1, expected[index].Max(Math.Abs));
            double[] values = actual[index].To(DataType.Float64).ToArray<double>();
            for (int element = 0; element < values.Length; element++)
            {
                Assert.Equal(expected[index][element], values[element], tolerance * largest);
            }
        }
    }

    // The definition, and the derivative of it by the chain rule: all elements of a group act on its mean and its variance.
    private static (double[][] Results, double[][] Gradients) Naive(
        Tensor input, Tensor scales, Tensor biases, Tensor cotangents, Func<int, int, int> groupOf, int groups, bool centered)
    {
        double[] x = input.ToArray<double>();
        double[] scale = scales.ToArray<double>();
        double[] bias = biases.ToArray<double>();
        double[] cotangent = cotangents.ToArray<double>();
        int[] group = [.. x.Select((_, index) => groupOf(index / scale.Length, index % scale.Length))];
        double count = (double)x.Length / groups;
        double[] mean = Sums(index => centered ? x[index] / count : 0);
        double[] variance = Sums(index => (x[index] - mean[group[index]]) * (x[index] - mean[group[index]]) / count);
        double[] normalized = [.. x.Select((value, index) => (value - mean[group[index]]) / Math.Sqrt(variance[group[index]] + Epsilon))];
        double[] y = [.. normalized.Select((value, index) => (value * scale[index % scale.Length]) + bias[index % scale.Length])];
        double[] ofMean = Sums(index => centered ? cotangent[index] * scale[index % scale.Length] / count : 0);
        double[] ofVariance = Sums(index => cotangent[index] * scale[index % scale.Length] * normalized[index] / count);
        double[] dx =
        [
            .. x.Select((_, index) => ((cotangent[index] * scale[index % scale.Length]) - ofMean[group[index]] - (normalized[index] * ofVariance[group[index]]))
                / Math.Sqrt(variance[group[index]] + Epsilon)),
        ];
        double[] slopes = new double[scale.Length];
        double[] offsets = new double[scale.Length];
        for (int index = 0; index < x.Length; index++)
        {
            slopes[index % scale.Length] += cotangent[index] * normalized[index];
            offsets[index % scale.Length] += cotangent[index];
        }

        return ([y, mean, variance], [dx, slopes, offsets]);

        double[] Sums(Func<int, double> term)
        {
            double[] sums = new double[groups];
            for (int index = 0; index < x.Length; index++)
            {
                sums[group[index]] += term(index);
            }

            return sums;
        }
    }
}
