using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Compression.Tests.Pruning;

public sealed class WeightPruningTests
{
    private static readonly Tensor Inputs = RandomKey.FromSeed(3).Normal([12, 5, 5, 2]);
    private static readonly Tensor Targets = Tensor.From([.. Enumerable.Range(0, 12).Select(index => index % 3)], [12]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_smallest_weights_go_of_each_parameter_or_of_all_together(bool global)
    {
        Sequential network = Network();
        string[] names = ["0.kernel", "2.kernel", "3.kernel"];
        Dictionary<string, float[]> before = names.ToDictionary(name => name, name => network.Named(name).Value.ToArray<float>());
        WeightPruning pruning = WeightPruning.Apply(network, new WeightPruningOptions { Global = global });
        Assert.Equal(names, pruning.TargetNames);
        pruning.Prune(0.7);
        float[] all = [.. names.SelectMany(name => before[name]).Select(Math.Abs).Order()];
        foreach (string name in names)
        {
            float[] ordered = global ? all : [.. before[name].Select(Math.Abs).Order()];
            float limit = ordered[(int)Math.Round(0.7 * ordered.Length)];
            Assert.Equal(before[name].Select(value => Math.Abs(value) < limit ? 0 : value), network.Named(name).Value.ToArray<float>().Select(value => value + 0f));
        }

        Assert.Equal(0.7, pruning.Sparsity, 0.02);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Zeros_stay_zero_in_training_and_after_the_masks_are_gone(bool compile)
    {
        Sequential network = Network();
        IEnumerable<string> names = network.State().Keys;
        WeightPruning pruning = WeightPruning.Apply(network);
        pruning.Prune(0.5);
        float[] masked = network.Named("2.kernel").Value.ToArray<float>();
        Fit(network, [], compile);
        float[] trained = network.Named("2.kernel").Value.ToArray<float>();
        Assert.All(Enumerable.Range(0, masked.Length), index => Assert.Equal(masked[index] == 0, trained[index] == 0));
        Assert.NotEqual(masked, trained);
        Tensor answer = network.Forward(Inputs);
        pruning.MakePermanent();
        Assert.Equal(names, network.State().Keys);
        Assert.Equal(answer.ToArray<float>(), network.Forward(Inputs).ToArray<float>());
        Assert.DoesNotContain(network.Named("2.kernel").Value.ToArray<float>(), value => value == 0 && float.IsNegative(value));
    }

    [Fact]
    public void Masks_that_are_removed_leave_the_weights_as_they_were()
    {
        Sequential network = Network();
        float[] before = network.Forward(Inputs).ToArray<float>();
        WeightPruning pruning = WeightPruning.Apply(network);
        pruning.Prune(0.9);
        Assert.NotEqual(before, network.Forward(Inputs).ToArray<float>());
        pruning.Remove();
        Assert.Equal(before, network.Forward(Inputs).ToArray<float>());
    }

    [Fact]
    public void The_share_of_zeros_rises_as_the_paper_says()
    {
        GradualPruning gradual = new(WeightPruning.Apply(Network()), 0.8) { Initial = 0.2, Begin = 0.1, End = 0.6 };
        Assert.Equal(0.2, gradual.SparsityAt(0), 1e-12);
        Assert.Equal(0.2, gradual.SparsityAt(0.1), 1e-12);
        Assert.Equal(0.8 - (0.6 * 0.125), gradual.SparsityAt(0.35), 1e-12);
        Assert.Equal(0.8, gradual.SparsityAt(0.6));
        Assert.Equal(0.8, gradual.SparsityAt(1));
    }

    [Theory]
    [InlineData(WeightImportance.Magnitude)]
    [InlineData(WeightImportance.Movement)]
    public void Gradual_pruning_ends_at_the_share_that_was_asked_for(WeightImportance importance)
    {
        Sequential network = Network();
        WeightPruning pruning = WeightPruning.Apply(network, new WeightPruningOptions { Importance = importance, Global = true });
        List<double> shares = [];
        LambdaCallback watch = new() { BatchEnd = (_, _) => shares.Add(pruning.Sparsity) };
        Fit(network, [new GradualPruning(pruning, 0.75) { Frequency = 1, End = 0.5 }, watch], compile: true);
        Assert.Equal(shares.Order(), shares);
        Assert.InRange(shares[0], 0.01, 0.6);
        Assert.Equal(0.75, shares[^1], 0.01);
        pruning.MakePermanent();
        float[] weights = [.. pruning.TargetNames.SelectMany(name => network.Named(name).Value.ToArray<float>())];
        Assert.Equal(0.75, weights.Count(value => value == 0) / (double)weights.Length, 0.01);
    }

    // With all weights kept the gradient of a score is the weight times its own gradient.
    [Fact]
    public void Scores_learn_from_the_weight_times_its_gradient()
    {
        Sequential network = Network();
        Parameter weight = network.Named("2.kernel");
        Tensor value = weight.Value;
        Loss loss = new SparseCategoricalCrossEntropy(fromLogits: true);
        Tensor gradient = Gradients.ValueAndGradient(() => loss.PerSample(network.Forward(Inputs), Targets).Mean(), value).Gradients[0];
        WeightPruning.Apply(network, new WeightPruningOptions { Importance = WeightImportance.Movement, Targets = ["2.kernel"] });
        new Trainer(network, loss, new Sgd(0.5)).Fit(Inputs, Targets, new FitOptions { Epochs = 1, BatchSize = 12 }, cancellationToken: TestContext.Current.CancellationToken);
        float[] expected = (value * gradient * -0.5).ToArray<float>();
        float[] scores = network.State()["2.kernel_scores"].ToArray<float>();
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.Contains(scores, score => Math.Abs(score) > 1e-4);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_on_any_number_of_threads()
    {
        int threads = Threads.Count;
        try
        {
            Assert.Equal(Trained(1), Trained(2));
        }
        finally
        {
            Threads.Count = threads;
        }

        float[] Trained(int count)
        {
            Threads.Count = count;
            Sequential network = Network();
            WeightPruning pruning = WeightPruning.Apply(network);
            Fit(network, [new GradualPruning(pruning, 0.5) { Frequency = 2 }], compile: true);
            pruning.MakePermanent();
            return network.Named("2.kernel").Value.ToArray<float>();
        }
    }

    [Fact]
    public void What_cannot_be_pruned_is_said_and_changes_nothing()
    {
        Sequential network = Network();
        IEnumerable<string> names = network.State().Keys;
        Fails<ArgumentException>("'*.cernel' matches no parameter", new WeightPruningOptions { Targets = ["*.cernel"] });
        Fails<ArgumentException>("none is trainable and has two axes", new WeightPruningOptions { Targets = ["*bias"] });
        Assert.Equal(names, network.State().Keys);
        WeightPruning pruning = WeightPruning.Apply(network, new WeightPruningOptions { Targets = ["0.kernel"] });
        Fails<InvalidOperationException>("'0.kernel' has a PruningMask already", new WeightPruningOptions());
        Assert.Contains(pruning.Left, left => left is { Name: "2", Reason: "no pattern chooses it" });
        Assert.Throws<ArgumentOutOfRangeException>(() => pruning.Prune(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => pruning.Prune(-0.1));

        void Fails<T>(string problem, WeightPruningOptions options)
            where T : Exception => Assert.Contains(problem, Assert.Throws<T>(() => WeightPruning.Apply(network, options)).Message, StringComparison.Ordinal);
    }

    private static Sequential Network() => new Sequential(
        [5, 5, 2], 1, new Conv2D(4, 3, ActivationKind.Relu), new Flatten(), new Dense(7, ActivationKind.Tanh), new Dense(3)).Shaken();

    private static void Fit(Sequential network, IReadOnlyList<Callback> callbacks, bool compile) =>
        new Trainer(network, new SparseCategoricalCrossEntropy(fromLogits: true), new AdamW(0.01)) { Compile = compile }.Fit(
            Inputs, Targets, new FitOptions { Epochs = 6, BatchSize = 4, Callbacks = callbacks }, cancellationToken: TestContext.Current.CancellationToken);
}
