using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;

namespace Nabla.Tests.Ops;

/// <summary>Compares the kernels of functions with <see cref="Math"/> at numbers of all exponents, and with values computed in 40 digits.</summary>
public sealed class FunctionAccuracyTests
{
    private const double MostUlps = 4;

    public static TheoryData<string> Names => [.. Functions.Keys];

    /// <summary>erf in 40 digits, rounded.</summary>
    public static TheoryData<double, double> ErrorFunctionValues => new()
    {
        { 1e-300, 1.1283791670955126e-300 },
        { 1e-10, 1.12837916709551262e-10 },
        { 0.1, 0.112462916018284898 },
        { 0.3, 0.328626759459127416 },
        { 0.5, 0.520499877813046538 },
        { 0.7, 0.677801193837418442 },
        { 0.9, 0.79690821242283214 },
        { 0.99999, 0.842696641833229794 },
        { 1.0, 0.842700792949714869 },
        { 1.00001, 0.842704943983178491 },
        { 1.1, 0.88020506957408173 },
        { 1.3, 0.934007944940652446 },
        { 1.5, 0.966105146475310727 },
        { 2.0, 0.995322265018952734 },
        { 2.5, 0.999593047982555041 },
        { 3.0, 0.999977909503001415 },
        { 4.0, 0.9999999845827421 },
        { 5.0, 0.99999999999846254 },
        { 5.9, 0.999999999999999928 },
        { double.PositiveInfinity, 1 },
    };

    /// <summary>The normal distribution in 40 digits, rounded.</summary>
    public static TheoryData<double, double> NormalValues => new()
    {
        { double.NegativeInfinity, 0 },
        { -38.0, 2.88542836006878431e-316 },
        { -30.0, 4.90671392714818706e-198 },
        { -20.0, 2.7536241186062337e-89 },
        { -12.0, 1.776482112077679e-33 },
        { -8.0, 6.22096057427178412e-16 },
        { -5.0, 2.86651571879193912e-7 },
        { -3.0, 0.00134989803163009453 },
        { -2.0, 0.0227501319481792072 },
        { -1.5, 0.066807201268858066 },
        { -1.414, 0.0786809512411577015 },
        { -1.2, 0.115069670221708277 },
        { -1.0, 0.158655253931457051 },
        { -0.5, 0.308537538725986896 },
        { -0.1, 0.460172162722971016 },
        { 0.0, 0.5 },
        { 0.1, 0.539827837277028984 },
        { 0.7, 0.758036347776926971 },
        { 1.3, 0.903199515414389674 },
        { 1.5, 0.933192798731141934 },
        { 2.0, 0.977249868051820793 },
        { 3.0, 0.998650101968369905 },
        { 5.0, 0.999999713348428121 },
        { 8.0, 0.999999999999999378 },
        { double.PositiveInfinity, 1 },
    };

    [Fact]
    public void The_normal_distribution_has_the_same_bits_in_vectors_of_32_and_64_bytes()
    {
        Random random = new(5);
        float[] numbers = [float.Epsilon, 1, NormalHalves.Farthest, .. Enumerable.Range(0, 20_000).Select(_ => random.NextSingle() * NormalHalves.Farthest)];
        for (int index = 0; index <= numbers.Length - 16; index += 16)
        {
            Vector512<float> x = Vector512.Create<float>(numbers.AsSpan(index));
            (Vector512<float> decay, Vector512<float> share) = Nabla.Ops.Elementwise.Kernels.ErrorFunction.Tail(x);
            Assert.Equal(decay * share, NormalHalves.Normal(-x));
            Assert.Equal(Vector512<float>.One - (decay * share), NormalHalves.Normal(x));
            Vector512<float> below = decay * Vector512.FusedMultiplyAdd(x, Vector512.Create(-NormalHalves.Density / NormalHalves.Lift), share);
            Assert.Equal(below, NormalHalves.NormalAndDensity(-x));
            Assert.Equal(Vector512<float>.One - below, NormalHalves.NormalAndDensity(x));
        }
    }

