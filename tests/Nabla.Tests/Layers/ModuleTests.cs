using Nabla.Layers;

namespace Nabla.Tests.Layers;

public sealed class ModuleTests
{
    [Fact]
    public void Outputs_are_observed_from_the_inside_out()
    {
        List<Module> seen = [];
        Sequential network = new([2], seed: 1, new Dense(3), new Dense(1));
        network.Forward(Tensor.Ones([1, 2]), new ForwardContext(training: false, default) { Observer = new ModuleRecorder(seen) });
        Assert.Equal([network.Layers[0], network.Layers[1], network], seen);
    }

    [Fact]
    public void A_forward_pass_of_ones_own_has_named_parameters_and_computes_what_it_says()
    {
        GatedUnit unit = new(3, 2, RandomKey.FromSeed(1));
        Assert.Equal(["value.kernel", "value.bias", "gate.kernel", "gate.bias"], unit.NamedParameters.Select(pair => pair.Key));
        Tensor input = Tensor.From([0.5f, -1f, 2f], [1, 3]);
        Tensor value = input.MatMul(unit.State()["value.kernel"]);
        Tensor gate = input.MatMul(unit.State()["gate.kernel"]).Sigmoid();
        Assert.Equal((value * gate).ToArray<float>(), unit.Forward(input).ToArray<float>());
    }

    [Fact]
    public void A_module_in_two_places_is_refused_with_both_names()
    {
        Dense shared = new(2);
        Sequential first = new([2], seed: 1, shared);
        Assert.Equal(
            "Sequential cannot register a Dense as '1': it is '0' of Sequential already, and a module has one place.",
            Assert.Throws<ArgumentException>(() => new Sequential([2], seed: 1, new Flatten(), shared)).Message);
        Assert.Same(shared, first.Layers[0]);
        Layer twice = new Dense(2);
        LayerCheck.Refuses<ArgumentException>("it is '0' of Chain already", () => new Chain(twice, twice));
    }

    [Fact]
    public void A_module_is_not_part_of_itself()
    {
        Holder inner = new();
        Holder outer = new();
        outer.Hold("inner", inner);
        LayerCheck.Refuses<ArgumentException>("that it is part of", () => inner.Hold("outer", outer));
        LayerCheck.Refuses<ArgumentException>("that it is part of", () => outer.Hold("self", outer));
    }

