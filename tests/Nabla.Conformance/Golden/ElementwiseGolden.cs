using TorchSharp;
using static TorchSharp.torch.nn;

namespace Nabla.Conformance.Golden;

/// <summary>Functions of each element: of ordinary numbers, of large and small ones, and of pairs that broadcast.</summary>
internal static class ElementwiseGolden
{
    private static readonly double[] Extremes = [-80, -37, -17.5, -9, -3, -0.001, 0.001, 3, 9, 17.5, 38, 80];

    private static readonly (string Name, Func<torch.Tensor, torch.Tensor> Function)[] Smooth =
    [
        ("sigmoid", x => x.sigmoid()),
        ("tanh", x => x.tanh()),
        ("softplus", x => functional.softplus(x)),
        ("silu", x => functional.silu(x)),
        ("gelu", x => functional.gelu(x)),
        ("gelu tanh", x => functional.gelu(x, TorchSharp.Modules.GELU.Approximate.tanh)),
        ("mish", x => functional.mish(x)),
        ("elu", x => functional.elu(x, 1)),
        ("selu", x => functional.selu(x)),
        ("erf", x => x.erf()),
        ("hard swish", x => functional.hardswish(x)),
    ];

    private static readonly (string Name, Func<torch.Tensor, torch.Tensor> Function)[] Ordinary =
    [
        ("exp", x => x.exp()),
        ("relu", x => x.relu()),
        ("abs", x => x.abs()),
        ("sign", x => x.sign()),
        ("clip", x => x.clamp(-0.7, 0.9)),
        ("leaky relu", x => functional.leaky_relu(x, 0.2)),
        ("elu of alpha 0.6", x => functional.elu(x, 0.6)),
        ("cube", x => x.pow(3)),
        ("exp less 1", x => x.expm1()),
        ("sine", x => x.sin()),
        ("cosine", x => x.cos()),
        ("tangent", x => x.tan()),
        ("round", x => (x * 3).round()),
        ("floor", x => (x * 3).floor()),
        ("ceiling", x => (x * 3).ceil()),
        ("reciprocal", x => x.reciprocal()),
    ];

    private static readonly (string Name, Func<torch.Tensor, torch.Tensor> Function)[] OfPositive =
    [
        ("log", x => x.log()),
        ("log of 1 more", x => x.log1p()),
        ("sqrt", x => x.sqrt()),
        ("rsqrt", x => x.rsqrt()),
        ("power 1.7", x => x.pow(1.7)),
        ("power -0.5", x => x.pow(-0.5)),
    ];

    private static readonly (string Name, Func<torch.Tensor, torch.Tensor, torch.Tensor> Function)[] Binary =
    [
        ("add", (x, y) => x + y),
        ("subtract", (x, y) => x - y),
        ("multiply", (x, y) => x * y),
        ("divide", (x, y) => x / y),
        ("maximum", torch.maximum),
        ("minimum", torch.minimum),
        ("greater", (x, y) => x > y),
        ("less or equal", (x, y) => x <= y),
    ];

    public static void Record(GoldenRecorder file)
    {
        foreach ((string name, Func<torch.Tensor, torch.Tensor> function) in Smooth.Concat(Ordinary))
        {
            file.Record(name, [GoldenRecorder.Normal(3, 7)], x => function(x[0]));
        }

        foreach ((string name, Func<torch.Tensor, torch.Tensor> function) in Smooth)
        {
            file.Record($"{name} of extremes", [torch.tensor(Extremes)], x => function(x[0]));
        }

        foreach ((string name, Func<torch.Tensor, torch.Tensor> function) in OfPositive)
        {
            file.Record(name, [GoldenRecorder.Uniform(0.1, 4, 3, 7)], x => function(x[0]));
        }

        foreach ((string name, Func<torch.Tensor, torch.Tensor, torch.Tensor> function) in Binary)
        {
            file.Record(name, [GoldenRecorder.Normal(2, 3, 5), GoldenRecorder.Normal(3, 1)], x => function(x[0], x[1]));
        }

        file.Record("power", [GoldenRecorder.Uniform(0.1, 3, 3, 5), GoldenRecorder.Normal(5)], x => x[0].pow(x[1]));
        file.Record("where", [GoldenRecorder.Normal(3, 1) > 0, GoldenRecorder.Normal(3, 5), GoldenRecorder.Normal(5)], x => torch.where(x[0], x[1], x[2]));
    }
}