    private static Dictionary<string, (Func<Tensor, Tensor> Op, Func<double, double> Definition)> Functions { get; } = new()
    {
        ["exp"] = (x => x.Exp(), Math.Exp),
        ["expm1"] = (x => x.Expm1(), x => Math.Abs(x) < 1e-5 ? x + (x * x / 2) + (x * x * x / 6) : Math.Abs(x) < 0.35 ? 2 * Math.Sinh(x / 2) * Math.Exp(x / 2) : Math.Exp(x) - 1),
        ["log"] = (x => x.Log(), Math.Log),
        ["log1p"] = (x => x.Log1p(), Log1p),
        ["tanh"] = (x => x.Tanh(), Math.Tanh),
        ["sigmoid"] = (x => x.Sigmoid(), x => x < 0 ? Math.Exp(x) / (1 + Math.Exp(x)) : 1 / (1 + Math.Exp(-x))),
        ["softplus"] = (x => x.Softplus(), x => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)))),
        ["erf"] = (x => x.Erf(), ErrorFunction),
        ["sin"] = (x => x.Sin(), Math.Sin),
        ["cos"] = (x => x.Cos(), Math.Cos),
        ["reciprocal"] = (x => x.Reciprocal(), x => 1 / x),
        ["rsqrt"] = (x => x.Rsqrt(), x => 1 / Math.Sqrt(x)),
        ["power of 1.75"] = (x => x.Pow(1.75), x => Math.Pow(x, 1.75)),
        ["power of -3"] = (x => x.Pow(-3.0), x => Math.Pow(x, -3)),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_of_float32_is_within_4_units_in_the_last_place(string name)
    {
        (Func<Tensor, Tensor> op, Func<double, double> definition) = Functions[name];
        float[] values = [.. Singles().Where(value => !IsFarAngle(name, value))];
        float[] results = op(Tensor.From(values)).ToArray<float>();
        for (int index = 0; index < values.Length; index++)
        {
            double expected = definition(values[index]);
            double error = Distance(expected, results[index], Math.Max(Math.Abs((double)MathF.BitIncrement((float)expected) - (float)expected), float.Epsilon), float.MaxValue);
            Assert.True(error <= MostUlps, $"{name}({values[index]:R}) is {expected:R} but came as {results[index]:R}: {error} units.");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_function_of_float64_is_within_4_units_in_the_last_place(string name)
    {
        (Func<Tensor, Tensor> op, Func<double, double> definition) = Functions[name];
        double[] values = [.. Doubles().Where(value => !IsFarAngle(name, value))];
        double[] results = op(Tensor.From(values)).ToArray<double>();
        for (int index = 0; index < values.Length; index++)
        {
            double expected = definition(values[index]);
            double unit = Math.Max(Math.Abs(Math.BitIncrement(expected) - expected), double.Epsilon);
            double error = Distance(expected, results[index], double.IsFinite(unit) ? unit : 1, double.MaxValue);

            // The definition itself may be a unit or two off.
            Assert.True(error <= MostUlps + 2, $"{name}({values[index]:R}) is {expected:R} but came as {results[index]:R}: {error} units.");
        }
    }

    [Theory]
    [MemberData(nameof(ErrorFunctionValues))]
    public void The_error_function_has_the_digits_of_a_table(double x, double expected)
    {
        CheckDigits(Tensor.From(x).Erf(), expected);
        CheckDigits(Tensor.From(-x).Erf(), -expected);
        double single = Tensor.From((float)x).To(DataType.Float64).Erf().Item<double>();
        CheckDigits(Tensor.From((float)x).Erf(), single);
    }

    [Theory]
    [MemberData(nameof(NormalValues))]
    public void The_gaussian_unit_has_the_digits_of_a_table(double x, double expected)
    {
        double factor = double.IsInfinity(x) ? 0 : x;
        double result = Nabla.Ops.Elementwise.Kernels.ErrorFunction.Normal(System.Runtime.Intrinsics.Vector512.Create(x))[0];
        Assert.InRange(Math.Abs(result - expected), 0, MostUlps * Math.Max(Unit(expected), double.Epsilon));
        Assert.Equal(expected, Nabla.Ops.Elementwise.Kernels.ErrorFunction.Normal(System.Runtime.Intrinsics.Vector512.Create((float)x))[0], 1e-6 * expected + 1e-45);
        Assert.Equal(factor * expected, double.IsInfinity(x) ? 0 : Tensor.From(x).Gelu().Item<double>(), 1e-15 * Math.Abs(factor * expected));
    }

    [Fact]
    public void The_slope_of_the_gaussian_unit_of_float32_is_that_of_the_distribution_and_its_density()
    {
        for (float x = -20; x < 20; x += 0.00731f)
        {
            double below = Nabla.Ops.Elementwise.Kernels.ErrorFunction.Normal(System.Runtime.Intrinsics.Vector512.Create((double)x))[0];
            double expected = below + (x * Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));
            float slope = Nabla.Ops.Elementwise.Kernels.ErrorFunction.NormalAndDensity(System.Runtime.Intrinsics.Vector512.Create(x))[0];
            Assert.Equal(expected, slope, 3e-7);
        }

        Assert.Equal(1, Nabla.Ops.Elementwise.Kernels.ErrorFunction.NormalAndDensity(System.Runtime.Intrinsics.Vector512.Create(float.PositiveInfinity))[0]);
        Assert.Equal(0, Nabla.Ops.Elementwise.Kernels.ErrorFunction.NormalAndDensity(System.Runtime.Intrinsics.Vector512.Create(float.NegativeInfinity))[0]);
        Assert.True(float.IsNaN(Nabla.Ops.Elementwise.Kernels.ErrorFunction.NormalAndDensity(System.Runtime.Intrinsics.Vector512.Create(float.NaN))[0]));
    }

    [Fact]
    public void The_normal_distribution_of_float32_is_within_6_units_of_that_of_float64()
    {
        for (float x = -13; x < 9; x += 0.000731f)
        {
            double expected = Nabla.Ops.Elementwise.Kernels.ErrorFunction.Normal(System.Runtime.Intrinsics.Vector512.Create((double)x))[0];
            float result = Nabla.Ops.Elementwise.Kernels.ErrorFunction.Normal(System.Runtime.Intrinsics.Vector512.Create(x))[0];
            double unit = MathF.BitIncrement((float)expected) - (float)expected;
            Assert.True(Math.Abs(result - expected) <= 6 * unit, $"{x}: {expected} came as {result}, {Math.Abs(result - expected) / unit} units off.");
        }
    }

    [Fact]
    public void Powers_have_the_special_cases_of_the_standard()
    {
        double[] special = [0, -0.0, 1, -1, 2, -2, 3, 0.5, -0.5, -3, 1e30, -1e30, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 7, -7];
        foreach (double x in special)
        {
            foreach (double y in special)
            {
                double expected = Math.Pow(x, y);
                Assert.Equal(expected, Tensor.From(x).Pow(Tensor.From(y)).Item<double>());
                Assert.Equal((float)expected, Tensor.From((float)x).Pow(Tensor.From((float)y)).Item<float>(), (a, b) => a.Equals(b) || Math.Abs(a - b) <= 1e-6 * Math.Abs(a));
            }
        }
    }

    // 2 / sqrt(pi) exp(-x²) times the sum of 2^n x^(2n + 1) / (1 * 3 * ... * (2n + 1)), whose terms are positive, so that no digits are lost; where x is
    // larger, one less exp(-x²) / sqrt(pi) / (x + (1/2) / (x + (2/2) / (x + (3/2) / (x + ...)))).
    private static double ErrorFunction(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 6)
        {
            return double.IsNaN(x) ? x : Math.Sign(x);
        }

        double square = x * x;
        double decay = Math.Exp(-square) * (1 - Math.FusedMultiplyAdd(x, x, -square));
        if (Math.Abs(x) > 1)
        {
            double fraction = Math.Abs(x);
            for (int n = 200; n > 0; n--)
            {
                fraction = Math.Abs(x) + (n / 2.0 / fraction);
            }

            return Math.Sign(x) * (1 - (decay * 0.56418958354775629 / fraction));
        }

        double sum = 1;
        for (int n = 40; n > 0; n--)
        {
            sum = 1 + (sum * 2 * square / ((2 * n) + 1));
        }

        return 1.1283791670955126 * x * (decay * sum);
    }

    private static void CheckDigits(Tensor result, double expected)
    {
        double value = result.ToDouble();
        double unit = result.DataType == DataType.Float64 ? Unit(expected) : Math.Abs((double)MathF.BitIncrement((float)expected) - (float)expected);
        Assert.True(Math.Abs(value - expected) <= MostUlps * unit, $"{expected:R} came as {value:R}.");
    }

    private static double Unit(double value) => Math.Abs(Math.BitIncrement(value) - value);

    private static double Distance(double expected, double actual, double unit, double largest)
    {
        if (double.IsNaN(expected) || double.IsNaN(actual))
        {
            return double.IsNaN(expected) && double.IsNaN(actual) ? 0 : double.PositiveInfinity;
        }

        // What is beyond the largest number is infinite.
        bool isInfinite = Math.Abs(expected) > largest;
        return double.IsInfinity(actual) || isInfinite
            ? (double.IsInfinity(actual) || Math.Abs(actual) >= largest * (1 - 1e-6)) && Math.Abs(expected) >= largest * (1 - 1e-6) && Math.Sign(expected) == Math.Sign(actual) ? 0 : double.PositiveInfinity
            : Math.Abs(actual - expected) / unit;
    }

    // Angles of many turns are only as sharp as the reduction of the platform.
    private static bool IsFarAngle(string name, double value) => name is "sin" or "cos" && Math.Abs(value) > 1e4;

    private static double Log1p(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : double.IsInfinity(sum) || sum <= 0 ? Math.Log(sum) : Math.Log(sum) + ((x - (sum - 1)) / sum);
    }

    private static IEnumerable<float> Singles()
    {
        Random random = new(1);
        for (uint bits = 0; bits < 0x7F800000; bits += 1 << 16)
        {
            float value = BitConverter.UInt32BitsToSingle(bits + (uint)random.Next(1 << 16));
            yield return value;
            yield return -value;
        }

        for (int index = 0; index < 20_000; index++)
        {
            yield return (float)((random.NextDouble() - 0.5) * 200);
            yield return (float)(1 + ((random.NextDouble() - 0.5) * 0.2));
        }

        yield return float.NaN;
        yield return float.PositiveInfinity;
        yield return float.NegativeInfinity;
        yield return 0;
        yield return -0f;
    }

    private static IEnumerable<double> Doubles()
    {
        Random random = new(2);
        for (int exponent = -1074; exponent < 1024; exponent++)
        {
            for (int index = 0; index < 8; index++)
            {
                double value = Math.ScaleB(1 + random.NextDouble(), exponent);
                yield return value;
                yield return -value;
            }
        }

        for (int index = 0; index < 20_000; index++)
        {
            yield return (random.NextDouble() - 0.5) * 1600;
            yield return (random.NextDouble() - 0.5) * 10;
            yield return 1 + ((random.NextDouble() - 0.5) * 0.2);
        }

        yield return double.NaN;
        yield return double.PositiveInfinity;
        yield return double.NegativeInfinity;
        yield return 0;
        yield return -0.0;
    }
}
