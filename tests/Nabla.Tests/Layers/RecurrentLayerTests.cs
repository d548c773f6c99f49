using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers;

public sealed class RecurrentLayerTests
{
    public static TheoryData<Layer> Layers => new()
    {
        new SimpleRnn(2),
        new SimpleRnn(2) { ReturnSequences = true, UseBias = false },
        new Lstm(2) { GoBackwards = true },
        new Gru(2) { ReturnSequences = true, UseBias = false },
        new Gru(2) { GoBackwards = true },
        new Gru(2) { ResetAfter = false, ReturnSequences = true },
        new Gru(2) { ResetAfter = false, GoBackwards = true, UseBias = false },
        new Chain(new Lstm(2) { ReturnSequences = true }, new Gru(1)),
        new Bidirectional(new Lstm(2) { ReturnSequences = true }),
        new Bidirectional(new Gru(2), BidirectionalMerge.Sum),
        new Bidirectional(new Gru(2) { ReturnSequences = true }, BidirectionalMerge.Average),
        new Bidirectional(new SimpleRnn(2), BidirectionalMerge.Multiply),
        new Chain(new Bidirectional(new Lstm(1) { ReturnSequences = true }), new Bidirectional(new Lstm(1))),
        new Concatenated(new Lstm(1) { ReturnSequences = true }, new Lstm(1) { ReturnSequences = true, GoBackwards = true }),
    };

    [Theory]
    [MemberData(nameof(Layers))]
    public void Shapes_and_gradients_are_right(Layer layer) => LayerCheck.Verify(layer, [3, 2], batch: 2);

    [Fact]
    public void A_sequence_in_two_parts_gives_what_it_gives_as_one()
    {
        Lstm layer = LayerCheck.Built(new Lstm(3), [4, 2]);
        Tensor input = GradientCheck.Random([2, 4, 2], 1);
        RecurrentOutput whole = layer.Run(input);
        RecurrentOutput begin = layer.Run(input.Slice(1, 0, 1));
        RecurrentOutput rest = layer.Run(input.Slice(1, 1, 3), begin.State);
        Assert.Equal(whole.State.Hidden.ToArray<double>(), rest.State.Hidden.ToArray<double>());
        Assert.Equal(whole.State.Cell!.ToArray<double>(), rest.State.Cell!.ToArray<double>());
    }

    [Fact]
    public void Both_ways_run_from_states_of_their_own()
    {
        Bidirectional layer = LayerCheck.Built(new Bidirectional(new Lstm(3)), [4, 2]);
        Tensor input = GradientCheck.Random([2, 5, 2], 1);
        BidirectionalOutput whole = layer.Run(input);
        Assert.Equal(layer.Forward(input).ToArray<double>(), ShapeOps.Concatenate(-1, whole.Forward.Hidden, whole.Backward.Hidden).ToArray<double>());

        // Each way goes on behind its own part: the forward one has seen the first two steps, the other one the last three.
        (Tensor begin, Tensor end) = (input.Slice(1, 0, 2), input.Slice(1, 2, 3));
        BidirectionalOutput first = layer.Run(begin, backwardState: layer.Run(end).Backward);
        BidirectionalOutput last = layer.Run(end, forwardState: layer.Run(begin).Forward);
        Assert.Equal(whole.Sequence.ToArray<double>(), ShapeOps.Concatenate(1, first.Sequence, last.Sequence).ToArray<double>());
        Assert.Equal(whole.Forward.Cell!.ToArray<double>(), last.Forward.Cell!.ToArray<double>());
        Assert.Equal(whole.Backward.Cell!.ToArray<double>(), first.Backward.Cell!.ToArray<double>());

        BidirectionalOutput padded = layer.Run(input, lengths: Tensor.From(5, 2));
        BidirectionalOutput alone = layer.Run(input.Slice(0, 1, 1).Slice(1, 0, 2));
        Assert.Equal(alone.Backward.Hidden.ToArray<double>(), padded.Backward.Hidden.Slice(0, 1, 1).ToArray<double>());
        Assert.Equal(alone.Forward.Hidden.ToArray<double>(), padded.Forward.Hidden.Slice(0, 1, 1).ToArray<double>());
    }

