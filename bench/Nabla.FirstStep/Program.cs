// What the benchmarks run as a process: the digits network takes its first step on random images, says so, goes on, and says how much memory it took.
using System.Diagnostics;
using Nabla;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

const int Batch = 64;
const int Steps = 100;

Sequential network = new(
    [28, 28, 1],
    seed: 1,
    new Conv2D(32, 3, ActivationKind.Relu),
    new MaxPool2D(2),
    new Conv2D(64, 3, ActivationKind.Relu),
    new MaxPool2D(2),
    new Flatten(),
    new Dense(64, ActivationKind.Relu),
    new Dense(10, ActivationKind.Softmax));
Tensor images = RandomKey.FromSeed(1).Uniform([Batch, 28, 28, 1]);
Tensor labels = Tensor.From([.. Enumerable.Range(0, Batch).Select(index => index % 10)]);
Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(0.001));
trainer.Fit(images, labels, new FitOptions { Epochs = Steps, BatchSize = Batch, Callbacks = [new FirstStep()] });
using Process self = Process.GetCurrentProcess();
Console.WriteLine(self.PeakWorkingSet64);

/// <summary>Says when the first step is taken.</summary>
internal sealed class FirstStep : Callback
{
    private bool said;

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        if (!said)
        {
            Console.WriteLine("first step");
            said = true;
        }
    }
}
