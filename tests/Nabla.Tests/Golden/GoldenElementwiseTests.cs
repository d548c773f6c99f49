namespace Nabla.Tests.Golden;

public sealed class GoldenElementwiseTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Smooth = new()
    {
        ["sigmoid"] = x => x.Sigmoid(),
        ["tanh"] = x => x.Tanh(),
        ["softplus"] = x => x.Softplus(),
        ["silu"] = x => x.Silu(),
        ["gelu"] = x => x.Gelu(),
        ["gelu tanh"] = x => x.GeluTanh(),
        ["mish"] = x => x.Mish(),
        ["elu"] = x => x.Elu(),
        ["selu"] = x => x.Selu(),
        ["erf"] = x => x.Erf(),
        ["hard swish"] = x => x.HardSwish(),
    };

    private static readonly GoldenCases Cases = Create();

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Function_of_elements_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_function_of_elements_has_its_golden_case() => Cases.VerifyComplete();

    private static GoldenCases Create()
    {
        GoldenCases cases = new("elementwise")
        {
            ["exp"] = x => x[0].Exp(),
            ["relu"] = x => x[0].Relu(),
            ["abs"] = x => x[0].Abs(),
            ["sign"] = x => x[0].Sign(),
            ["clip"] = x => x[0].Clip(-0.7, 0.9),
            ["leaky relu"] = x => x[0].LeakyRelu(0.2),
            ["elu of alpha 0.6"] = x => x[0].Elu(0.6),
            ["cube"] = x => x[0].Pow(3),
            ["exp less 1"] = x => x[0].Expm1(),
            ["sine"] = x => x[0].Sin(),
            ["cosine"] = x => x[0].Cos(),
            ["tangent"] = x => x[0].Tan(),
            ["round"] = x => (x[0] * 3).Round(),
            ["floor"] = x => (x[0] * 3).Floor(),
            ["ceiling"] = x => (x[0] * 3).Ceiling(),
            ["reciprocal"] = x => x[0].Reciprocal(),
            ["log of 1 more"] = x => x[0].Log1p(),
            ["log"] = x => x[0].Log(),
            ["sqrt"] = x => x[0].Sqrt(),
            ["rsqrt"] = x => x[0].Rsqrt(),
            ["power 1.7"] = x => x[0].Pow(1.7),
            ["power -0.5"] = x => x[0].Pow(-0.5),
            ["add"] = x => x[0] + x[1],
            ["subtract"] = x => x[0] - x[1],
            ["multiply"] = x => x[0] * x[1],
            ["divide"] = x => x[0] / x[1],
            ["maximum"] = x => x[0].Maximum(x[1]),
            ["minimum"] = x => x[0].Minimum(x[1]),
            ["greater"] = x => x[0].Greater(x[1]),
            ["less or equal"] = x => x[0].LessOrEqual(x[1]),
            ["power"] = x => x[0].Pow(x[1]),
            ["where"] = x => x[0].Where(x[1], x[2]),
        };
        foreach ((string name, Func<Tensor, Tensor> function) in Smooth)
        {
            cases[name] = cases[$"{name} of extremes"] = x => function(x[0]);
        }

        return cases;
    }
}
