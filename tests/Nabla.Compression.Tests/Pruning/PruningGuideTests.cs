using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Compression.Tests.Pruning;

/// <summary>Runs the code of docs/pruning.md.</summary>
public sealed class PruningGuideTests
{
    private readonly Loss loss = new MeanSquaredError();
    private readonly Dataset<Sample> samples = Dataset.FromTensors(RandomKey.FromSeed(1).Normal([16, 3]), RandomKey.FromSeed(2).Normal([16, 1]));
    private readonly Sequential network = new([3], 1, new Dense(16, ActivationKind.Relu), new Dense(8), new Dense(1));

    [Fact]
    public void A_smaller_network_is_trained()
    {
        PrunedNetwork pruned = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 0.5, MultipleOf = 4 });
        new Trainer(pruned.Network, loss, new Adam(0.01)).Fit(samples, options: new FitOptions { Epochs = 2 });
        Assert.All(pruned.Layers, layer => Assert.Equal(0, layer.After % 4));
        Assert.InRange(pruned.Kept, 0, 0.5);
    }

    [Fact]
    public void Weights_become_zero_while_training()
    {
        WeightPruning pruning = WeightPruning.Apply(network, new WeightPruningOptions { Global = true });
        GradualPruning gradual = new(pruning, sparsity: 0.8);
        new Trainer(network, loss, new Adam(0.01)).Fit(samples, options: new FitOptions { Epochs = 5, Callbacks = [gradual] });
        pruning.MakePermanent();
        Assert.Equal(0.8, network.NamedParameters.Where(pair => pair.Value.Type.Shape.Rank == 2).Average(pair => pair.Value.Value.Equal(0).To(DataType.Float32).Mean().ToDouble()), 0.3);
    }
}