    [Fact]
    public void States_of_another_kind_of_layer_are_refused()
    {
        Tensor input = Tensor.Ones([1, 4, 2], DataType.Float64);
        Tensor state = Tensor.Ones([1, 3], DataType.Float64);
        Lstm memory = LayerCheck.Built(new Lstm(3), [4, 2]);
        LayerCheck.Refuses<ArgumentException>("expects a state with cells but got one without.", () => memory.Run(input, new RecurrentState(state)));
        Gru unit = LayerCheck.Built(new Gru(3), [4, 2]);
        LayerCheck.Refuses<ArgumentException>("expects a state without cells but got one with.", () => unit.Run(input, new RecurrentState(state, state)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_padded_sequence_gives_what_it_gives_alone(bool backwards)
    {
        PaddedGivesAlone(LayerCheck.Built(new Gru(3) { GoBackwards = backwards }, [4, 2]));
        PaddedGivesAlone(LayerCheck.Built(new Gru(3) { GoBackwards = backwards, ResetAfter = false }, [4, 2]));
    }

    private static void PaddedGivesAlone(Gru layer)
    {
        Tensor input = GradientCheck.Random([2, 4, 2], 1);
        RecurrentOutput padded = layer.Run(input, lengths: Tensor.From([4, 2]));
        RecurrentOutput alone = layer.Run(input.Slice(0, 1, 1).Slice(1, 0, 2));
        double[] expected = alone.State.Hidden.ToArray<double>();
        double[] actual = padded.State.Hidden[1].ToArray<double>();
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }

    [Fact]
    public void A_pass_with_a_state_goes_on_where_the_one_before_ended()
    {
        Chain layers = new(new Lstm(3) { ReturnSequences = true }, new Gru(2));
        layers.Build([4, 2], RandomKey.FromSeed(1));
        Tensor input = GradientCheck.Random([2, 4, 2], 1).To(DataType.Float32);
        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        Tensor last = input;
        for (int step = 0; step < 4; step++)
        {
            last = layers.Forward(input.Slice(1, step, 1), context);
            state.Advance(1);
        }

        Assert.Equal(layers.Forward(input).ToArray<float>(), last.ToArray<float>());
        Tensor same = Tensor.Ones([2, 1, 2]);
        float[] beams = layers.Forward(same, ForwardContext.Inference.WithState(Selected(layers, input))).ToArray<float>();
        Assert.Equal(beams[..2], beams[2..]);
    }

    [Fact]
    public void Backwards_has_no_steps_one_by_one()
    {
        Gru layer = LayerCheck.Built(new Gru(3) { GoBackwards = true }, [4, 2]);
        LayerCheck.Refuses<InvalidOperationException>(
            "goes backwards: it needs whole sequences and cannot go on from step 0.",
            () => layer.Forward(Tensor.Ones([1, 4, 2], DataType.Float64), ForwardContext.Inference.WithState(new DecodingState())));
    }

    [Fact]
    public void A_network_passes_over_the_padding_behind_texts()
    {
        Sequential model = new([6], seed: 1, new Embedding(9, 3, paddingIndex: 0), new Bidirectional(new Gru(4) { ReturnSequences = true }), new Bidirectional(new Lstm(2)));
        float[] alone = model.Forward(Tensor.From([3, 5, 8]).Reshape(1, 3)).ToArray<float>();
        float[] padded = model.Forward(Tensor.From([3, 5, 8, 0, 0, 0]).Reshape(1, 6)).ToArray<float>();
        Assert.Equal(alone, padded);
    }

    [Fact]
    public void Bidirectional_is_a_layer_each_way()
    {
        Bidirectional layer = new(new Lstm(3) { ReturnSequences = true, RecurrentDropout = 0.5 });
        layer.Build([4, 2], RandomKey.FromSeed(1));
        Tensor input = GradientCheck.Random([2, 4, 2], 1).To(DataType.Float32);
        Tensor output = layer.Forward(input);
        Assert.Equal(layer.ForwardLayer.Forward(input).ToArray<float>(), output.Slice(2, 0, 3).ToArray<float>());
        Assert.Equal(layer.BackwardLayer.Forward(input).ToArray<float>(), output.Slice(2, 3, 3).ToArray<float>());
        Assert.Equal(0.5, layer.BackwardLayer.RecurrentDropout);
        Assert.NotEqual(layer.State()["forward.kernel"].ToArray<float>(), layer.State()["backward.kernel"].ToArray<float>());
    }

    [Fact]
    public void Layers_that_make_no_pair_are_refused()
    {
        LayerCheck.Refuses<ArgumentException>("but got one with GoBackwards", () => _ = new Bidirectional(new Gru(2) { GoBackwards = true }));
        LayerCheck.Refuses<ArgumentException>(
            "but got Gru forward without ReturnSequences and Lstm backwards with ReturnSequences.",
            () => _ = new Bidirectional(new Gru(2), new Lstm(2) { GoBackwards = true, ReturnSequences = true }));
        LayerCheck.Refuses<ArgumentException>(
            "expects layers of one size to Sum but got [batch, 2] and [batch, 3].",
            () => new Bidirectional(new Gru(2), new Gru(3) { GoBackwards = true }, BidirectionalMerge.Sum).OutputShape([4, 2]));
    }

    [Fact]
    public void Dropout_takes_the_same_features_at_all_steps_and_none_in_use()
    {
        SimpleRnn layer = LayerCheck.Built(new SimpleRnn(64) { Dropout = 0.5, ReturnSequences = true }, [5, 1]);
        foreach (Parameter parameter in layer.Parameters.Where(parameter => parameter.Name == "recurrentKernel"))
        {
            parameter.Value = Tensor.Zeros([64, 64], DataType.Float64);
        }

        Tensor input = Tensor.Ones([8, 5, 1], DataType.Float64);
        double[] trained = layer.Forward(input, new ForwardContext(training: true, RandomKey.FromSeed(3))).ToArray<double>();
        for (int sequence = 0; sequence < 8; sequence++)
        {
            double[] steps = [.. Enumerable.Range(0, 5).Select(step => Math.Abs(trained[((sequence * 5) + step) * 64]))];
            Assert.All(steps, value => Assert.Equal(steps[0], value));
        }

        Assert.Contains(trained, value => value == 0);
        Assert.Contains(trained, value => value != 0);
        Assert.DoesNotContain(layer.Forward(input).ToArray<double>(), value => value == 0);
    }

    [Fact]
    public void Recurrent_dropout_hides_the_same_share_of_the_state_at_all_steps()
    {
        // With an identity for a kernel and no input but the first state, a unit is passed on, doubled, or not at all.
        SimpleRnn layer = LayerCheck.Built(new SimpleRnn(40, ActivationKind.Relu) { RecurrentDropout = 0.5, ReturnSequences = true, UseBias = false }, [3, 40]);
        Tensor identity = Tensor.Eye(40, dataType: DataType.Float64);
        foreach (Parameter parameter in layer.Parameters)
        {
            parameter.Value = identity;
        }

        Tensor input = ShapeOps.Concatenate(1, Tensor.Ones([2, 1, 40], DataType.Float64), Tensor.Zeros([2, 2, 40], DataType.Float64));
        double[] states = layer.Forward(input, new ForwardContext(training: true, RandomKey.FromSeed(3))).Slice(1, 2, 1).ToArray<double>();
        Assert.All(states, value => Assert.True(value is 0 or 4, $"{value}"));
        Assert.InRange(states.Count(value => value == 4), 20, 60);
    }

    [Fact]
    public void The_reset_gate_before_the_product_hides_the_state_from_the_candidate()
    {
        Gru layer = LayerCheck.Built(new Gru(1) { ResetAfter = false, UseBias = false }, [1, 1]);
        (layer.Parameters[0].Value, layer.Parameters[1].Value) = (Tensor.From([0.3, 0.5, -0.2], [1, 3]), Tensor.From([0.7, -0.4, 1.1], [1, 3]));
        double h = 0.6, x = 1.5;
        double r = Sigmoid((0.3 * x) + (0.7 * h)), z = Sigmoid((0.5 * x) - (0.4 * h)), n = Math.Tanh((-0.2 * x) + (1.1 * (r * h)));
        double got = layer.Run(Tensor.From([x], [1, 1, 1]), new RecurrentState(Tensor.From([h], [1, 1]))).State.Hidden.ToArray<double>()[0];
        Assert.Equal(((1 - z) * n) + (z * h), got, 1e-14);

        static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
    }

    [Fact]
    public void Wrong_inputs_and_options_are_refused()
    {
        Lstm layer = LayerCheck.Built(new Lstm(3), [4, 2]);
        LayerCheck.Refuses<ArgumentException>("expects [batch, time, 2] but got [1, 4, 3].", () => layer.Forward(Tensor.Ones([1, 4, 3], DataType.Float64)));
        LayerCheck.Refuses<ArgumentException>("expects [batch, time, features] but got [batch, 4]", () => new Gru(3).OutputShape([4]));
        LayerCheck.Refuses<ArgumentException>("expects the activation Tanh or Relu but got Elu.", () => _ = new SimpleRnn(3, ActivationKind.Elu));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lstm(0));
    }

    private static DecodingState Selected(Layer layers, Tensor input)
    {
        DecodingState state = new();
        layers.Forward(input, ForwardContext.Inference.WithState(state));
        state.Select(1, 1);
        return state;
    }
}
