using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class SteadyStateTests
{
    [Fact]
    public void A_compiled_step_allocates_nothing_once_it_is_warm()
    {
        Sequential model = new(
            [14, 14, 1], seed: 1, new Conv2D(8, 3, ActivationKind.Relu), new MaxPool2D(2), new Dropout(0.25), new Conv2D(16, 3, ActivationKind.Relu), new BatchNorm(),
            new MaxPool2D(2), new Flatten(), new Dense(12, ActivationKind.Gelu), new Dense(10, ActivationKind.Softmax));
        AssertNothingIsAllocated(model, RandomKey.FromSeed(1).Uniform([32, 14, 14, 1]), new Adam(0.001));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_compiled_step_of_a_table_of_words_allocates_nothing_once_it_is_warm(bool lazy)
    {
        Sequential model = new([5], seed: 1, new Embedding(300, 8), new GlobalAveragePool1D(), new Dense(10, ActivationKind.Softmax));
        AssertNothingIsAllocated(model, RandomKey.FromSeed(1).Integers([32, 5], 0, 300), new Adam(0.001) { Lazy = lazy });
    }

    private static void AssertNothingIsAllocated(Sequential model, Tensor input, Optimizer optimizer)
    {
        KeyValuePair<string, Parameter>[] parameters = [.. model.TrainableParameters];
        CompiledPass pass = new(new EagerPass(model, new SparseCategoricalCrossEntropy(), parameters));
        CompiledUpdate update = new(optimizer, parameters);
        Tensor labels = RandomKey.FromSeed(2).Integers([32], 0, 10);
        Tensor shares = Tensor.Full([32], 1.0 / 32, DataType.Float64);
        for (int step = 0; step < 3; step++)
        {
            Step();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int step = 0; step < 5; step++)
        {
            Step();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step() => update.Apply(pass.Run(input, labels, shares, RandomKey.FromSeed(3), penalties: true).Gradients);
    }
}
