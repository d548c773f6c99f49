using Nabla.Formats;
using Nabla.Layers;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class CallbackTests
{
    [Fact]
    public void Early_stopping_goes_back_to_the_best_epoch()
    {
        List<byte[]> weights = [];
        LambdaCallback keep = new() { EpochEnd = (trainer, _) => weights.Add(Tiny.Weights(trainer.Model)) };
        EarlyStopping stopping = new(patience: 2);
        Trainer trainer = Tiny.Trainer(optimizer: new Sgd(0.5));
        History history = Fit(trainer, 60, keep, stopping, new Worsen(trainer, from: 4));
        Assert.Equal((5, 3), (history.Epochs.Count, stopping.BestEpoch));
        Assert.Equal(weights[2], Tiny.Weights(trainer.Model));
        Trainer last = Tiny.Trainer(optimizer: new Sgd(0.5));
        Fit(last, 60, new EarlyStopping(2, restoreBest: false), new Worsen(last, from: 4));
        Assert.Equal(weights[4], Tiny.Weights(last.Model));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 10)]
    public void What_counts_as_better_follows_the_monitor(bool larger, int best)
    {
        EarlyStopping stopping = new(patience: 99, monitor: larger ? ScoreMonitor.Smallest("accuracy") : ScoreMonitor.Default with { Training = true });
        Fit(Tiny.Trainer(), 10, stopping);
        Assert.Equal(best, stopping.BestEpoch);
    }

    [Fact]
    public void A_score_that_does_not_exist_is_said_with_those_that_do()
    {
        EarlyStopping stopping = new(1, monitor: ScoreMonitor.Largest("f1"));
        KeyNotFoundException error = Assert.Throws<KeyNotFoundException>(() => Fit(Tiny.Trainer(), 1, stopping));
        Assert.Contains("'f1', only loss, accuracy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_weights_of_the_best_epoch_are_in_a_file()
    {
        using TemporaryFolder folder = new();
        ModelCheckpoint best = new(folder.File("new/best.safetensors"));
        EarlyStopping stopping = new(patience: 2);
        Trainer trainer = Tiny.Trainer(optimizer: new Sgd(0.5));
        History history = Fit(trainer, 60, best, stopping, new Worsen(trainer, from: 4));
        Assert.Equal(history.Epochs[stopping.BestEpoch - 1].Validation!.Loss, best.Best);
        Sequential model = Tiny.Network();
        model.Load(Safetensors.Read(folder.File("new/best.safetensors")));
        Assert.Equal(Tiny.Weights(trainer.Model), Tiny.Weights(model));
    }

    [Fact]
    public void The_learning_rate_falls_on_a_plateau_but_not_below_its_minimum()
    {
        ReduceLearningRateOnPlateau reduce = new(factor: 0.5, patience: 2, minimumDelta: 100, cooldown: 1, minimumLearningRate: 0.003);
        History history = Fit(Tiny.Trainer(optimizer: new Sgd(0.01)), 10, reduce);
        Assert.Equal([0.01, 0.01, 0.01, 0.005, 0.005, 0.005, 0.003, 0.003, 0.003, 0.003], history.Epochs.Select(epoch => epoch.LearningRate));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ReduceLearningRateOnPlateau(factor: 1));
    }

    [Fact]
    public void A_lower_learning_rate_survives_a_stop()
    {
        using TemporaryFolder folder = new();
        FitOptions options = new() { Epochs = 6, BatchSize = 10, Checkpoints = new(folder.ToString()) };
        Trainer through = Tiny.Trainer(optimizer: new Sgd(0.1));
        through.Fit(Tiny.Dataset(), null, options with { Checkpoints = null, Callbacks = [Reduce()] });
        Tiny.Trainer(optimizer: new Sgd(0.1)).Fit(Tiny.Dataset(), null, options with { Epochs = 4, Callbacks = [Reduce()] });
        Trainer resumed = Tiny.Trainer(optimizer: new Sgd(0.1));
        resumed.Fit(Tiny.Dataset(), null, options with { Callbacks = [Reduce()], Resume = Checkpoint.Load(folder.ToString()) });
        Assert.Equal(Tiny.Weights(through.Model), Tiny.Weights(resumed.Model));

        static ReduceLearningRateOnPlateau Reduce() => new(factor: 0.5, patience: 2, minimumDelta: 100);
    }

    [Fact]
    public void The_log_has_each_epoch_once_when_a_run_is_stopped_and_goes_on()
    {
        using TemporaryFolder folder = new();
        string log = folder.File("new/history.csv");
        FitOptions options = new() { Epochs = 4, Checkpoints = new(folder.ToString()) { EveryEpochs = 2 } };
        LambdaCallback breakdown = new() { EpochEnd = (_, result) => Assert.True(result.Epoch < 3) };
        Assert.ThrowsAny<Exception>(() => Tiny.Trainer().Fit(Tiny.Dataset(), Tiny.Dataset(9), options with { Callbacks = [new CsvLogger(log), breakdown] }));
        Assert.Equal(4, File.ReadAllLines(log).Length);
        History history = Tiny.Trainer().Fit(
            Tiny.Dataset(), Tiny.Dataset(9), options with { Callbacks = [new CsvLogger(log)], Resume = Checkpoint.Load(folder.ToString()) });
        Assert.Equal(history.ToCsv(), File.ReadAllText(log));
        Assert.StartsWith("epoch,loss,accuracy,validation_loss,validation_accuracy,learning_rate,seconds\n1,", history.ToCsv(), StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_tells_rates_and_the_time_left()
    {
        Clock clock = new();
        List<Progress> shown = [];
        LambdaCallback second = new() { BatchEnd = (_, _) => clock.Now += TimeSpan.TicksPerSecond };
        Fit(Tiny.Trainer(), 2, second, new Recorder(shown, TimeSpan.FromSeconds(1.5), clock));
        Assert.Equal([(1, 5), (1, 15), (1, 25), (1, 26), (2, 10), (2, 20), (2, 26)], shown.Select(progress => (progress.Epoch, progress.Samples)));
        Progress early = shown[1];
        Assert.Equal((5.0, TimeSpan.FromSeconds(3)), (early.SamplesPerSecond, early.Elapsed));
        Assert.Equal((TimeSpan.FromSeconds(2.2), TimeSpan.FromSeconds(7.4)), (early.EpochTimeLeft, early.TimeLeft));
        Assert.Equal((2, 26), (early.Epochs, early.TotalSamples));
    }

    [Fact]
    public void Callbacks_with_one_state_name_cannot_be_kept_in_one_checkpoint()
    {
        using TemporaryFolder folder = new();
        FitOptions options = new() { Epochs = 1, Checkpoints = new(folder.ToString()), Callbacks = [new EarlyStopping(), new EarlyStopping()] };
        ArgumentException error = Assert.Throws<ArgumentException>(() => Tiny.Trainer().Fit(Tiny.Dataset(), null, options));
        Assert.Contains("'early_stopping' is there twice", error.Message, StringComparison.Ordinal);
        Tiny.Trainer().Fit(Tiny.Dataset(), null, options with { Checkpoints = null });
        Tiny.Trainer().Fit(Tiny.Dataset(), null, options with { Callbacks = [new EarlyStopping(), new EarlyStopping { StateName = "second" }] });
    }

    private static History Fit(Trainer trainer, int epochs, params Callback[] callbacks) =>
        trainer.Fit(Tiny.Dataset(), Tiny.Dataset(12, seed: 6), new FitOptions { Epochs = epochs, BatchSize = 5, Callbacks = callbacks });

    /// <summary>Makes the model worse from an epoch on, so that the epoch before is the best.</summary>
    private sealed class Worsen(Trainer trainer, int from) : Callback
    {
        public override void OnBatchEnd(Trainer _, BatchResult result)
        {
            Parameter kernel = trainer.Model.Parameters[0];
            kernel.Value = result.Epoch >= from ? kernel.Value * 0.3 : kernel.Value;
        }
    }

    private sealed class Recorder(List<Progress> shown, TimeSpan interval, TimeProvider time) : ProgressCallback(interval, time)
    {
        protected override void Show(Progress progress) => shown.Add(progress);
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
