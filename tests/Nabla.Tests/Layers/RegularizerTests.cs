using Nabla.Layers.Regularizers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers;

public sealed class RegularizerTests
{
    [Fact]
    public void Penalties_are_those_of_their_formulas()
    {
        Tensor value = Tensor.From([1.0, -2.0, 3.0], [3]);
        Assert.Equal(0.6, new L1(0.1).Penalty(value).ToDouble(), 1e-12);
        Assert.Equal(1.4, new L2(0.1).Penalty(value).ToDouble(), 1e-12);
        Assert.Equal(3.4, new L1L2(0.1, 0.2).Penalty(value).ToDouble(), 1e-12);
    }

    [Fact]
    public void Penalties_have_the_gradient_of_differences()
    {
        Tensor value = GradientCheck.Random([3, 5], seed: 1);
        GradientCheck.Verify(inputs => new L1L2(0.3, 0.7).Penalty(inputs[0]), value);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void A_negative_factor_is_refused(double factor) => Assert.Throws<ArgumentOutOfRangeException>(() => new L2(factor));
}
