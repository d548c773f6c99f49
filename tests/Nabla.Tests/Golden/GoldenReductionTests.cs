namespace Nabla.Tests.Golden;

public sealed class GoldenReductionTests
{
    private static readonly int[][] Axes = [[0], [1], [-1], [0, 2], [0, 1, 2]];

    private static readonly GoldenCases Cases = Create();

    public static TheoryData<string> Names => Cases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Reduction_gives_what_libtorch_gave(string name) => Cases.Verify(name);

    [Fact]
    public void Each_reduction_has_its_golden_case() => Cases.VerifyComplete();

    private static GoldenCases Create()
    {
        GoldenCases cases = new("reductions");
        foreach (int[] axes in Axes)
        {
            string over = $"over {string.Join(" ", axes)}";
            cases[$"sum {over}"] = x => x[0].Sum(axes);
            cases[$"mean {over}"] = x => x[0].Mean(axes);
            cases[$"max {over}"] = x => x[0].Max(axes);
            cases[$"min {over}"] = x => x[0].Min(axes);
            cases[$"variance {over}"] = x => x[0].Variance(axes);
            cases[$"sample variance {over}"] = x => x[0].Variance(axes, correction: 1);
            cases[$"standard deviation {over}"] = x => x[0].StandardDeviation(axes);
            cases[$"log-sum-exp {over}"] = x => x[0].LogSumExp(axes);
        }

        foreach (int axis in new[] { 0, 1, 2 })
        {
            cases[$"product over {axis}"] = x => x[0].Prod([axis]);
            cases[$"largest index over {axis}"] = x => x[0].ArgMax(axis);
            cases[$"smallest index over {axis}"] = x => x[0].ArgMin(axis);
        }

        return cases;
    }
}
