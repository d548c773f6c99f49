namespace Nabla.Tests.Graphs;

public sealed class NormalizationFusionTests
{
    private static readonly Tensor[] Inputs = [PassCheck.Random(1, 3, 5, 24), PassCheck.Random(2, 24), PassCheck.Random(3, 24)];

    [Fact]
    public void A_layer_normalisation_written_by_hand_is_one_op()
    {
        Assert.Equal(["RowNormalization"], PassCheck.Verify(x => [(Centered(x[0]) / (Variance(x[0]) + 1e-5).Sqrt() * x[1]) + x[2]], Inputs));
        Assert.Equal(["RowNormalization"], PassCheck.Verify(x => [x[2] + (x[1] * (Centered(x[0]) * (Squares(x[0]) + 1e-5).Rsqrt()))], Inputs));
    }

    [Fact]
    public void What_others_read_stays()
    {
        Assert.DoesNotContain("RowNormalization", PassCheck.Verify(x => [(Centered(x[0]) / (Variance(x[0]) + 1e-5).Sqrt() * x[1]) + x[2], Centered(x[0])], Inputs));
        Assert.DoesNotContain(
            "RowNormalization",
            PassCheck.VerifyWithGradient(x => ((Centered(x[0]) / (Variance(x[0]) + 1e-5).Sqrt() * x[1]) + x[2]).Square().Mean(), Inputs));
    }

    [Fact]
    public void Other_axes_are_no_layer_normalisation() => Assert.DoesNotContain(
        "RowNormalization",
        PassCheck.Verify(x => [((x[0] - x[0].Mean([1], keepDimensions: true)) / (x[0].Variance([1], keepDimensions: true) + 1e-5).Sqrt() * x[1]) + x[2]], Inputs));

    private static Tensor Centered(Tensor x) => x - x.Mean([-1], keepDimensions: true);

    private static Tensor Variance(Tensor x) => x.Variance([-1], keepDimensions: true);

    private static Tensor Squares(Tensor x) => (Centered(x) * Centered(x)).Mean([-1], keepDimensions: true);
}
