using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Layers;

public sealed class ParametrizationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gradients_go_through_to_what_is_held(bool compile)
    {
        Sequential network = new([3], 1, new Dense(2));
        Parameter kernel = network.NamedParameters.First().Value;
        Tensor mask = Tensor.From(new float[,] { { 1, 0 }, { 0, 1 }, { 1, 1 } });
        Tensor before = kernel.Value;
        kernel.Parametrize(new Masked(mask));
        Assert.Equal((before * mask).ToArray<float>(), kernel.Value.ToArray<float>());
        Assert.Equal(before.ToArray<float>(), network.State()["0.kernel"].ToArray<float>());
        new Trainer(network, new MeanSquaredError(), new Sgd(0.1)) { Compile = compile }.Fit(
            Tensor.Ones([4, 3]), Tensor.Ones([4, 2]), new FitOptions { Epochs = 2, BatchSize = 2 }, cancellationToken: TestContext.Current.CancellationToken);
        float[] changes = (kernel.Original - before).ToArray<float>();
        Assert.Equal(mask.ToArray<float>().Select(one => one != 0), changes.Select(change => change != 0));
        Tensor learnt = kernel.Original;
        kernel.Unparametrize(keepValue: true);
        Assert.Equal((learnt * mask).ToArray<float>(), kernel.Value.ToArray<float>());
    }

    [Fact]
    public void What_does_not_fit_changes_nothing()
    {
        Parameter kernel = new Sequential([3], 1, new Dense(2)).NamedParameters.First().Value;
        ArgumentException error = Assert.Throws<ArgumentException>(() => kernel.Parametrize(new Masked(Tensor.Ones([4, 3, 2]))));
        Assert.Contains("'0.kernel' holds float32[3, 2] but got float32[4, 3, 2]", error.Message, StringComparison.Ordinal);
        Assert.Null(kernel.Parametrization);
        kernel.Parametrize(new Masked(Tensor.Ones([3, 2])));
        Assert.Contains(
            "has a Masked already",
            Assert.Throws<InvalidOperationException>(() => kernel.Parametrize(new Masked(Tensor.Ones([3, 2])))).Message,
            StringComparison.Ordinal);
    }
}

/// <summary>Weights of which only a part counts.</summary>
public sealed class Masked(Tensor mask) : Parametrization
{
    public override Tensor Apply(Tensor original) => original * mask;
}
