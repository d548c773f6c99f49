namespace Nabla.Tests.Ops;

public sealed class ActivationTests
{
    public static TheoryData<string> Names => [.. Functions.Keys];

    private static Dictionary<string, (Func<Tensor, Tensor> Op, Func<double, double> Definition)> Functions { get; } = new()
    {
        ["abs"] = (x => x.Abs(), Math.Abs),
        ["sign"] = (x => x.Sign(), x => Math.Sign(x)),
        ["clip"] = (x => x.Clip(-1.1, 0.7), x => Math.Clamp(x, -1.1, 0.7)),
        ["square"] = (x => x.Square(), x => x * x),
        ["sigmoid"] = (x => x.Sigmoid(), x => 1 / (1 + Math.Exp(-x))),
        ["tanh"] = (x => x.Tanh(), Math.Tanh),
        ["small tanh"] = (x => (x * 0.01).Tanh(), x => Math.Tanh(x * 0.01)),
        ["softplus"] = (x => x.Softplus(), x => Math.Log(1 + Math.Exp(x))),
        ["leaky relu"] = (x => x.LeakyRelu(0.1), x => x > 0 ? x : 0.1 * x),
        ["elu"] = (x => x.Elu(0.7), x => x > 0 ? x : 0.7 * (Math.Exp(x) - 1)),
        ["selu"] = (x => x.Selu(), x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (Math.Exp(x) - 1))),
        ["silu"] = (x => x.Silu(), x => x / (1 + Math.Exp(-x))),
        ["gelu"] = (x => x.Gelu(), x => 0.5 * x * (1 + Erf(x / Math.Sqrt(2)))),
        ["erf"] = (x => x.Erf(), Erf),
        ["gelu by tanh"] = (x => x.GeluTanh(), x => 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x))))),
        ["mish"] = (x => x.Mish(), x => x * Math.Tanh(Math.Log(1 + Math.Exp(x)))),
        ["hard swish"] = (x => x.HardSwish(), x => x * Math.Clamp(x + 3, 0, 6) / 6),
        ["expm1"] = (x => x.Expm1(), x => Math.Exp(x) - 1),
        ["log1p"] = (x => (x.Abs() - 0.9).Log1p(), x => Math.Log(Math.Abs(x) + 0.1)),
        ["reciprocal"] = (x => (x.Abs() + 0.5).Reciprocal(), x => 1 / (Math.Abs(x) + 0.5)),
        ["sin"] = (x => x.Sin(), Math.Sin),
        ["cos"] = (x => x.Cos(), Math.Cos),
        ["tan"] = (x => (x * 0.3).Tan(), x => Math.Tan(x * 0.3)),
        ["floor"] = (x => x.Floor(), Math.Floor),
        ["ceiling"] = (x => x.Ceiling(), Math.Ceiling),
        ["round"] = (x => x.Round(), Math.Round),
        ["power of 1.5"] = (x => (x.Abs() + 0.1).Pow(1.5), x => Math.Pow(Math.Abs(x) + 0.1, 1.5)),
        ["power of 3"] = (x => x.Pow(3), x => x * x * x),
        ["power of -2"] = (x => (x.Abs() + 0.5).Pow(-2), x => 1 / ((Math.Abs(x) + 0.5) * (Math.Abs(x) + 0.5))),
        ["rsqrt"] = (x => (x.Abs() + 0.5).Rsqrt(), x => 1 / Math.Sqrt(Math.Abs(x) + 0.5)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_equals_its_definition_and_its_gradient_that_of_differences(string name)
    {
        (Func<Tensor, Tensor> op, Func<double, double> definition) = Functions[name];
        Tensor x = GradientCheck.Random([3, 13], seed: 5, low: -4, high: 4);
        double[] values = x.ToArray<double>();
        double[] results = op(x).ToArray<double>();
        float[] singles = op(x.To(DataType.Float32)).ToArray<float>();
        for (int index = 0; index < values.Length; index++)
        {
            Assert.Equal(definition(values[index]), results[index], 1e-13 * Math.Max(1, Math.Abs(results[index])));
            Assert.Equal(definition((float)values[index]), singles[index], 2e-6 * Math.Max(1, Math.Abs(results[index])));
        }

        GradientCheck.Verify(inputs => op(inputs[0]), x);
    }

    [Fact]
    public void Far_values_neither_overflow_nor_become_NaN()
    {
        Tensor x = Tensor.From(-1000f, -100f, 100f, 1000f);
        Assert.Equal([0f, 0f, 1f, 1f], x.Sigmoid().ToArray<float>(), (left, right) => Math.Abs(left - right) < 1e-30f);
        Assert.Equal([-1f, -1f, 1f, 1f], x.Tanh().ToArray<float>());
        Assert.Equal([0f, 0f, 100f, 1000f], x.Softplus().ToArray<float>(), (left, right) => Math.Abs(left - right) < 1e-30f);
    }

    [Fact]
    public void The_larger_and_the_smaller_have_the_gradient_of_differences()
    {
        Tensor x = GradientCheck.Random([3, 5], seed: 1);
        Tensor y = GradientCheck.Random([5], seed: 2);
        GradientCheck.Verify(inputs => inputs[0].Maximum(inputs[1]), x, y);
        GradientCheck.Verify(inputs => inputs[0].Minimum(inputs[1]), x, y);
    }

    [Fact]
    public void Powers_of_pairs_have_the_gradient_of_differences()
    {
        GradientCheck.Verify(inputs => inputs[0].Pow(inputs[1]), GradientCheck.Random([3, 5], 1, 0.3, 2), GradientCheck.Random([5], 2, -2, 3));
        Tensor zero = Tensor.From(0.0);
        Tensor two = Tensor.From(2.0);
        Tensor[] gradients = Transforms.Gradients.ValueAndGradient(() => zero.Pow(two).Sum(), zero, two).Gradients;
        Assert.Equal([0, 0], [gradients[0].Item<double>(), gradients[1].Item<double>()]);
    }

    [Fact]
    public void Functions_that_need_no_fractions_take_integers()
    {
        Tensor x = Tensor.From(-3, 0, 5);
        Assert.Equal([3, 0, 5], x.Abs().ToArray<int>());
        Assert.Equal([-1, 0, 1], x.Sign().ToArray<int>());
        Assert.Equal([9, 0, 25], x.Square().ToArray<int>());
        Assert.Equal([3, 0, -5], (-x).ToArray<int>());
        Assert.Equal([-2, 0, 4], x.Clip(-2, 4).ToArray<int>());
        Assert.Equal([-1, 0, 2], (x / 2).ToArray<int>());
        Assert.Contains("int32 [3]", Assert.Throws<ArgumentException>(() => x.Exp()).Message, StringComparison.Ordinal);
        Assert.Contains("int32 [3]", Assert.Throws<ArgumentException>(() => x.Pow(x)).Message, StringComparison.Ordinal);
    }

    // The series 2 / sqrt(pi) exp(-x²) (x + 2 x³ / 3 + 4 x⁵ / 15 + ...), all of one sign.
    private static double Erf(double x)
    {
        double term = x;
        double sum = x;
        for (int index = 1; index < 200; index++)
        {
            term *= 2 * x * x / ((2 * index) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
