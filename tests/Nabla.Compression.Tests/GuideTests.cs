using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Compression.Tests;

/// <summary>Runs the code of docs/compression.md.</summary>
public sealed class GuideTests
{
    [Fact]
    public void The_base_comes_back_and_takes_what_was_learnt()
    {
        using TemporaryFolder temporary = new();
        string folder = temporary.File("adapter");
        Tensor inputs = RandomKey.FromSeed(1).Normal([8, 3]);
        Tensor targets = inputs.Sum([1]);
        Sequential network = new([3], 1, new Dense(4, ActivationKind.Tanh), new Dense(2), new Dense(1));
        Trainer trainer = new(network, new MeanSquaredError(), new Adam(0.01));
        Tensor before = network.Forward(inputs);
        LoadAndMerge();
        Assert.NotEqual(before.ToArray<float>(), network.Forward(inputs).ToArray<float>());

        void LoadAndMerge()
        {
            AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 1, Targets = ["*.kernel"] });
            trainer.Fit(inputs, targets, new FitOptions { Epochs = 5 });
            adapters.Save(folder);
            adapters.Remove();                                  // the base as it was
            Assert.Equal(before.ToArray<float>(), network.Forward(inputs).ToArray<float>());
            AdapterSet.Load(folder, network).Merge();           // the base with what was learnt
        }
    }
}
