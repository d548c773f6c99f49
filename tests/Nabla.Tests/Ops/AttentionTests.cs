using Nabla.Backends.Cpu;
using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Ops.Attentions;
using Nabla.Transforms;

namespace Nabla.Tests.Ops;

/// <summary>Attention against its definition, element by element.</summary>
[Collection(nameof(WorkerPool))]
public sealed class AttentionTests
{
    public static TheoryData<int, int, int, int, int, int, int> Sizes => new()
    {
        { 2, 5, 7, 4, 2, 3, 5 },
        { 1, 1, 9, 3, 3, 8, 8 },
        { 3, 6, 6, 2, 1, 16, 16 },
        { 1, 70, 131, 2, 2, 17, 33 },
        { 1, 67, 67, 2, 1, 64, 64 },
        { 2, 3, 1, 1, 1, 1, 1 },
    };

    [Fact]
    public void Attention_over_many_tokens_takes_memory_that_grows_with_their_number_and_not_with_its_square()
    {
        Assert.InRange(Planned(4096), 1, 4.1 * Planned(1024));
        int threads = Threads.Count;
        Threads.Count = 1;
        try
        {
            // Results, what lies between them, and working memory of the kernels that grew.
            Tensor[] inputs = [.. Enumerable.Range(1, 3).Select(seed => RandomKey.FromSeed(seed).Normal([1, 2048, 1, 16]))];
            long before = GC.GetAllocatedBytesForCurrentThread();
            PassAndBack(inputs);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2048L * 2048 * sizeof(float) / 4);
        }
        finally
        {
            Threads.Count = threads;
        }

        static double Planned(int tokens)
        {
            TensorType type = new(DataType.Float32, [1, tokens, 2, 16]);
            return new Executable(Compilation.Trace(PassAndBack, type, type, type).Optimize()).ArenaBytes;
        }

