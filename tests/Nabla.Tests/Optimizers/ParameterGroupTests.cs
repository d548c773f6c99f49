using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Tests.Training;
using Nabla.Training;

namespace Nabla.Tests.Optimizers;

/// <summary>Parameters that learn at rates of their own.</summary>
public sealed class ParameterGroupTests
{
    private static readonly ParameterGroup[] Groups =
        [new("a.*") { LearningRateFactor = 0.5, WeightDecayFactor = 0 }, new("?.x") { LearningRateFactor = 0.25 }, new("b.*") { WeightDecayFactor = 3 }];

    public static TheoryData<string> Kinds => [.. Optimizers.Keys];

    private static Dictionary<string, Func<double, double, IReadOnlyList<ParameterGroup>, Optimizer>> Optimizers { get; } = new()
    {
        ["Sgd"] = (rate, decay, groups) => new Sgd(rate, 0.9) { WeightDecay = decay, Groups = groups },
        ["Adam"] = (rate, decay, groups) => new Adam(rate) { WeightDecay = decay, Groups = groups },
        ["AdamW"] = (rate, decay, groups) => new AdamW(rate, decay) { Groups = groups },
        ["Nadam"] = (rate, decay, groups) => new Nadam(rate) { WeightDecay = decay, Groups = groups },
        ["Adamax"] = (rate, decay, groups) => new Adamax(rate) { WeightDecay = decay, Groups = groups },
        ["Adagrad"] = (rate, decay, groups) => new Adagrad(rate) { WeightDecay = decay, Groups = groups },
        ["Adadelta"] = (rate, decay, groups) => new Adadelta(rate) { WeightDecay = decay, Groups = groups },
        ["RmsProp"] = (rate, decay, groups) => new RmsProp(rate) { WeightDecay = decay, Groups = groups },
        ["Lion"] = (rate, decay, groups) => new Lion(rate, weightDecay: decay) { Groups = groups },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_parameter_takes_the_steps_of_an_optimizer_of_its_own_rate_and_decay(string kind)
    {
        // Powers of two, so that products of factors are exact.
        Dictionary<string, (double Rate, double Decay)> own = new()
        {
            ["a.x"] = (0.125 * 0.5 * 0.25, 0),
            ["a.longer"] = (0.125 * 0.5, 0),
            ["b.x"] = (0.125 * 0.25, 0.75),
            ["c"] = (0.125, 0.25),
        };
        KeyValuePair<string, Parameter>[] together = [.. own.Keys.Select(Named)];
        Run(Optimizers[kind](0.125, 0.25, Groups), together);
        foreach ((string name, (double rate, double decay)) in own)
        {
            KeyValuePair<string, Parameter> alone = Named(name);
            Run(Optimizers[kind](rate, decay, []), alone);
            Assert.Equal(alone.Value.Value.ToArray<float>(), together.First(pair => pair.Key == name).Value.Value.ToArray<float>());
        }
    }

    [Fact]
    public void A_plain_step_is_the_gradient_times_rate_and_factor()
    {
        KeyValuePair<string, Parameter>[] parameters = [Named("a.x"), Named("c")];
        new Sgd(1) { Groups = [new("a*") { LearningRateFactor = 0.5 }] }.Apply(parameters, [Tensor.From(2f, 2f), Tensor.From(2f, 2f)]);
        Assert.Equal([0f, 1f], parameters[0].Value.Value.ToArray<float>());
        Assert.Equal([-1f, 0f], parameters[1].Value.Value.ToArray<float>());
    }

    [Fact]
    public void Layers_learn_slower_the_farther_they_are_from_the_output()
    {
        Sequential model = new([3], 1, new Dense(4) { Name = "first" }, new Dropout(0.1), new Dense(2), new Dense(2) { Name = "head" });
        IReadOnlyList<ParameterGroup> groups = ParameterGroup.LayerWise(0.5, model);
        Assert.Equal([("head.*", 1.0), ("2.*", 0.5), ("first.*", 0.25)], groups.Select(group => (group.Pattern, group.LearningRateFactor)));
        Assert.Equal(groups, ParameterGroup.LayerWise(0.5, "head.*", "2.*", "first.*"));
        Assert.Throws<ArgumentOutOfRangeException>(() => ParameterGroup.LayerWise(1.5, model));
    }

    [Fact]
    public void Compiled_training_gives_the_bits_of_eager_training_and_a_factor_of_0_changes_nothing()
    {
        (Sequential eager, Sequential compiled) = (Tiny.Network(), Tiny.Network());
        byte[] head = [.. eager.Layers[2].Parameters.SelectMany(parameter => parameter.Value.AsBytes().ToArray())];
        Trained(eager, compile: false, new FitOptions { Epochs = 2, BatchSize = 4 });
        Trained(compiled, compile: true, new FitOptions { Epochs = 2, BatchSize = 4 });
        Assert.Equal(Tiny.Weights(eager), Tiny.Weights(compiled));
        Assert.Equal(head, compiled.Layers[2].Parameters.SelectMany(parameter => parameter.Value.AsBytes().ToArray()));
        Assert.NotEqual(Tiny.Weights(Tiny.Network()), Tiny.Weights(compiled));
    }

    [Fact]
    public void A_run_with_groups_and_frozen_parameters_goes_on_to_the_same_bits()
    {
        using TemporaryFolder folder = new();
        (Sequential through, Sequential stopped, Sequential resumed) = (Frozen(), Frozen(), Frozen());
        FitOptions options = new() { Epochs = 3, BatchSize = 4, Seed = 3 };
        Trained(through, compile: true, options);
        Trained(stopped, compile: true, options with { Epochs = 1, Checkpoints = new(folder.ToString()) });
        Trained(resumed, compile: true, options with { Resume = Checkpoint.Load(folder.ToString()) });
        Assert.Equal(Tiny.Weights(through), Tiny.Weights(resumed));
        Assert.NotEqual(Tiny.Weights(stopped), Tiny.Weights(resumed));
    }

    [Fact]
    public void A_checkpoint_of_other_groups_or_other_frozen_parameters_is_refused()
    {
        using TemporaryFolder folder = new();
        FitOptions options = new() { Epochs = 1, BatchSize = 4 };
        Trained(Frozen(), compile: true, options with { Checkpoints = new(folder.ToString()) });
        FitOptions resume = options with { Epochs = 2, Resume = Checkpoint.Load(folder.ToString()) };
        InvalidFileException trained = Assert.Throws<InvalidFileException>(() => Trained(Tiny.Network(), compile: true, resume));
        Assert.EndsWith("it is of a run where '0.bias' was frozen, but this run trains it", trained.Message, StringComparison.Ordinal);
        Sequential more = Frozen();
        more.Freeze("2.kernel");
        InvalidFileException frozen = Assert.Throws<InvalidFileException>(() => Trained(more, compile: true, resume));
        Assert.EndsWith("it is of a run that trained '2.kernel', but it is frozen in this run", frozen.Message, StringComparison.Ordinal);
        Trainer other = Tiny.Trainer(Frozen(), new AdamW(0.02));
        InvalidFileException groups = Assert.Throws<InvalidFileException>(() => other.Fit(Tiny.Dataset(), null, resume, TestContext.Current.CancellationToken));
        Assert.EndsWith(
            "groups of parameters '0.*' (learning rate x 0.5, weight decay x 1), '2.*' (learning rate x 0, weight decay x 1), but this run has none",
            groups.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistyped_groups_are_refused_before_the_first_step()
    {
        Trainer trainer = Tiny.Trainer(Tiny.Network(), new AdamW(0.02) { Groups = [new("haed.*") { LearningRateFactor = 2 }] });
        ArgumentException error = Assert.Throws<ArgumentException>(() => trainer.Fit(Tiny.Dataset(), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal("'haed.*' matches no parameter of Sequential, which has '0.kernel', '0.bias', '2.kernel', '2.bias'.", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { LearningRateFactor = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("*") { WeightDecayFactor = double.NaN });
    }

    private static Sequential Frozen()
    {
        Sequential model = Tiny.Network(dropout: 0.2);
        model.Freeze("0.b*");
        return model;
    }

    private static void Trained(Sequential model, bool compile, FitOptions options)
    {
        AdamW optimizer = new(0.02)
        {
            Schedule = new CosineDecay(0.02, 30),
            Groups = [new("0.*") { LearningRateFactor = 0.5 }, new("2.*") { LearningRateFactor = 0 }],
        };
        new Trainer(model, new SparseCategoricalCrossEntropy(), optimizer) { Compile = compile }.Fit(Tiny.Dataset(), null, options);
    }

    private static KeyValuePair<string, Parameter> Named(string name) => KeyValuePair.Create(name, new Parameter(name, Tensor.From(1f, 2f)));

    private static void Run(Optimizer optimizer, params KeyValuePair<string, Parameter>[] parameters)
    {
        for (int step = 0; step < 4; step++)
        {
            optimizer.Apply(parameters, [.. parameters.Select((_, index) => Tensor.From(step - 1.5f, 0.5f))]);
        }
    }
}
