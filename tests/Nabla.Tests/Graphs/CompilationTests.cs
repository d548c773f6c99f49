using Nabla.Graphs;
using Nabla.Graphs.Passes;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Tests.Ops;
using Nabla.Transforms;

namespace Nabla.Tests.Graphs;

public sealed class CompilationTests
{
    [Fact]
    public void A_compiled_function_gives_the_bits_of_the_function_for_each_signature()
    {
        Func<Tensor[], Tensor[]> function = x => [((x[0] + 1).MatMul(x[1]).Relu() * 3).Softmax(), (x[0] - x[0].Mean([1], keepDimensions: true)).Exp()];
        CompiledFunction compiled = Compilation.Compile(function);
        foreach (int rows in (int[])[5, 3, 5])
        {
            Tensor[] inputs = [GradientCheck.Random([rows, 7], seed: rows), GradientCheck.Random([7, 4], seed: 2)];
            AssertSame(function(inputs), compiled.Invoke(inputs));
        }
    }

    [Fact]
    public void A_compiled_gradient_gives_the_bits_of_the_gradient()
    {
        Sequential network = new([9, 9, 1], seed: 3, new Conv2D(4, 3, ActivationKind.Relu), new MaxPool2D(2), new Flatten(), new Dense(5, ActivationKind.Softmax));
        Tensor labels = Tensor.From(0, 4, 2);
        Func<Tensor[], Tensor[]> function = x =>
        {
            (Tensor loss, Tensor[] gradients) = Gradients.ValueAndGradient(
                () => new SparseCategoricalCrossEntropy().PerSample(network.Forward(x[0]), labels).Mean(),
                [.. network.Parameters.Select(parameter => parameter.Value)]);
            return [loss, .. gradients];
        };
        Tensor images = GradientCheck.Random([3, 9, 9, 1], seed: 1).To(DataType.Float32);
        AssertSame(function([images]), Compilation.Compile(function).Invoke(images));
        Assert.Contains("Convolution{ ", Compilation.Compile(function).GraphOf(images.Type).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_run_gives_back_is_not_changed_by_the_next_run()
    {
        CompiledFunction twice = Compilation.Compile(x => [x[0] * 2, x[0]]);
        Tensor[] first = twice.Invoke(Tensor.From(1f, 2f));
        Tensor[] second = twice.Invoke(Tensor.From(5f, 6f));
        Assert.Equal([2f, 4f], first[0].ToArray<float>());
        Assert.Equal([1f, 2f], first[1].ToArray<float>());
        Assert.Equal([10f, 12f], second[0].ToArray<float>());
    }

    [Fact]
    public void Reading_a_symbolic_tensor_names_the_op_that_made_it()
    {
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(
            () => Compilation.Compile(x => x.Exp().AsSpan<float>()[0] > 1 ? x : -x)(Tensor.From(1f)));
        Assert.Contains("the result of Exp", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_type_of_argument_is_an_error_of_the_executable()
    {
        Executable executable = new(Compilation.Trace(x => [x[0] + 1], new TensorType(DataType.Float32, [2])));
        ArgumentException error = Assert.Throws<ArgumentException>(() => executable.Run(Tensor.From(1f, 2f, 3f)));
        Assert.Contains("expects 'x0' of float32[2] but got float32[3]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_is_differentiated_or_traced_runs_as_it_was_written()
    {
        Func<Tensor, Tensor> square = Compilation.Compile(x => x * x);
        Assert.Equal(6f, Gradients.Gradient(square)(Tensor.Scalar(3f)).Item<float>());
        Assert.Equal(81f, Compilation.Compile(x => square(square(x)))(Tensor.Scalar(3f)).Item<float>());
    }

    [Fact]
    public void A_symbolic_key_makes_the_numbers_of_the_key_that_a_run_is_given()
    {
        KeyArgument key = new();
        RandomKey symbolic = new(key);
        Tensor zeros = Tensor.Zeros([5, 7]);
        Executable executable = new(Compilation.Trace(
            x => [x[0] + symbolic.Fold(3).Fold("noise").Normal([5, 7]), symbolic.Bernoulli([4], 0.5), symbolic.Bernoulli([4], 0.5)], zeros.Type).Optimize());
        foreach (int seed in (int[])[1, 2])
        {
            RandomKey real = RandomKey.FromSeed(seed);
            key.Set(real);
            AssertSame([real.Fold(3).Fold("noise").Normal([5, 7]), real.Bernoulli([4], 0.5), real.Bernoulli([4], 0.5)], executable.Run(zeros));
        }
    }

    [Fact]
    public void Reading_the_bits_of_a_symbolic_key_is_an_error()
    {
        RandomKey key = new(new KeyArgument());
        Assert.Throws<InvalidOperationException>(() => Compilation.Trace(_ => [Tensor.Scalar((long)key.Fold(1).Value)]));
    }

    internal static void AssertSame(Tensor[] expected, Tensor[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.Equal(expected[index].Type, actual[index].Type);
            Assert.True(expected[index].AsBytes().SequenceEqual(actual[index].AsBytes()), $"output {index} differs");
        }
    }

    internal static void AssertClose(Tensor[] expected, Tensor[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int index = 0; index < expected.Length; index++)
        {
            Assert.Equal(expected[index].Type, actual[index].Type);
            double scale = Math.Max(1e-3, expected[index].Abs().Max().ToDouble());
            Assert.True((expected[index] - actual[index]).Abs().Max().ToDouble() <= tolerance * scale, $"output {index} differs");
        }
    }
}
