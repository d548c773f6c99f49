using Nabla.Ops.Normalizations;

namespace Nabla.Tests.Graphs;

public sealed class RectifiedNormalizationTests
{
    private static readonly Tensor X = PassCheck.Random(1, 21, 7);
    private static readonly Tensor Scale = PassCheck.Random(2, 7);
    private static readonly Tensor Bias = PassCheck.Random(3, 7);

    [Fact]
    public void A_normalisation_takes_the_rectifier_behind_it_and_its_gradient_the_gate()
    {
        Assert.Equal(["BatchNormalization"], PassCheck.Verify(x => [new BatchNormalization(0.1).Apply(x)[0].Relu()], X, Scale, Bias));
        string[] ops = PassCheck.VerifyWithGradient(x => new BatchNormalization(0.1).Apply(x)[0].Relu().Square().Mean(), X, Scale, Bias);
        Assert.Equal(1, ops.Count(op => op == "BatchNormalizationGradient"));
        Assert.DoesNotContain("Relu", ops);
        Assert.DoesNotContain("Gate", ops);
    }

    [Fact]
    public void Means_and_variances_are_those_of_the_same_op() => Assert.Equal(
        ["BatchNormalization"],
        PassCheck.Verify(
            x =>
            {
                Tensor[] results = new BatchNormalization(0.1).Apply(x);
                return [results[0].Relu(), results[1], results[2]];
            },
            X,
            Scale,
            Bias));

    [Fact]
    public void What_others_read_without_the_rectifier_stays() => Assert.Equal(
        ["BatchNormalization", "Relu"],
        PassCheck.Verify(
            x =>
            {
                Tensor normalized = new BatchNormalization(0.1).Apply(x)[0];
                return [normalized.Relu(), normalized];
            },
            X,
            Scale,
            Bias));
}
