using Nabla.Layers;
using Nabla.Serving.Models;

namespace Nabla.Serving.Tests.Models;

public sealed class CompiledRunnerTests
{
    private const int KeptSignatures = 16;

    [Fact]
    public void The_memory_of_graphs_that_were_forgotten_is_not_counted()
    {
        Sequential network = new([6], seed: 1, new Dense(8, ActivationKind.Relu), new Dense(4));
        CompiledRunner used = new(inputs => [network.Forward(inputs[0])]);
        CompiledRunner fresh = new(inputs => [network.Forward(inputs[0])]);
        foreach (int rows in Enumerable.Range(1, 3 * KeptSignatures))
        {
            used.Run(Rows(rows));
        }

        foreach (int rows in Enumerable.Range((2 * KeptSignatures) + 1, KeptSignatures))
        {
            fresh.Run(Rows(rows));
        }

        Assert.NotEqual(0, fresh.ArenaBytes);
        Assert.Equal(fresh.ArenaBytes, used.ArenaBytes);
    }

    private static Tensor Rows(int count) => Tensor.From(new float[count * 6], [count, 6]);
}
