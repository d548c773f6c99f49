using Nabla.Layers;

namespace Nabla.Tests.Layers;

/// <summary>Parameters that are frozen by their names.</summary>
public sealed class FreezingTests
{
    [Fact]
    public void Parameters_are_frozen_and_let_go_by_their_names()
    {
        Sequential model = Network();
        model.Freeze("*.bias", "body.0.*");
        Assert.Equal(["body.1.scale", "head.kernel"], Trainable(model));
        model.Unfreeze("body.*");
        Assert.Equal(["body.0.kernel", "body.0.bias", "body.1.scale", "body.1.bias", "head.kernel"], Trainable(model));
        model.Unfreeze();
        Assert.Equal(6, Trainable(model).Length);
    }

    [Fact]
    public void A_part_whose_parameters_all_match_is_frozen_as_a_whole()
    {
        Sequential model = Network();
        Chain body = (Chain)model.Layers[0];
        model.Freeze("body.*");
        Assert.True(body.Frozen && body.Layers.All(layer => layer.Frozen));
        Assert.False(model.Frozen || model.Layers[1].Frozen);
        model.Unfreeze("body.0.bias");
        Assert.Equal([false, false, true, false], [body.Frozen, .. body.Layers.Select(layer => layer.Frozen)]);
        Assert.Equal(["body.0.bias", "head.kernel", "head.bias"], Trainable(model));
    }

    [Fact]
    public void Running_means_stay_what_they_are()
    {
        Sequential model = Network();
        model.Unfreeze("*");
        Assert.DoesNotContain("body.1.mean", Trainable(model));
        Layer normalization = ((Chain)model.Layers[0]).Layers[1];
        Tensor mean = normalization.Parameters[2].Value;
        model.Freeze("body.1.*");
        ForwardContext training = new(training: true, RandomKey.FromSeed(1));
        model.Forward(Tensor.From([1f, 2f, 3f, 5f, 4f, 1f], [2, 3]), training);
        Assert.Empty(training.Updates);
        Assert.Equal(mean.ToArray<float>(), normalization.Parameters[2].Value.ToArray<float>());
    }

    [Fact]
    public void A_pattern_that_matches_nothing_is_refused()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => Network().Freeze("head.*", "boddy.*"));
        Assert.StartsWith("'boddy.*' matches no parameter of Sequential, which has 'body.0.kernel', 'body.0.bias', ", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Network().Unfreeze("HEAD.*"));
    }

    private static Sequential Network() => new(
        [3], 1, new Chain(new Dense(4), new BatchNorm(), new Dropout(0.5)) { Name = "body" }, new Dense(2) { Name = "head" });

    private static string[] Trainable(Module model) => [.. model.TrainableParameters.Select(pair => pair.Key)];
}
