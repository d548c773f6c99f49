using TorchSharp;

namespace Nabla.Conformance.Golden;

/// <summary>Reductions over one axis, several, all.</summary>
internal static class ReductionGolden
{
    private static readonly (string Name, Func<torch.Tensor, long[], torch.Tensor> Function)[] Reductions =
    [
        ("sum", (x, axes) => x.sum(axes)),
        ("mean", (x, axes) => x.mean(axes)),
        ("max", (x, axes) => x.amax(axes)),
        ("min", (x, axes) => x.amin(axes)),
        ("variance", (x, axes) => x.var(axes, unbiased: false)),
        ("sample variance", (x, axes) => x.var(axes, unbiased: true)),
        ("standard deviation", (x, axes) => x.std(axes, unbiased: false)),
        ("log-sum-exp", (x, axes) => axes.OrderDescending().Aggregate(x, (y, axis) => y.logsumexp(axis))),
    ];

    private static readonly long[][] Axes = [[0], [1], [-1], [0, 2], [0, 1, 2]];

    public static void Record(GoldenRecorder file)
    {
        foreach ((string name, Func<torch.Tensor, long[], torch.Tensor> function) in Reductions)
        {
            foreach (long[] axes in Axes)
            {
                file.Record($"{name} over {string.Join(" ", axes)}", [GoldenRecorder.Normal(2, 3, 4)], x => function(x[0], axes));
            }
        }

        foreach (long axis in new long[] { 0, 1, 2 })
        {
            file.Record($"product over {axis}", [GoldenRecorder.Normal(2, 3, 4)], x => x[0].prod(axis));
            file.Record($"largest index over {axis}", [GoldenRecorder.Normal(2, 3, 4)], x => x[0].argmax(axis));
            file.Record($"smallest index over {axis}", [GoldenRecorder.Normal(2, 3, 4)], x => x[0].argmin(axis));
        }
    }
}
