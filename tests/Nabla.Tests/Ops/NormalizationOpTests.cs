using Nabla.Ops.Normalizations;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Ops;

public sealed class NormalizationOpTests
{
    [Theory]
    [InlineData(5, 3)]
    [InlineData(2, 2, 3, 1)]
    [InlineData(3, 9)]
    public void Batch_normalisation_has_the_gradient_of_differences(params int[] shape)
    {
        int channels = shape[^1];
        foreach (bool relu in new[] { false, true })
        {
            Verify(x => new BatchNormalization(0.01, relu).Apply(x)[0], Random(shape, 1), Random([channels], 2, 0.5, 2), Random([channels], 3));
        }
    }

    [Theory]
    [InlineData(true, 3, 5)]
    [InlineData(true, 2, 2, 9)]
    [InlineData(false, 3, 5)]
    [InlineData(false, 2, 2, 9)]
    public void Row_normalisation_has_the_gradient_of_differences(bool centered, params int[] shape)
    {
        int channels = shape[^1];
        Verify(x => new RowNormalization(0.01, centered).ApplyOne(x[0], x[1], x[2]), Random(shape, 1), Random([channels], 2, 0.5, 2), Random([channels], 3));
    }

    [Fact]
    public void Means_and_variances_have_the_gradient_of_differences_too()
    {
        Tensor[] inputs = [Random([4, 3], 1), Random([3], 2, 0.5, 2), Random([3], 3)];
        Verify(x => Joined(new BatchNormalization(0.01).Apply(x)), inputs);
        Verify(x => Joined(new RowNormalization(0.01, Centered: true).Apply(x)), inputs);
    }

    [Fact]
    public void Wrong_inputs_are_refused_with_their_types()
    {
        Tensor x = Tensor.Ones([2, 3]);
        Tensor three = Tensor.Ones([3]);
        Assert.Equal(
            "BatchNormalization expects a scale and a bias of float32[3] for float32[2, 3] but got float32[2] and float32[3].",
            Assert.Throws<ArgumentException>(() => new BatchNormalization(0.01).Apply(x, Tensor.Ones([2]), three)).Message);
        Assert.Contains(
            "RowNormalization expects floating-point numbers [..., channels] but got int32[2, 3]",
            Assert.Throws<ArgumentException>(() => new RowNormalization(0.01, true).Apply(x.To(DataType.Int32), three, three)).Message,
            StringComparison.Ordinal);
    }

    private static Tensor Joined(Tensor[] results) => (results[0] * results[1]) + (results[2] * 2) + results[1].Square();
}
