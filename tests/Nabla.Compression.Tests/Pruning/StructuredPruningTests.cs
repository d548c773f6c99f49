using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Compression.Tests.Pruning;

public sealed class StructuredPruningTests
{
    [Theory]
    [InlineData(PruningBudget.MultiplyAdds)]
    [InlineData(PruningBudget.Parameters)]
    public void The_share_is_reached_with_no_more_than_needed(PruningBudget budget)
    {
        Sequential network = Network();
        PrunedNetwork pruned = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 0.4, Budget = budget });
        double kept = budget == PruningBudget.Parameters
            ? (double)pruned.Network.ParameterCount / network.ParameterCount
            : (double)pruned.Network.Summary().MultiplyAdds / network.Summary().MultiplyAdds;
        Assert.Equal(kept, pruned.Kept, 1e-12);
        Assert.InRange(kept, 0.2, 0.4);
        Assert.All(pruned.Layers, layer => Assert.InRange(layer.After, 1, layer.Before - 1));
        Assert.Equal(network.State().Keys, pruned.Network.State().Keys);
    }

    [Fact]
    public void The_filters_that_stay_are_those_of_the_largest_sums()
    {
        Sequential network = new Sequential([4, 4, 2], 1, new Conv2D(9, 3), new Flatten(), new Dense(2)).Shaken();
        float[] kernel = network.Named("0.kernel").Value.ToArray<float>();
        double[] sums = [.. Enumerable.Range(0, 9).Select(filter => Enumerable.Range(0, 18).Sum(tap => Math.Abs((double)kernel[(tap * 9) + filter])))];
        int[] largest = [.. Enumerable.Range(0, 9).OrderByDescending(filter => sums[filter]).Take(4).Order()];
        PrunedNetwork pruned = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 4.0 / 9, Importance = ChannelImportance.L1 });
        float[] kept = pruned.Network.Named("0.kernel").Value.ToArray<float>();
        Assert.Equal([.. Enumerable.Range(0, 18).SelectMany(tap => largest.Select(filter => kernel[(tap * 9) + filter]))], kept);
    }

    // Scaling what makes a channel by 1 + e changes the loss by e times the sum of weights times gradients.
    [Fact]
    public void Taylor_scores_are_the_squared_slopes_of_the_loss()
    {
        Sequential network = new Sequential([3], 1, new Dense(5, ActivationKind.Tanh), new Dense(4, ActivationKind.Relu), new Dense(2)).Shaken();
        network.ConvertTo(DataType.Float64);
        Tensor inputs = RandomKey.FromSeed(4).Normal([8, 3]).To(DataType.Float64);
        Tensor targets = RandomKey.FromSeed(6).Normal([8, 2]).To(DataType.Float64);
        PruningSamples samples = new(new MeanSquaredError(), Dataset.FromTensors(inputs, targets)) { BatchSize = 4 };
        ChannelAnalysis analysis = ChannelAnalysis.Of(network);
        Dictionary<int, double> scores = new ChannelScores(network, analysis).Of(ChannelImportance.Taylor, samples);
        double[] expected =
        [
            .. from layer in new[] { (Name: "0", Units: 5), (Name: "1", Units: 4) }
               from unit in Enumerable.Range(0, layer.Units)
               select Enumerable.Range(0, 2).Average(batch => Math.Pow(Slope(layer.Name, unit, batch), 2)),
        ];
        Assert.All(scores.OrderBy(pair => pair.Key).Select(pair => pair.Value).Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
        Assert.Equal(9, scores.Count);

        double Slope(string layer, int unit, int batch) => (Scaled(layer, unit, batch, 1e-5) - Scaled(layer, unit, batch, -1e-5)) / 2e-5;

        double Scaled(string layer, int unit, int batch, double by)
        {
            Parameter[] makes = [network.Named($"{layer}.kernel"), network.Named($"{layer}.bias")];
            Tensor[] before = [.. makes.Select(parameter => parameter.Value)];
            foreach (Parameter parameter in makes)
            {
                int units = parameter.Type.Shape[-1];
                double[] values = [.. parameter.Value.ToArray<double>().Select((value, index) => index % units == unit ? value * (1 + by) : value)];
                parameter.Value = Tensor.From(values, parameter.Type.Shape);
            }

            Tensor outputs = network.Forward(inputs.Slice(0, 4 * batch, 4));
            double loss = (outputs - targets.Slice(0, 4 * batch, 4)).Square().Mean().ToDouble();
            (makes[0].Value, makes[1].Value) = (before[0], before[1]);
            return loss;
        }
    }

    [Fact]
    public void Scales_of_normalisations_decide_where_there_are_some()
    {
        Sequential network = new Sequential([5, 5, 1], 1, new Conv2D(4, 3) { UseBias = false }, new BatchNorm(), new GlobalAveragePool2D(), new Dense(2)).Shaken();
        network.Named("1.scale").Value = Tensor.From(0.1f, -2f, 0.2f, 1f);
        PrunedNetwork pruned = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 0.5, Importance = ChannelImportance.BatchNormScale });
        Assert.Equal([-2f, 1f], pruned.Network.Named("1.scale").Value.ToArray<float>());
    }

    [Fact]
    public void Channels_stay_a_multiple_and_only_chosen_layers_lose_some()
    {
        Sequential network = Network();
        PrunedNetwork multiple = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 0.5, MultipleOf = 4 });
        Assert.All(multiple.Layers, layer => Assert.Equal(0, layer.After % 4));
        Assert.NotEmpty(multiple.Layers);
        PrunedNetwork chosen = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 0.7, Targets = ["2"] });
        Assert.Equal(["2"], chosen.Layers.Select(layer => layer.Name));
        Assert.Contains(chosen.Left, left => left is { Name: "0", Reason: "it was not chosen" });
    }

    [Fact]
    public void A_share_that_cannot_be_reached_says_the_nearest()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => StructuredPruning.Apply(Network(), new StructuredPruningOptions { Keep = 0.0001 }));
        Assert.Matches(@"cannot be pruned to 0\.01 ?% of its multiply-adds: the nearest is \d\.\d ?%", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new StructuredPruningOptions { Keep = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new StructuredPruningOptions { Keep = 1.5 });
        Assert.Contains(
            "'conv9' matches no layer", Assert.Throws<ArgumentException>(() => StructuredPruning.Apply(Network(), new StructuredPruningOptions { Targets = ["conv9"] })).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "expects samples", Assert.Throws<ArgumentException>(() => StructuredPruning.Apply(Network(), new StructuredPruningOptions { Importance = ChannelImportance.Taylor })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_smaller_network_saves_loads_and_learns()
    {
        using TemporaryFolder folder = new();
        Sequential smaller = StructuredPruning.Apply(Network(), new StructuredPruningOptions { Keep = 0.5 }).Network;
        Tensor inputs = RandomKey.FromSeed(3).Normal([12, 8, 8, 2]);
        Tensor targets = Tensor.From([.. Enumerable.Range(0, 12).Select(index => index % 3)], [12]);
        Trainer trainer = new(smaller, new SparseCategoricalCrossEntropy(fromLogits: true), new Adam(0.01));
        double before = trainer.Evaluate(inputs, targets)["loss"];
        trainer.Fit(inputs, targets, new FitOptions { Epochs = 5, BatchSize = 4 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(trainer.Evaluate(inputs, targets)["loss"] < before);
        ModelFolder.Save(folder.File("model"), new SavedModel("small", smaller));
        Assert.Equal(smaller.Forward(inputs).ToArray<float>(), ModelFolder.Load(folder.File("model")).Network.Forward(inputs).ToArray<float>());
    }

    [Fact]
    public void What_gradients_did_not_change_stays_so()
    {
        Sequential network = Network();
        network.Freeze("2.*");
        Sequential smaller = StructuredPruning.Apply(network, new StructuredPruningOptions { Keep = 0.5 }).Network;
        Assert.Equal(network.TrainableParameters.Select(pair => pair.Key), smaller.TrainableParameters.Select(pair => pair.Key));
    }

    private static Sequential Network() => new Sequential(
        [8, 8, 2], 1, new Conv2D(12, 3, ActivationKind.Relu), new MaxPool2D(2), new Conv2D(16, 2, ActivationKind.Relu), new Flatten(),
        new Dense(12, ActivationKind.Relu), new Dense(3)).Shaken();
}
