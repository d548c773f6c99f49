using Nabla.Formats;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class CheckpointTests
{
    private static readonly FitOptions Options = new() { Epochs = 3, BatchSize = 4, GradientAccumulation = 2, Seed = 9 };

    [Fact]
    public void A_run_that_is_stopped_after_any_step_ends_with_the_same_weights_bit_for_bit()
    {
        Trainer through = Trained(Options with { Callbacks = [new EarlyStopping(1)] });
        for (int steps = 1; steps <= through.Optimizer.Step; steps++)
        {
            using TemporaryFolder folder = new();
            FitOptions options = Options with { Checkpoints = new(folder.ToString()) };
            TrainingCanceledException stopped = Cancelled(options, steps);
            Assert.Equal((steps, folder.File("checkpoint.safetensors")), (stopped.Step, stopped.Checkpoint));
            Trainer resumed = Trained(options with { Resume = Checkpoint.Load(folder.ToString()), Callbacks = [new EarlyStopping(1)] });
            Assert.Equal(Tiny.Weights(through.Model), Tiny.Weights(resumed.Model));
            Assert.Equal(through.Optimizer.Step, resumed.Optimizer.Step);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_refused_and_nothing_changes()
    {
        using TemporaryFolder folder = new();
        FitOptions options = Options with { Checkpoints = new(folder.ToString()) };
        Cancelled(options, 2);
        Trainer other = Tiny.Trainer(new Sequential([Tiny.Features], 1, new Dense(Tiny.Classes, ActivationKind.Softmax)));
        Refused(other, options, folder, "another model: expected '0.kernel' of float32[3, 3], got float32[3, 5]");
        Refused(Tiny.Trainer(optimizer: new Sgd()), options, folder, "the optimizer Adam, but this run has Sgd");
        Refused(Tiny.Trainer(), options with { BatchSize = 5 }, folder, "a batch size of 4, but this run has 5");
        Refused(Tiny.Trainer(), options with { Seed = 1 }, folder, "the seed 9, but this run has 1");
    }

    private static void Refused(Trainer trainer, FitOptions options, TemporaryFolder folder, string expected)
    {
        byte[] before = Tiny.Weights(trainer.Model);
        Checkpoint checkpoint = Checkpoint.Load(folder.ToString());
        InvalidFileException error = Assert.Throws<InvalidFileException>(
            () => trainer.Fit(Tiny.Dataset(), null, options with { Resume = checkpoint, Callbacks = [new EarlyStopping(1)] }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tiny.Weights(trainer.Model));
        Assert.Equal(0, trainer.Optimizer.Step);
    }

    private static Trainer Trained(FitOptions options)
    {
        Trainer trainer = Tiny.Trainer(Tiny.Network(dropout: 0.3));
        trainer.Fit(Tiny.Dataset(), Tiny.Dataset(10, seed: 6), options);
        return trainer;
    }

    private static TrainingCanceledException Cancelled(FitOptions options, int steps)
    {
        using CancellationTokenSource cancellation = new();
        LambdaCallback cancel = new() { BatchEnd = (trainer, _) => Cancel(trainer.Optimizer.Step == steps) };
        return Assert.Throws<TrainingCanceledException>(() => Tiny.Trainer(Tiny.Network(dropout: 0.3))
            .Fit(Tiny.Dataset(), Tiny.Dataset(10, seed: 6), options with { Callbacks = [new EarlyStopping(1), cancel] }, cancellation.Token));

        void Cancel(bool now)
        {
            if (now)
            {
                cancellation.Cancel();
            }
        }
    }
}