    [Theory]
    [InlineData("inner", "has a part 'inner' already")]
    [InlineData("a.b", "dots stand between")]
    public void A_name_that_is_taken_or_has_a_dot_is_refused(string name, string expected)
    {
        Holder outer = new();
        outer.Hold("inner", new Holder());
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => outer.Hold(name, new Holder())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_ones_own_are_part_of_dotted_names_and_errors()
    {
        Sequential network = new([4], seed: 1, new Dense(3), new Chain(new Dense(2) { Name = "narrow" }, new Dense(1)) { Name = "body" }, new Dense(5));
        Assert.Equal(
            ["0.kernel", "0.bias", "body.narrow.kernel", "body.narrow.bias", "body.1.kernel", "body.1.bias", "2.kernel", "2.bias"],
            network.NamedParameters.Select(pair => pair.Key));
        Assert.All(network.NamedParameters, pair => Assert.Equal(pair.Key, pair.Value.FullName));
        Layer narrow = ((Chain)network.Layers[1]).Layers[0];
        Assert.Equal(
            "Dense 'body.narrow' expects [batch, 3] but got [2, 9].",
            Assert.Throws<ArgumentException>(() => narrow.Forward(Tensor.Ones([2, 9]))).Message);
        LayerCheck.Refuses<ArgumentException>("Dense '0' expects [batch, 4]", () => network.Layers[0].Forward(Tensor.Ones([4])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("a.b")]
    [InlineData("a/b")]
    public void A_name_that_would_confuse_dotted_names_is_refused(string name) =>
        Assert.Contains($"but got '{name}'", Assert.Throws<ArgumentException>(() => new Dense(1) { Name = name }).Message, StringComparison.Ordinal);

    [Fact]
    public void Two_layers_of_one_name_are_refused() => Assert.Contains(
        "has a part 'a' already",
        Assert.Throws<ArgumentException>(() => new Sequential([1], 1, new Dense(1) { Name = "a" }, new Dense(1) { Name = "a" })).Message,
        StringComparison.Ordinal);

    [Fact]
    public void The_state_of_one_network_makes_another_equal()
    {
        Sequential first = Network(seed: 1);
        Sequential second = Network(seed: 2);
        Tensor input = Tensor.From([1f, -2f, 3f], [1, 3]);
        Assert.NotEqual(first.Forward(input).ToArray<float>(), second.Forward(input).ToArray<float>());
        second.Load(first.State());
        Assert.Equal(first.Forward(input).ToArray<float>(), second.Forward(input).ToArray<float>());
    }

    [Theory]
    [InlineData("0.kernel", null, "expected '0.kernel' of float32[3, 4], got none")]
    [InlineData("0.kernel", "1.bias", "expected '0.kernel' of float32[3, 4], got float32[2]")]
    [InlineData("9.kernel", "1.bias", "there is no parameter '9.kernel'")]
    public void A_state_that_does_not_fit_changes_nothing(string name, string? other, string expected)
    {
        Sequential network = Network(seed: 1);
        Dictionary<string, Tensor> state = Network(seed: 2).State().ToDictionary();
        Tensor? replacement = other is null ? null : state[other];
        state.Remove(name);
        if (replacement is not null)
        {
            state[name] = replacement;
        }

        float[] before = network.State()["1.kernel"].ToArray<float>();
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => network.Load(state)).Message, StringComparison.Ordinal);
        Assert.Equal(before, network.State()["1.kernel"].ToArray<float>());
    }

    [Fact]
    public void A_long_list_of_misfits_is_cut()
    {
        Sequential network = new([1], seed: 1, new Dense(1), new Dense(1), new Dense(1), new Dense(1));
        LayerCheck.Refuses<ArgumentException>("; and 3 more.", () => network.Load(new Dictionary<string, Tensor>()));
    }

    [Fact]
    public void A_frozen_part_is_not_trained_until_it_is_unfrozen()
    {
        Sequential network = Network(seed: 1);
        network.Layers[0].Freeze();
        Assert.Equal(["1.kernel", "1.bias"], network.TrainableParameters.Select(pair => pair.Key));
        Assert.True(network.Layers[0].Frozen);
        network.Unfreeze();
        Assert.Equal(4, network.TrainableParameters.Count());
    }

    [Fact]
    public void What_no_gradient_changes_stays_so_when_unfrozen()
    {
        Holder holder = new();
        Parameter running = holder.Hold("running", Tensor.Ones([2]), trainable: false);
        holder.Freeze();
        Parameter late = holder.Hold("late", Tensor.Ones([2]), trainable: true);
        Assert.False(late.Trainable);
        holder.Unfreeze();
        Assert.False(running.Trainable);
        Assert.True(late.Trainable);
    }

    [Fact]
    public void A_converted_network_computes_the_same_in_float64()
    {
        Sequential network = Network(seed: 1);
        Tensor input = Tensor.From([1f, -2f, 3f], [1, 3]);
        float[] before = network.Forward(input).ToArray<float>();
        network.ConvertTo(DataType.Float64);
        double[] after = network.Forward(input.To(DataType.Float64)).ToArray<double>();
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        LayerCheck.Refuses<ArgumentException>("int32", () => network.ConvertTo(DataType.Int32));
    }

    [Fact]
    public void The_summary_shows_every_layer_and_the_totals()
    {
        Sequential network = new([4], seed: 1, new Dense(3), new Chain(new Dense(2) { Name = "narrow" }) { Name = "body" });
        network.Layers[1].Freeze();
        ModuleSummary summary = network.Summary();
        Assert.Equal(
            [new ModuleSummaryRow("0", "Dense", [3], 15, 12), new ModuleSummaryRow("body.narrow", "Dense", [2], 8, 6)],
            summary.Rows);
        string expected = """
            layer        kind   output  parameters  multiply-adds
            0            Dense  [3]             15             12
            body.narrow  Dense  [2]              8              6
            total                               23             18
            15 parameters are trainable, 8 are not.
            """;
        Assert.Equal(expected, summary.ToString());
    }

    [Fact]
    public void A_layer_is_built_once_and_before_it_is_used()
    {
        Dense layer = new(2) { Name = "head" };
        LayerCheck.Refuses<InvalidOperationException>("Dense 'head' has no parameters yet", () => layer.Forward(Tensor.Ones([1, 2])));
        layer.Build([2], RandomKey.FromSeed(1));
        LayerCheck.Refuses<InvalidOperationException>("built already, for [batch, 2]", () => layer.Build([2], RandomKey.FromSeed(1)));
    }

    [Fact]
    public void A_parameter_refuses_what_it_cannot_hold_with_its_full_name()
    {
        Sequential network = Network(seed: 1);
        string message = Assert.Throws<ArgumentException>(() => network.Parameters[0].Value = Tensor.Ones([2])).Message;
        Assert.Equal("Parameter '0.kernel' holds float32[3, 4] but got float32[2].", message);
    }

    private static Sequential Network(long seed) => new([3], seed, new Dense(4, ActivationKind.Relu), new Dense(2));

    private sealed class GatedUnit : Module
    {
        private readonly Dense value;
        private readonly Dense gate;

        public GatedUnit(int inputs, int units, RandomKey key)
        {
            value = Register("value", new Dense(units), [inputs], key);
            gate = Register("gate", new Dense(units, ActivationKind.Sigmoid), [inputs], key);
        }

        protected override Tensor Compute(Tensor input, ForwardContext context) => value.Forward(input, context) * gate.Forward(input, context);
    }

    private sealed class Holder : Module
    {
        public void Hold(string name, Module module) => Register(name, module);

        public Parameter Hold(string name, Tensor value, bool trainable) => Register(name, value, trainable);

        protected override Tensor Compute(Tensor input, ForwardContext context) => input;
    }
}
