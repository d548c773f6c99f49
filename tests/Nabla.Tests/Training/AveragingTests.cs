using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class AveragingTests
{
    [Fact]
    public void The_moving_average_follows_the_weights_of_each_step()
    {
        double[]? expected = null;
        LambdaCallback follow = new()
        {
            BatchEnd = (trainer, _) => expected = expected is null
                ? Tiny.Numbers(trainer.Model)
                : [.. expected.Zip(Tiny.Numbers(trainer.Model), (mean, value) => (0.75 * mean) + (0.25 * value))],
        };
        Trainer trainer = Fitted(new FitOptions { Epochs = 2, BatchSize = 6 }, follow, new ExponentialMovingAverage(0.75, warmUp: false));
        Tiny.AssertNear(expected!, Tiny.Numbers(trainer.Model), 1e-6);
    }

    [Fact]
    public void A_moving_average_that_warms_up_forgets_the_first_weights_sooner()
    {
        ExponentialMovingAverage slow = new(0.999, warmUp: false);
        ExponentialMovingAverage warm = new(0.999);
        Trainer trainer = Fitted(new FitOptions { Epochs = 3 }, slow, warm, new Undo());
        Assert.True(Distance(warm, trainer) < Distance(slow, trainer) / 2);

        static double Distance(ExponentialMovingAverage average, Trainer trainer) =>
            trainer.Model.State().Sum(pair => (pair.Value - average.Weights[pair.Key]).Abs().Sum().ToDouble());
    }

    [Fact]
    public void The_weights_of_the_last_epochs_are_averaged()
    {
        List<double[]> weights = [];
        LambdaCallback keep = new() { EpochEnd = (trainer, _) => weights.Add(Tiny.Numbers(trainer.Model)) };
        List<double> rates = [];
        LambdaCallback watch = new() { EpochEnd = (_, result) => rates.Add(result.LearningRate) };
        Trainer trainer = Fitted(new FitOptions { Epochs = 5 }, keep, watch, new StochasticWeightAverage(firstEpoch: 3, learningRate: 0.5));
        double[] expected = [.. weights[2].Select((value, index) => (value + weights[3][index] + weights[4][index]) / 3)];
        Tiny.AssertNear(expected, Tiny.Numbers(trainer.Model), 1e-6);
        Assert.Equal([0.1, 0.1, 0.5, 0.5, 0.5], rates);
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(3, 4)]
    [InlineData(9, 4)]
    public void The_weights_of_so_many_last_epochs_are_averaged_whenever_training_ends(int count, int stop)
    {
        List<double[]> weights = [];
        LambdaCallback keep = new()
        {
            EpochEnd = (trainer, result) =>
            {
                weights.Add(Tiny.Numbers(trainer.Model));
                if (result.Epoch == stop)
                {
                    trainer.Stop();
                }
            },
        };
        Trainer trainer = Fitted(new FitOptions { Epochs = 9 }, keep, new EarlyStopping(9), new LastEpochsAverage(count));
        double[][] last = [.. weights.TakeLast(count)];
        Assert.Equal(stop, weights.Count);
        Tiny.AssertNear([.. weights[0].Select((_, index) => last.Average(numbers => numbers[index]))], Tiny.Numbers(trainer.Model), 1e-6);
    }

    [Fact]
    public void Averages_survive_a_stop()
    {
        using TemporaryFolder folder = new();
        FitOptions options = new() { Epochs = 5, BatchSize = 7, Checkpoints = new(folder.ToString()) };
        Trainer through = Fitted(options with { Checkpoints = null }, Averages());
        Fitted(options with { Epochs = 4 }, Averages());
        Trainer resumed = Fitted(options with { Resume = Checkpoint.Load(folder.ToString()) }, Averages());
        Assert.Equal(Tiny.Weights(through.Model), Tiny.Weights(resumed.Model));

        static Callback[] Averages() => [new StochasticWeightAverage(2), new ExponentialMovingAverage(), new LastEpochsAverage(3)];
    }

    [Fact]
    public void The_learning_rate_is_found_and_nothing_changes()
    {
        Trainer trainer = Tiny.Trainer(optimizer: new Adam(0.02));
        trainer.Fit(Tiny.Dataset(), null, new FitOptions { Epochs = 1 });
        (byte[] weights, byte[] state) = (Tiny.Weights(trainer.Model), State(trainer));
        LearningRateFinder finder = new() { Options = new() { BatchSize = 9 } };
        LearningRateCurve curve = finder.Run(trainer, Tiny.Dataset());
        Assert.Equal(weights, Tiny.Weights(trainer.Model));
        Assert.Equal(state, State(trainer));
        Assert.Equal((0.02, 1), (trainer.Optimizer.LearningRate, trainer.Optimizer.Step));
        Assert.InRange(curve.Suggestion, 1e-3, 1);
        Assert.Equal(curve.LearningRates.Order(), curve.LearningRates);
        Assert.StartsWith("learning_rate,loss\n1E-06,", curve.ToCsv(), StringComparison.Ordinal);

        static byte[] State(Trainer trainer) => [.. trainer.Optimizer.State.Values.SelectMany(tensor => tensor.AsBytes().ToArray())];
    }

    [Fact]
    public void The_suggestion_is_where_the_loss_falls_fastest_before_it_is_smallest()
    {
        LearningRateCurve curve = new([1, 2, 3, 4, 5, 6, 7], [9, 8.9, 8, 5, 4.8, 4.7, 90]);
        Assert.Equal(3, curve.Suggestion);
        Assert.Equal(2, new LearningRateCurve([1, 2, 3], [1, 2, 3]).Suggestion);
    }

    [Fact]
    public void What_sets_the_learning_rate_refuses_an_optimizer_with_a_schedule()
    {
        Refused("Constant and LearningRateFinder", trainer => new LearningRateFinder().Run(trainer, Tiny.Dataset()));
        Refused("Constant and ReduceLearningRateOnPlateau", trainer => Fit(trainer, new ReduceLearningRateOnPlateau()));
        Refused("Constant and StochasticWeightAverage", trainer => Fit(trainer, new StochasticWeightAverage(1, learningRate: 1)));
        Fit(Scheduled(), new StochasticWeightAverage(1));

        static void Refused(string expected, Action<Trainer> action) =>
            Assert.Contains(expected, Assert.Throws<InvalidOperationException>(() => action(Scheduled())).Message, StringComparison.Ordinal);

        static Trainer Scheduled() => Tiny.Trainer(optimizer: new Sgd { Schedule = new Constant(0.1) });

        static void Fit(Trainer trainer, Callback callback) => trainer.Fit(Tiny.Dataset(), null, new FitOptions { Epochs = 1, Callbacks = [callback] });
    }

    private static Trainer Fitted(FitOptions options, params Callback[] callbacks)
    {
        Trainer trainer = Tiny.Trainer(optimizer: new Sgd(0.1));
        trainer.Fit(Tiny.Dataset(), null, options with { Callbacks = callbacks });
        return trainer;
    }

    /// <summary>Gives the model its last weights back when averages have replaced them.</summary>
    private sealed class Undo : Callback
    {
        private IReadOnlyDictionary<string, Tensor>? weights;

        public override void OnEpochEnd(Trainer trainer, EpochResult result) => weights = trainer.Model.State();

        public override void OnTrainingEnd(Trainer trainer) => trainer.Model.Load(weights!);
    }
}
