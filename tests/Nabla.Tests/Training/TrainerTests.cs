using Nabla.Data;
using Nabla.Layers;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class TrainerTests
{
    [Fact]
    public void Points_around_three_corners_are_told_apart()
    {
        Trainer trainer = Tiny.Trainer();
        History history = trainer.Fit(Tiny.Dataset(90), Tiny.Dataset(30, seed: 6), new FitOptions { Epochs = 12, BatchSize = 10 });
        Assert.Equal(12, history.Epochs.Count);
        Assert.True(history.Epochs[^1].Train.Loss < history.Epochs[0].Train.Loss / 2);
        Assert.Equal(history.Epochs[^1].Validation!["accuracy"], trainer.Evaluate(Tiny.Dataset(30, seed: 6))["accuracy"]);
        Assert.InRange(history.Epochs[^1].Validation!["accuracy"], 0.9, 1);
    }

    [Fact]
    public void Tensors_are_split_and_trained_on()
    {
        (Tensor inputs, Tensor labels) = Tiny.Points(40);
        List<int?> samples = [];
        LambdaCallback callback = new() { BatchEnd = (_, result) => samples.Add(result.TotalSamples) };
        History history = Tiny.Trainer().Fit(inputs, labels, new FitOptions { Epochs = 2, Callbacks = [callback] }, validationSplit: 0.25);
        Assert.All(history.Epochs, epoch => Assert.NotNull(epoch.Validation));
        Assert.Equal([30, 30], samples);
        Assert.All(Tiny.Trainer().Fit(inputs, labels, new FitOptions { Epochs = 1 }).Epochs, epoch => Assert.Null(epoch.Validation));
    }

    [Fact]
    public void Answers_stand_in_the_order_of_the_samples_however_many_there_are()
    {
        Trainer trainer = Tiny.Trainer();
        (Tensor inputs, _) = Tiny.Points(300);
        Assert.Equal(trainer.Model.Forward(inputs).ToArray<float>(), trainer.Predict(inputs).ToArray<float>());
        Assert.Equal([256, 44], trainer.PredictBatches(Tiny.Dataset(300)).Select(pair => pair.Outputs.Shape[0]));
    }

    [Theory]
    [InlineData(26)]
    [InlineData(24)]
    public void Accumulated_gradients_equal_those_of_one_large_batch(int samples)
    {
        double[] large = Train(samples, new FitOptions { Epochs = 2, BatchSize = 12 });
        double[] small = Train(samples, new FitOptions { Epochs = 2, BatchSize = 4, GradientAccumulation = 3 });
        Tiny.AssertNear(large, small, 1e-6);

        static double[] Train(int samples, FitOptions options)
        {
            Trainer trainer = Tiny.Trainer(optimizer: new Sgd(0.1));
            trainer.Fit(Weighted(samples), null, options);
            return Tiny.Numbers(trainer.Model);
        }

        static Dataset<Sample> Weighted(int samples)
        {
            (Tensor inputs, Tensor labels) = Tiny.Points(samples);
            return Dataset.FromTensors(inputs, labels, RandomKey.FromSeed(3).Uniform([samples]));
        }
    }

    [Fact]
    public void A_weight_of_two_counts_like_the_sample_twice_and_a_weight_of_zero_like_no_sample()
    {
        (Tensor inputs, Tensor labels) = Tiny.Points(4);
        Tensor weights = Tensor.From(1f, 2f, 0f, 1f);
        int[] repeated = [0, 1, 1, 3];
        Dataset<Sample> plain = Dataset.FromTensors(inputs, labels).Select(repeated);
        Dataset<Sample> weighted = Dataset.FromTensors(inputs, labels, weights);
        (Trainer left, Trainer right) = (Tiny.Trainer(optimizer: new Sgd(0.5)), Tiny.Trainer(optimizer: new Sgd(0.5)));
        FitOptions options = new() { Epochs = 3 };
        History history = left.Fit(plain, plain, options);
        History other = right.Fit(weighted, weighted, options);
        Tiny.AssertNear(Tiny.Numbers(left.Model), Tiny.Numbers(right.Model), 1e-6);
        Assert.Equal(history.Epochs[^1].Validation!.Loss, other.Epochs[^1].Validation!.Loss, 1e-5);
        Assert.Equal(history.Epochs[^1].Train["accuracy"], other.Epochs[^1].Train["accuracy"], 1e-9);
    }

    [Fact]
    public void Class_weights_count_like_sample_weights_by_class_but_not_in_metrics()
    {
        (Tensor inputs, Tensor labels) = Tiny.Points(9);
        float[] ofClass = [1, 3, 0.5f];
        Tensor weights = Tensor.From(Array.ConvertAll(labels.ToArray<int>(), label => ofClass[label]));
        (Trainer left, Trainer right) = (Tiny.Trainer(), Tiny.Trainer());
        left.Fit(Dataset.FromTensors(inputs, labels, weights), null, new FitOptions { Epochs = 2 });
        History history = right.Fit(Dataset.FromTensors(inputs, labels), null, new FitOptions { Epochs = 2, ClassWeights = new([1, 3, 0.5]) });
        Assert.Equal(Tiny.Weights(left.Model), Tiny.Weights(right.Model));
        Assert.Equal(0, history.Epochs[0].Train["accuracy"] * 9 % 1, 1e-9);
    }

    [Fact]
    public void Balanced_classes_count_the_same_together()
    {
        ClassWeights weights = ClassWeights.Balanced(Tensor.From(0, 0, 0, 1));
        Assert.Equal(4 / 6.0, weights.Weights[0], 1e-12);
        Assert.Equal(2, weights.Weights[1], 1e-12);
    }

    [Fact]
    public void An_evaluation_in_the_middle_of_an_epoch_leaves_its_figures_alone()
    {
        History plain = Train([]);
        History interrupted = Train([new LambdaCallback { BatchEnd = (trainer, _) => trainer.Evaluate(Tiny.Dataset(7)) }]);
        Assert.Equal(plain.Epochs[1].Train, interrupted.Epochs[1].Train);

        static History Train(Callback[] callbacks) => Tiny.Trainer().Fit(
            Tiny.Dataset(),
            null,
            new FitOptions { Epochs = 2, BatchSize = 8, Callbacks = callbacks });
    }

    [Fact]
    public void Scores_have_names_that_errors_list()
    {
        Scores scores = Tiny.Trainer(metrics: [new Accuracy(), new F1()]).Evaluate(Tiny.Dataset());
        Assert.Equal(["loss", "accuracy", "f1"], scores.Names);
        Assert.Contains("loss, accuracy, f1", Assert.Throws<KeyNotFoundException>(() => scores["mae"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_history_is_a_table_with_a_column_for_each_score()
    {
        EpochResult first = new(1, new Scores(0.5, KeyValuePair.Create("mae", 0.25)), new Scores(double.NaN), 0.001, 1.5);
        EpochResult second = new(2, new Scores(0.125, KeyValuePair.Create("mae", 1e-7)), null, 1e-4, 0.0004);
        Assert.Equal(
            "epoch,loss,mae,validation_loss,learning_rate,seconds\n1,0.5,0.25,NaN,0.001,1.500\n2,0.125,1E-07,,0.0001,0.000\n",
            new History([first, second]).ToCsv());
    }

    [Fact]
    public void Penalties_pull_weights_towards_zero_but_do_not_show_in_the_loss()
    {
        Sequential network = Tiny.Network();
        network.Parameters[0].Regularizer = new Square(0.1);
        Trainer trainer = Tiny.Trainer(network, new Sgd(1));
        Scores scores = trainer.Evaluate(Tiny.Dataset(1));
        History history = trainer.Fit(Tiny.Dataset(1), null, new FitOptions { Epochs = 1, BatchSize = 1 });
        Assert.Equal(scores.Loss, history.Epochs[0].Train.Loss, 1e-6);
        Sequential free = Tiny.Network();
        Tiny.Trainer(free, new Sgd(1)).Fit(Tiny.Dataset(1), null, new FitOptions { Epochs = 1 });
        double[] pulled = network.Parameters[0].Value.To(DataType.Float64).ToArray<double>();
        double[] start = Tiny.Network().Parameters[0].Value.To(DataType.Float64).ToArray<double>();
        double[] expected = [.. free.Parameters[0].Value.To(DataType.Float64).ToArray<double>().Select((value, index) => value - (0.2 * start[index]))];
        Tiny.AssertNear(expected, pulled, 1e-6);
    }

    private sealed record Square(double Strength) : Nabla.Layers.Regularizers.Regularizer
    {
        public override Tensor Penalty(Tensor value) => value.Square().Sum() * Strength;
    }
}
