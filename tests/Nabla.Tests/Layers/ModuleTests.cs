using Nabla.Layers;

namespace Nabla.Tests.Layers;

public sealed class ModuleTests
{
    [Fact]
    public void Outputs_are_observed_from_the_inside_out()
    {
        List<Module> seen = [];
        Sequential network = new([2], seed: 1, new Dense(3), new Dense(1));
        network.Forward(Tensor.Ones([1, 2]), new ForwardContext(training: false, default) { Observer = (module, _) => seen.Add(module) });
        Assert.Equal([network.Layers[0], network.Layers[1], network], seen);
    }
}
