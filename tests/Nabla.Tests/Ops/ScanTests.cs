using Nabla.Layers;
using Nabla.Ops.Recurrent;
using Nabla.Transforms;

namespace Nabla.Tests.Ops;

public sealed class ScanTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Sums_so_far_are_those_of_a_loop(bool reverse)
    {
        Tensor x = GradientCheck.Random([3, 5, 2], 1);
        ScanResult result = Scanning.Scan((state, slice) => ([state[0] + slice[0]], [state[0] + slice[0]]), [Tensor.Zeros([3, 2], DataType.Float64)], [x], reverse);
        double[] sums = result.Outputs[0].ToArray<double>();
        double[] elements = x.ToArray<double>();
        for (int lane = 0; lane < 6; lane++)
        {
            double sum = 0;
            foreach (int step in reverse ? Enumerable.Range(0, 5).Reverse() : Enumerable.Range(0, 5))
            {
                int at = (((lane / 2 * 5) + step) * 2) + (lane % 2);
                sum += elements[at];
                Assert.Equal(sum, sums[at]);
            }

            Assert.Equal(sum, result.States[0].ToArray<double>()[lane]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Gradients_equal_differences(bool reverse) => GradientCheck.Verify(
        x =>
        {
            ScanResult result = Scanning.Scan(
                (state, slice) =>
                {
                    Tensor next = (slice[0].MatMul(x[2]) + state[0].MatMul(x[3])).Tanh();
                    return ([next, state[1] + (next * slice[1])], [next * state[1], slice[0] * 2]);
                },
                [x[0], x[1]], [x[4], x[5]], reverse);
            return ShapeOps.Concatenate(
                -1, result.Outputs[0].Reshape(-1), result.Outputs[1].Reshape(-1), result.States[0].Reshape(-1), result.States[1].Reshape(-1));
        },
        [
            GradientCheck.Random([3, 2], 1), GradientCheck.Random([3, 2], 2), GradientCheck.Random([5, 2], 3), GradientCheck.Random([2, 2], 4),
            GradientCheck.Random([3, 3, 5], 5), GradientCheck.Random([3, 3, 2], 6),
        ]);

    [Fact]
    public void States_may_change_places_and_be_of_other_types()
    {
        Tensor x = Tensor.From([1f, 2, 3, 4, 5], [1, 5]);
        ScanResult result = Scanning.Scan(
            (state, slice) => ([state[1], state[0], state[2] + 1], [state[0] * slice[0], state[2]]),
            [Tensor.From(10f), Tensor.From(100f), Tensor.From(0)], [x]);
        Assert.Equal([10f, 200, 30, 400, 50], result.Outputs[0].ToArray<float>());
        Assert.Equal([0, 1, 2, 3, 4], result.Outputs[1].ToArray<int>());
        Assert.Equal([100f], result.States[0].ToArray<float>());
        Assert.Equal([5], result.States[2].ToArray<int>());
    }

    [Fact]
    public void A_scan_in_a_scan_is_a_loop_in_a_loop() => GradientCheck.Verify(
        inputs =>
        {
            Tensor Row(Tensor row, Tensor state) => Scanning.Scan(
                (inner, slice) => ([(inner[0] * inputs[1]) + slice[0]], []), [state], [row]).States[0];
            return Scanning.Scan((state, slice) => ([Row(slice[0], state[0])], [state[0]]), [Tensor.Zeros([2], DataType.Float64)], [inputs[0]]).States[0];
        },
        [GradientCheck.Random([2, 3, 2], 1), Tensor.Scalar(0.7)]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Long_short_term_memory_as_a_scan_equals_the_fused_op(bool reverse)
    {
        Tensor[] variables =
        [
            GradientCheck.Random([3, 5, 28], 1), GradientCheck.Random([7, 28], 2), GradientCheck.Random([28], 3), GradientCheck.Random([3, 7], 4),
            GradientCheck.Random([3, 7], 5),
        ];
        (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => Loss(Scanned(variables, reverse)), variables);
        (Tensor fused, Tensor[] expected) = Gradients.ValueAndGradient(
            () => Loss(new Recurrence(RecurrentCell.Lstm, reverse).Apply([.. variables[..3], Tensor.From([5, 5, 5]), .. variables[3..]])[0]), variables);
        Near(fused, value);
        Assert.All(expected.Zip(gradients), pair => Near(pair.First, pair.Second));
    }

    [Fact]
    public void Compiled_it_gives_what_it_gives_at_once_and_the_loop_is_one_node()
    {
        Dense layer = new(12);
        layer.Build([2], RandomKey.FromSeed(1));
        Parameter weights = layer.Parameters[0];
        Tensor[] Function(Tensor[] x) =>
            [Scanning.Scan((state, slice) => ([(slice[0].MatMul(weights.Value) * state[0]).Sigmoid()], []), [Tensor.Ones([2, 12])], [x[0]]).States[0]];
        Tensor x = GradientCheck.Random([2, 9, 2], 1).To(DataType.Float32);
        CompiledFunction compiled = Compilation.Compile(Function);
        float[] expected = Function([x])[0].ToArray<float>();
        Assert.Equal(expected, compiled.Invoke(x)[0].ToArray<float>());
        Assert.Equal(expected, compiled.Invoke(x)[0].ToArray<float>());
        Assert.Single(compiled.GraphOf(x.Type).Nodes, node => node.Op is Scan);
        weights.Value *= 2;
        Assert.Equal(Function([x])[0].ToArray<float>(), compiled.Invoke(x)[0].ToArray<float>());
    }

    [Fact]
    public void Wrong_steps_are_refused()
    {
        Tensor state = Tensor.Zeros([2]);
        Assert.Contains("of one number of steps but got none.", Message(() => Scanning.Scan((s, x) => (s, []), [state], [])), StringComparison.Ordinal);
        Assert.Contains(
            "of one number of steps but got float32[2, 3], float32[2, 4].",
            Message(() => Scanning.Scan((s, x) => (s, []), [state], [Tensor.Zeros([2, 3]), Tensor.Zeros([2, 4])])), StringComparison.Ordinal);
        Assert.Contains(
            "expects the states float32[2] back but got float32[2, 1].",
            Message(() => Scanning.Scan((s, x) => ([s[0].ExpandDimensions(1)], []), [state], [Tensor.Zeros([2, 3])])), StringComparison.Ordinal);

        static string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    private static Tensor Scanned(Tensor[] x, bool reverse) => Scanning.Scan(
        (state, slice) =>
        {
            Tensor[] sums = (slice[0] + state[0].MatMul(x[1]) + x[2]).Split(-1, 4);
            Tensor cell = (sums[1].Sigmoid() * state[1]) + (sums[0].Sigmoid() * sums[2].Tanh());
            Tensor hidden = sums[3].Sigmoid() * cell.Tanh();
            return ([hidden, cell], [hidden]);
        },
        [x[3], x[4]], [x[0]], reverse).Outputs[0];

    private static Tensor Loss(Tensor states) => (states * GradientCheck.Random(states.Shape, 9)).Sum();

    private static void Near(Tensor expected, Tensor actual) => Assert.All(
        expected.ToArray<double>().Zip(actual.ToArray<double>()), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
}