        static Tensor[] PassAndBack(Tensor[] inputs) =>
            Gradients.ValueAndGradient(() => inputs[0].Attend(inputs[1], inputs[2], causal: true).Sum(), inputs).Gradients;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Attention_equals_the_naive_sum(int batch, int queries, int keys, int heads, int keyHeads, int size, int valueSize)
    {
        Tensor query = GradientCheck.Random([batch, queries, heads, size], 1, -2, 2);
        Tensor key = GradientCheck.Random([batch, keys, keyHeads, size], 2, -2, 2);
        Tensor value = GradientCheck.Random([batch, keys, keyHeads, valueSize], 3);
        Tensor bias = GradientCheck.Random([1, heads, queries, keys], 4);
        Tensor lengths = Tensor.From(Enumerable.Range(0, batch).Select(index => keys - (index * keys / batch)).ToArray());
        foreach (bool causal in new[] { false, true })
        {
            foreach ((Tensor? limits, Tensor? added, bool alibi) in new[] { (null, null, false), (lengths, bias, false), (lengths, null, true) })
            {
                double[] expected = Naive(query, key, value, causal, limits, added, alibi);
                Tensor found = query.Attend(key, value, causal, limits, added, alibi: alibi);
                AssertClose(expected, found, 1e-12);
                Tensor narrow = Float(query).Attend(Float(key), Float(value), causal, limits, added is null ? null : Float(added), alibi: alibi);
                AssertClose(expected, narrow, 1e-5);
            }
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void The_gradient_of_attention_is_that_of_finite_differences(bool causal, bool alibi) => GradientCheck.Verify(
        x => x[0].Attend(x[1], x[2], causal, Tensor.From(5, 2), x[3], alibi: alibi),
        GradientCheck.Random([2, 3, 4, 3], 1),
        GradientCheck.Random([2, 5, 2, 3], 2),
        GradientCheck.Random([2, 5, 2, 2], 3),
        GradientCheck.Random([1, 4, 3, 5], 4));

    [Fact]
    public void Without_a_mask_the_gradient_holds_too() => GradientCheck.Verify(
        x => x[0].Attend(x[1], x[2]),
        GradientCheck.Random([1, 4, 2, 3], 1),
        GradientCheck.Random([1, 3, 2, 3], 2),
        GradientCheck.Random([1, 3, 2, 5], 3));

    [Fact]
    public void One_tensor_may_be_queries_keys_and_values() => GradientCheck.Verify(
        x => x[0].Attend(x[0], x[0], causal: true), GradientCheck.Random([1, 4, 2, 3], 1));

    [Theory]
    [InlineData(70, 131, 4, 2, 17, 33, true)]
    [InlineData(130, 70, 1, 1, 64, 64, false)]
    [InlineData(200, 300, 2, 1, 16, 48, true)]
    public void The_tiled_backward_pass_equals_that_of_the_composition(
        int queries, int keys, int heads, int keyHeads, int size, int valueSize, bool causal)
    {
        Tensor[] inputs =
        [
            GradientCheck.Random([2, queries, heads, size], 1, -2, 2),
            GradientCheck.Random([2, keys, keyHeads, size], 2, -2, 2),
            GradientCheck.Random([2, keys, keyHeads, valueSize], 3),
            Tensor.From(keys, keys / 2),
        ];
        Attention op = new(0.3, causal, Alibi: true, HasLengths: true, HasBias: false);
        Tensor[] results = op.Apply(inputs);
        Tensor cotangent = GradientCheck.Random(results[0].Shape, 4);
        Tensor[] ofBackward = [.. inputs, results[0], results[1], cotangent];
        Tensor[] expected = AttentionComposition.Backward(new AttentionGradient(op), ofBackward);
        Tensor[] narrow = [.. ofBackward.Select(x => x.DataType.IsFloating ? Float(x) : x)];
        Tensor[] found = new AttentionGradient(op).Apply(ofBackward);
        Tensor[] foundNarrow = new AttentionGradient(op).Apply(narrow);
        for (int index = 0; index < expected.Length; index++)
        {
            AssertClose(expected[index].ToArray<double>(), found[index], 1e-11);
            AssertClose(expected[index].ToArray<double>(), foundNarrow[index], 1e-4);
        }
    }

    [Fact]
    public void The_same_bits_come_from_any_number_of_threads()
    {
        Tensor query = Float(GradientCheck.Random([1, 300, 2, 32], 1));
        Tensor key = Float(GradientCheck.Random([1, 300, 1, 32], 2));
        float[][] results = [.. Backends.Cpu.Threads.Counts.Select(count =>
        {
            float[] result = [];
            Backends.Cpu.Threads.With(count, () =>
            {
                (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => query.Attend(key, key, causal: true).Sum(), [query, key]);
                result = [.. value.ToArray<float>(), .. gradients.SelectMany(gradient => gradient.ToArray<float>())];
            });
            return result;
        })];
        Assert.All(results, result => Assert.Equal(results[0], result));
    }

    [Fact]
    public void A_query_that_sees_nothing_has_zero_and_no_gradient()
    {
        Tensor query = GradientCheck.Random([1, 2, 1, 3], 1);
        Tensor found = query.Attend(GradientCheck.Random([1, 4, 1, 3], 2), GradientCheck.Random([1, 4, 1, 3], 3), lengths: Tensor.From(0));
        Assert.All(found.ToArray<double>(), number => Assert.Equal(0, number));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void A_query_whose_keys_a_bias_hides_has_zero_and_no_gradient(int queries)
    {
        Tensor query = GradientCheck.Random([1, queries, 2, 3], 1);
        Tensor key = GradientCheck.Random([1, 6, 1, 3], 2);
        Tensor value = GradientCheck.Random([1, 6, 1, 4], 3);

        // The first query sees nothing, the second one all but the first key.
        double[] hidden = [.. Enumerable.Range(0, queries * 6).Select(place => place <= 6 ? double.NegativeInfinity : 0.25 * (place % 5))];
        Tensor bias = Tensor.From(hidden, [1, 1, queries, 6]);
        double[] expected = Naive(query, key, value, causal: false, null, bias.BroadcastTo([1, 2, queries, 6]), alibi: false);
        Assert.All(expected[..8], number => Assert.Equal(0, number));
        AssertClose(expected, query.Attend(key, value, bias: bias), 1e-12);
        AssertClose(expected, Float(query).Attend(Float(key), Float(value), bias: Float(bias)), 1e-5);
        GradientCheck.Verify(x => x[0].Attend(x[1], x[2], bias: bias), query, key, value);
        double[] ofBias = Gradients.ValueAndGradient(() => query.Attend(key, value, bias: bias).Tanh().Sum(), [bias]).Gradients[0].ToArray<double>();
        Assert.All(ofBias[..7], slope => Assert.Equal(0, slope));
        Assert.All(ofBias[7..], slope => Assert.True(double.IsFinite(slope) && slope != 0));
    }

    [Fact]
    public void The_composition_gives_the_results_of_the_kernel_where_a_bias_hides_keys()
    {
        double[] hidden = [.. Enumerable.Range(0, 5 * 6).Select(place => place is < 6 or 8 ? double.NegativeInfinity : 0.1 * place)];
        Tensor[] inputs =
        [
            GradientCheck.Random([1, 5, 2, 3], 1), GradientCheck.Random([1, 6, 1, 3], 2), GradientCheck.Random([1, 6, 1, 4], 3), Tensor.From(hidden, [1, 1, 5, 6]),
        ];
        Attention op = new(0.5, Causal: true, Alibi: false, HasLengths: false, HasBias: true);
        (Tensor[] expected, Tensor[] found) = (op.Apply(inputs), AttentionComposition.Forward(op, inputs));
        AssertClose(expected[0].ToArray<double>(), found[0], 1e-12);
        AssertClose(expected[1].ToArray<double>(), found[1], 1e-12);
    }

    [Fact]
    public void Later_keys_do_not_change_what_a_causal_query_sees()
    {
        Tensor x = GradientCheck.Random([1, 80, 2, 5], 1).To(DataType.Float32);
        Tensor whole = x.Attend(x, x, causal: true);
        Tensor begin = x.Slice(1, 0, 33);
        Assert.True(whole.Slice(1, 0, 33).AllClose(begin.Attend(begin, begin, causal: true), 1e-6));
        Tensor last = x.Slice(1, 79, 1).Attend(x, x, causal: true);
        Assert.True(whole.Slice(1, 79, 1).AllClose(last, 1e-5));
    }

    [Theory]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { 2, 3, 3, 5 }, new[] { 2, 3, 3, 5 })]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { 2, 3, 2, 4 }, new[] { 2, 3, 2, 4 })]
    [InlineData(new[] { 2, 3, 4, 5 }, new[] { 2, 3, 2, 5 }, new[] { 2, 4, 2, 5 })]
    public void Shapes_that_do_not_fit_are_quoted(int[] query, int[] key, int[] value)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Tensor.Ones([.. query]).Attend(Tensor.Ones([.. key]), Tensor.Ones([.. value])));
        Assert.Contains($"[{string.Join(", ", key)}]", error.Message, StringComparison.Ordinal);
    }

    private static Tensor Float(Tensor x) => x.To(DataType.Float32);

    private static void AssertClose(double[] expected, Tensor found, double tolerance)
    {
        double[] numbers = found.To(DataType.Float64).ToArray<double>();
        Assert.Equal(expected.Length, numbers.Length);
        for (int index = 0; index < numbers.Length; index++)
        {
            Assert.Equal(expected[index], numbers[index], tolerance);
        }
    }

    private static double[] Naive(Tensor query, Tensor key, Tensor value, bool causal, Tensor? lengths, Tensor? bias, bool alibi)
    {
        (int batch, int queries, int heads, int size) = (query.Shape[0], query.Shape[1], query.Shape[2], query.Shape[3]);
        (int keys, int keyHeads, int valueSize) = (key.Shape[1], key.Shape[2], value.Shape[3]);
        (double[] q, double[] k, double[] v) = (query.ToArray<double>(), key.ToArray<double>(), value.ToArray<double>());
        double[]? added = bias?.ToArray<double>();
        int[]? limits = lengths?.ToArray<int>();
        double[] result = new double[batch * queries * heads * valueSize];
        for (int b = 0; b < batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < queries; i++)
                {
                    double total = 0;
                    double[] sum = new double[valueSize];
                    for (int j = 0; j < keys; j++)
                    {
                        if (j >= (limits?[b] ?? keys) || (causal && j > i + keys - queries))
                        {
                            continue;
                        }

                        int shared = h / (heads / keyHeads);
                        double score = 0;
                        for (int s = 0; s < size; s++)
                        {
                            score += q[(((((b * queries) + i) * heads) + h) * size) + s] * k[(((((b * keys) + j) * keyHeads) + shared) * size) + s];
                        }

                        score /= Math.Sqrt(size);
                        score -= alibi ? Math.Abs(j - i - (keys - queries)) * Math.Pow(2, -8.0 * (h + 1) / heads) : 0;
                        double weight = Math.Exp(score + (added?[(((h * queries) + i) * keys) + j] ?? 0));
                        total += weight;
                        for (int s = 0; s < valueSize; s++)
                        {
                            sum[s] += weight * v[(((((b * keys) + j) * keyHeads) + shared) * valueSize) + s];
                        }
                    }

                    for (int s = 0; s < valueSize; s++)
                    {
                        result[(((((b * queries) + i) * heads) + h) * valueSize) + s] = total == 0 ? 0 : sum[s] / total;
                    }
                }
            }
        }

        return result;
    }
}
