using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class CheckpointTests
{
    private static readonly FitOptions Options = new() { Epochs = 3, BatchSize = 4, GradientAccumulation = 2, Seed = 9 };

    [Fact]
    public void A_run_that_is_stopped_after_any_step_ends_as_if_it_was_not()
    {
        (Trainer through, History history) = Run(Options);
        Assert.True(through.Optimizer.Step >= 8);
        for (int steps = 1; steps <= through.Optimizer.Step; steps++)
        {
            using TemporaryFolder folder = new();
            FitOptions options = Options with { Checkpoints = new(folder.ToString()) };
            TrainingCanceledException stopped = Cancelled(options, steps);
            Assert.Equal((steps, folder.File("checkpoint.safetensors")), (stopped.Step, stopped.Checkpoint));
            Assert.Equal((steps - 1) / 4, stopped.History.Epochs.Count);
            AssertSameEnd(through, history, Run(options with { Resume = Checkpoint.Load(folder.ToString()) }));
        }
    }

    [Fact]
    public void A_run_that_is_stopped_while_it_validates_ends_as_if_it_was_not()
    {
        (Trainer through, History history) = Run(Options);
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancellation = new();
        FitOptions options = Options with { Checkpoints = new(folder.ToString()), Callbacks = [new EarlyStopping(1)] };
        Trainer trainer = Create();
        Dataset<Sample> cancelling = Validation.Map(sample =>
        {
            if (trainer.Optimizer.Step > 0)
            {
                cancellation.Cancel();
            }

            return sample;
        });
        TrainingCanceledException stopped = Assert.Throws<TrainingCanceledException>(
            () => trainer.Fit(Tiny.Dataset(), cancelling, options, cancellation.Token));
        Assert.Equal((4, 0), (stopped.Step, stopped.History.Epochs.Count));
        AssertSameEnd(through, history, Run(options with { Resume = Checkpoint.Load(folder.ToString()) }));
    }

    [Fact]
    public void A_run_that_broke_down_goes_on_from_its_last_checkpoint()
    {
        (Trainer through, History history) = Run(Options);
        using TemporaryFolder folder = new();
        FitOptions options = Options with { Checkpoints = new(folder.File("new/run.safetensors")) { EverySteps = 3, EveryEpochs = 0, Settings = "mine" } };
        LambdaCallback breakdown = new() { BatchEnd = (trainer, _) => Assert.NotEqual(8, trainer.Optimizer.Step) };
        Assert.ThrowsAny<Exception>(() => Create().Fit(Tiny.Dataset(), Validation, options with { Callbacks = [new EarlyStopping(1), breakdown] }));
        Checkpoint checkpoint = Checkpoint.Load(folder.File("new/run.safetensors"));
        Assert.Equal((6, "mine", 1), (checkpoint.Step, checkpoint.Settings, checkpoint.Epochs.Count));
        AssertSameEnd(through, history, Run(options with { Resume = checkpoint }));
    }

    [Fact]
    public void A_run_that_had_come_to_its_end_only_ends_again()
    {
        using TemporaryFolder folder = new();
        FitOptions options = Options with { Epochs = 20, Checkpoints = new(folder.ToString()) { EveryEpochs = 7 } };
        (Trainer through, History history) = Run(options, new EarlyStopping(1, minimumDelta: 10));
        Assert.Equal(2, history.Epochs.Count);
        (Trainer resumed, History again) = Run(options with { Resume = Checkpoint.Load(folder.ToString()) }, new EarlyStopping(1, minimumDelta: 10));
        AssertSameEnd(through, history, (resumed, again));
        Assert.Equal(history.Epochs[1].Seconds, again.Epochs[1].Seconds);
    }

    [Fact]
    public void A_run_may_go_on_for_more_epochs()
    {
        using TemporaryFolder folder = new();
        FitOptions options = Options with { Epochs = 1, Checkpoints = new(folder.ToString()) };
        Run(options);
        (Trainer through, History history) = Run(Options);
        AssertSameEnd(through, history, Run(Options with { Resume = Checkpoint.Load(folder.ToString()) }));
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused_and_nothing_changes()
    {
        using TemporaryFolder folder = new();
        FitOptions options = Options with { Checkpoints = new(folder.ToString()) };
        Cancelled(options, 2);
        options = options with { Callbacks = [new EarlyStopping(1)] };
        Dense output = new(5, ActivationKind.Softmax);
        Refused(Create(layers: [new Dense(3, ActivationKind.Softmax)]), options, folder, "another model: expected '0.kernel' of float32[3, 3], got none");
        Refused(Create(layers: [new RunningMean(), output]), options, folder, "another model: it has '3.kernel', which this model has not");
        Refused(Create(optimizer: new Sgd()), options, folder, "the optimizer Adam, but this run has Sgd");
        Refused(Create(), options with { BatchSize = 5 }, folder, "a batch size of 4, but this run has 5");
        Refused(Create(), options with { Seed = 1 }, folder, "the seed 9, but this run has 1");
        Refused(Create(), options with { Callbacks = [] }, folder, "a callback 'early_stopping', but no such callback follows this run");
    }

    private static Dataset<Sample> Validation => Tiny.Dataset(10, seed: 6);

    private static Trainer Create(Optimizer? optimizer = null, params Layer[] layers) => Tiny.Trainer(
        new Sequential([Tiny.Features], 1, layers.Length > 0
            ? layers
            : [new RunningMean(), new Dense(5, ActivationKind.Tanh), new Dropout(0.3), new Dense(Tiny.Classes, ActivationKind.Softmax)]),
        optimizer,
        new Accuracy(), new F1(), new RocAuc());

    private static (Trainer Trainer, History History) Run(FitOptions options, EarlyStopping? stopping = null)
    {
        Trainer trainer = Create();
        return (trainer, trainer.Fit(Tiny.Dataset(), Validation, options with { Callbacks = [stopping ?? new EarlyStopping(1)] }));
    }

    private static void AssertSameEnd(Trainer through, History history, (Trainer Trainer, History History) resumed)
    {
        Assert.Equal(Tiny.Weights(through.Model), Tiny.Weights(resumed.Trainer.Model));
        Assert.Equal(through.Optimizer.Step, resumed.Trainer.Optimizer.Step);
        Assert.Equal(WithoutSeconds(history), WithoutSeconds(resumed.History));
    }

    private static string WithoutSeconds(History history) => new History([.. history.Epochs.Select(epoch => epoch with { Seconds = 0 })]).ToCsv();

    private static void Refused(Trainer trainer, FitOptions options, TemporaryFolder folder, string expected)
    {
        byte[] before = Tiny.Weights(trainer.Model);
        Checkpoint checkpoint = Checkpoint.Load(folder.ToString());
        InvalidFileException error = Assert.Throws<InvalidFileException>(
            () => trainer.Fit(Tiny.Dataset(), null, options with { Resume = checkpoint }));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Tiny.Weights(trainer.Model));
        Assert.Equal(0, trainer.Optimizer.Step);
    }

    private static TrainingCanceledException Cancelled(FitOptions options, int steps)
    {
        using CancellationTokenSource cancellation = new();
        LambdaCallback cancel = new() { BatchEnd = (trainer, _) => Cancel(trainer.Optimizer.Step == steps) };
        return Assert.Throws<TrainingCanceledException>(
            () => Create().Fit(Tiny.Dataset(), Validation, options with { Callbacks = [new EarlyStopping(1), cancel] }, cancellation.Token));

        void Cancel(bool now)
        {
            if (now)
            {
                cancellation.Cancel();
            }
        }
    }
}
