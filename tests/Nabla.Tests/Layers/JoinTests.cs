using Nabla.Layers;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Layers;

public sealed class JoinTests
{
    [Fact]
    public void Branches_are_joined_as_their_names_say()
    {
        Tensor input = Tensor.From([1.0, 2.0, -3.0, 4.0], [2, 2]);
        Layer[] Two() => [new Chain(), new Activation(ActivationKind.Relu)];
        Assert.Equal([1.0, 2, 1, 2, -3, 4, 0, 4], Use(new Concatenated(Two()), input));
        Assert.Equal([2.0, 4, -3, 8], Use(new Added(Two()), input));
        Assert.Equal([1.0, 4, 0, 16], Use(new Multiplied(Two()), input));
        Assert.Equal([1.0, 2, -1.5, 4], Use(new Averaged(Two()), input));
    }

    [Fact]
    public void Branches_have_the_gradient_of_differences()
    {
        LayerCheck.Verify(new Concatenated(new Dense(2, ActivationKind.Tanh), new Dense(3) { UseBias = false }), [2, 3]);
        LayerCheck.Verify(new Multiplied(new Dense(2), new Dense(2, ActivationKind.Sigmoid)), [3]);
        LayerCheck.Verify(new Averaged(new Dense(3), new Chain()), [3]);
        LayerCheck.Verify(new Residual(new Dense(3, ActivationKind.Tanh)), [3]);
        LayerCheck.Verify(new Residual(new Chain(new Dense(3), new LayerNorm(0.1)), new Dense(3), ActivationKind.Tanh), [2]);
    }

    [Fact]
    public void A_residual_block_adds_its_input_or_its_shortcut()
    {
        Residual plain = LayerCheck.Built(new Residual(new Dense(2), activation: ActivationKind.Relu), [2]);
        Tensor input = Random([3, 2], 1);
        Tensor expected = (input.MatMul(plain.State()["body.kernel"]) + input).Relu();
        Assert.Equal(expected.ToArray<double>(), plain.Forward(input).ToArray<double>());
        Residual projected = LayerCheck.Built(new Residual(new Dense(4), new Dense(4) { UseBias = false }), [2]);
        Assert.Equal(["body.kernel", "body.bias", "shortcut.kernel"], projected.State().Keys);
        Assert.Equal([3, 4], projected.Forward(input).Shape);
    }

    [Fact]
    public void Branches_that_do_not_fit_are_refused_with_their_shapes()
    {
        Assert.Equal(
            "Residual 'block' expects a body and a shortcut that give one shape but got [batch, 4] and [batch, 2]: give a shortcut that projects the input.",
            Refused(new Residual(new Dense(4)) { Name = "block" }));
        Assert.Contains("[batch, 4] and [batch, 3].", Refused(new Residual(new Dense(4), new Dense(3))), StringComparison.Ordinal);
        Assert.Contains("outputs have one shape but got [batch, 1] and [batch, 2]", Refused(new Added(new Dense(1), new Dense(2))), StringComparison.Ordinal);
        Assert.Contains("differ in the last axis alone", Refused(new Concatenated(new Dense(1), new Reshape(1, 2))), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Added());
    }

    [Fact]
    public void Costs_are_those_of_all_branches()
    {
        Residual layer = new(new Chain(new Dense(3), new Dense(2)), new Concatenated(new Dense(1), new Dense(1)));
        Assert.Equal(6 + 6 + 2 + 2, layer.MultiplyAdds([2]));
    }

    [Fact]
    public void Branches_begin_with_different_weights()
    {
        Added layer = LayerCheck.Built(new Added(new Dense(3), new Dense(3)), [3]);
        Assert.NotEqual(layer.State()["0.kernel"].ToArray<double>(), layer.State()["1.kernel"].ToArray<double>());
    }

    private static double[] Use(Layer layer, Tensor input) => LayerCheck.Built(layer, [.. input.Shape.Skip(1)]).Forward(input).ToArray<double>();

    private static string Refused(Layer layer) => Assert.Throws<ArgumentException>(() => layer.Build([2], RandomKey.FromSeed(1))).Message;
}
