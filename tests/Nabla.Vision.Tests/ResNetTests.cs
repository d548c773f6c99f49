using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Vision.Tests;

public class ResNetTests
{
    private const int Batch = 4;

    // Small images keep the tests fast; the layers are the same.
    private static readonly Shape Small = [8, 8, 3];

    private static Tensor Images => RandomKey.FromSeed(1).Uniform([Batch, .. Small]);

    [Fact]
    public void Eighteen_layers_for_ten_classes_have_the_known_number_of_parameters()
    {
        Sequential network = ResNet.Create18(10);
        Assert.Equal(11_173_962, network.TrainableParameters.Sum(pair => pair.Value.Value.ElementCount));
        Assert.Equal([32, 32, 3], network.InputShape);
        Assert.Equal([10], network.OutputShape);
    }

    [Theory]
    [InlineData(18, 11_689_512)]
    [InlineData(34, 21_797_672)]
    [InlineData(50, 25_557_032)]
    public void The_networks_of_the_paper_have_the_known_number_of_parameters(int layers, int expected)
    {
        ResNetOptions options = layers switch { 18 => ResNetOptions.ResNet18, 34 => ResNetOptions.ResNet34, _ => ResNetOptions.ResNet50 };
        Sequential network = ResNet.Create(1000, options);
        Assert.Equal(expected, network.TrainableParameters.Sum(pair => pair.Value.Type.Shape.ElementCount));
        Shape last = network.Layers.SkipLast(2).Aggregate(network.InputShape, (shape, layer) => layer.OutputShape(shape));
        Assert.Equal([7, 7, options.Channels[^1]], last);
    }

    [Fact]
    public void Stages_without_blocks_are_refused() =>
        Assert.Throws<ArgumentException>(() => ResNet.Create(10, ResNetOptions.ResNet18 with { Depths = [1] }));

    [Fact]
    public void Answers_are_probabilities()
    {
        Tensor answers = ResNet.Create18(7, Small).Forward(Images);
        Assert.Equal([Batch, 7], answers.Shape);
        Assert.All(answers.Sum([1]).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-5));
    }

    [Fact]
    public void Stages_halve_the_image_and_double_the_channels()
    {
        Sequential network = ResNet.Create18(10);
        Shape shape = network.InputShape;
        List<Shape> blocks = [];
        foreach (Layer layer in network.Layers)
        {
            shape = layer.OutputShape(shape);
            if (layer is Residual)
            {
                blocks.Add(shape);
            }
        }

        Assert.Equal([[32, 32, 64], [32, 32, 64], [16, 16, 128], [16, 16, 128], [8, 8, 256], [8, 8, 256], [4, 4, 512], [4, 4, 512]], blocks);
    }

    [Fact]
    public void Steps_of_training_reduce_the_loss()
    {
        Trainer trainer = new(ResNet.Create18(3, Small), new SparseCategoricalCrossEntropy(), new Sgd(0.01));
        Tensor labels = Tensor.From([0, 1, 2, 0]);
        History history = trainer.Fit(Images, labels, new FitOptions { Epochs = 3, BatchSize = Batch }, cancellationToken: TestContext.Current.CancellationToken);
        double[] losses = [.. history.Epochs.Select(epoch => epoch.Train["loss"])];
        Assert.True(losses[2] < losses[0], string.Join(", ", losses));
    }

    [Fact]
    public void A_saved_network_answers_the_same()
    {
        using TemporaryFolder folder = new();
        Sequential network = ResNet.Create18(3, Small, seed: 5);
        ModelFolder.Save(folder.File("model"), new SavedModel("resnet", network));
        Sequential loaded = ModelFolder.Load(folder.File("model")).Network;
        Assert.Equal(network.Forward(Images).ToArray<float>(), loaded.Forward(Images).ToArray<float>());
    }

    [Fact]
    public void One_class_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => ResNet.Create18(1));
}
