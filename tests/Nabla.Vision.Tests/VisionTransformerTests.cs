using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Vision.Tests;

public sealed class VisionTransformerTests
{
    private static readonly VisionTransformerOptions Small = new() { ImageSize = 8, PatchSize = 4, Size = 16, Layers = 2, Heads = 2, Hidden = 24 };

    [Fact]
    public void The_smallest_published_network_has_the_known_number_of_parameters()
    {
        Sequential network = VisionTransformer.Create(1000, new VisionTransformerOptions { Size = 192, Heads = 3, Hidden = 768 });
        Assert.Equal(5_717_416, network.TrainableParameters.Sum(pair => pair.Value.Type.Shape.ElementCount));
        Assert.Equal([224, 224, 3], network.InputShape);
    }

    [Fact]
    public void Steps_of_training_reduce_the_loss()
    {
        Trainer trainer = new(VisionTransformer.Create(2, Small), new SparseCategoricalCrossEntropy(), new Adam(0.005));
        Tensor images = RandomKey.FromSeed(1).Uniform([8, .. Small.InputShape]);
        Tensor labels = Tensor.From([0, 1, 0, 1, 1, 0, 1, 0]);
        History history = trainer.Fit(images, labels, new FitOptions { Epochs = 20, BatchSize = 8 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(history.Epochs[^1].Train.Loss < 0.5 * history.Epochs[0].Train.Loss);
    }

    [Fact]
    public void Images_that_patches_do_not_divide_are_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => VisionTransformer.Create(2, Small with { PatchSize = 3 }));
        Assert.StartsWith("Images of 8 rows cannot be cut into patches of 3.", error.Message, StringComparison.Ordinal);
    }
}
