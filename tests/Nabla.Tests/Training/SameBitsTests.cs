using Nabla.Backends.Cpu;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;
using ThreadCounts = Nabla.Tests.Backends.Cpu.Threads;

namespace Nabla.Tests.Training;

[Collection(nameof(WorkerPool))]
public sealed class SameBitsTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_seed_gives_the_same_weights_on_any_number_of_threads(bool compile)
    {
        List<(string Weights, string History)> runs = [];
        foreach (int threads in ThreadCounts.Counts)
        {
            ThreadCounts.With(threads, () => runs.Add(Train(compile, new FitOptions { Epochs = 2, BatchSize = 16 })));
        }

        Assert.All(runs, run => Assert.Equal(runs[0], run));
        Assert.NotEqual(runs[0].Weights, Train(compile, new FitOptions { Epochs = 2, BatchSize = 16, Seed = 2 }).Weights);
    }

    [Fact]
    public void Batches_that_are_made_ahead_change_nothing()
    {
        FitOptions options = new() { Epochs = 2, BatchSize = 16 };
        (string Weights, string History) alone = Train(compile: true, options with { Prefetch = 0 });
        Assert.Equal(alone, Train(compile: true, options with { Prefetch = 1 }));
        Assert.Equal(alone, Train(compile: true, options with { Prefetch = 9 }));
    }

    private static (string Weights, string History) Train(bool compile, FitOptions options)
    {
        Sequential model = new(
            [12, 12, 1],
            seed: 1,
            new Conv2D(6, 3, ActivationKind.Relu),
            new MaxPool2D(2),
            new BatchNorm(),
            new Conv2D(9, 3, ActivationKind.Relu),
            new Flatten(),
            new Dropout(0.2),
            new Dense(5, ActivationKind.Softmax));
        Trainer trainer = new(model, new SparseCategoricalCrossEntropy(), new Adam(0.01)) { Compile = compile };
        History history = trainer.Fit(Images(75), Images(20), options);
        string losses = string.Join('\n', history.Epochs.Select(epoch => $"{epoch.Train.Loss:R} {epoch.Validation!.Loss:R}"));
        return (Convert.ToHexString(Tiny.Weights(model)), losses);
    }

    /// <summary>Images whose class is where their bright row is; each is shifted when it is read, on whatever thread that is.</summary>
    private static Dataset<Sample> Images(int count)
    {
        Tensor noise = RandomKey.FromSeed(count).Uniform([count, 12, 12, 1]);
        Tensor labels = Tensor.From([.. Enumerable.Range(0, count).Select(index => index % 5)], [count]);
        return Dataset.FromTensors(noise, labels).Map(sample => sample with { Inputs = [sample.Input + Row(sample.Target!.Item<int>())] });
    }

    private static Tensor Row(int label) => Tensor.From([.. Enumerable.Range(0, 144).Select(index => index / 24 == label ? 1f : 0f)], [12, 12, 1]);
}
