using System.Text.Json;
using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;
using static Nabla.Tests.Ops.GradientCheck;

namespace Nabla.Tests.Layers;

public sealed class FunctionalTests
{
    [Fact]
    public void The_network_of_the_guide_computes_what_its_layers_say()
    {
        LayerOutput image = Functional.Input();
        LayerOutput stem = image.Then(new Conv2D(16, 3, ActivationKind.Relu, padding: Padding.Same) { Name = "stem" });
        LayerOutput body = stem.Then(new Conv2D(16, 3, padding: Padding.Same) { UseBias = false }, new BatchNorm());
        LayerOutput sum = Functional.Add(stem, body).Then(new Activation(ActivationKind.Relu));
        Functional block = new(image, sum.Then(new GlobalAveragePool2D(), new Dense(10) { Name = "head" }));
        Sequential model = new([28, 28, 1], seed: 1, block);
        Assert.Equal(
            ["0.stem.kernel", "0.stem.bias", "0.2.kernel", "0.3.scale", "0.3.bias", "0.3.mean", "0.3.variance", "0.head.kernel", "0.head.bias"],
            model.State().Keys);
        Tensor x = Random([2, 28, 28, 1], 1).To(DataType.Float32);
        IReadOnlyDictionary<string, Tensor> state = model.State();
        Tensor first = x.Conv2D(state["0.stem.kernel"], state["0.stem.bias"], padding: Padding.Same).Relu();
        Tensor second = first.Conv2D(state["0.2.kernel"], padding: Padding.Same) * (state["0.3.variance"] + 1e-5).Rsqrt();
        Tensor expected = (first + second).Relu().Mean([1, 2]).MatMul(state["0.head.kernel"]) + state["0.head.bias"];
        Close(expected, model.Forward(x));
    }

    [Fact]
    public void Outputs_are_joined_as_their_names_say()
    {
        Tensor input = Tensor.From([1.0, 2.0, -3.0, 4.0], [2, 2]);
        LayerOutput[] Two(LayerOutput x) => [x, x.Then(new Activation(ActivationKind.Relu))];
        Assert.Equal([2.0, 4, -3, 8], Use(x => Functional.Add(Two(x)), input));
        Assert.Equal([0.0, 0, -3, 0], Use(x => Functional.Subtract(Two(x)[0], Two(x)[1]), input));
        Assert.Equal([1.0, 4, 0, 16], Use(x => Functional.Multiply(Two(x)), input));
        Assert.Equal([1.0, 2, -1.5, 4], Use(x => Functional.Average(Two(x)), input));
        Assert.Equal([1.0, 2, 0, 4], Use(x => Functional.Maximum(Two(x)), input));
        Assert.Equal([1.0, 2, -3, 4], Use(x => Functional.Minimum(Two(x)), input));
        Assert.Equal([1.0, 2, 1, 2, -3, 4, 0, 4], Use(x => Functional.Concatenate(-1, Two(x)), input));
        Assert.Equal([1.0, 2, 1, 2, -3, 4, 0, 4], Use(x => Functional.Concatenate(1, Two(x)), input));
    }

    [Fact]
    public void One_number_a_channel_gates_all_pixels()
    {
        Tensor input = Tensor.From([1.0, 2, 3, 4], [1, 2, 1, 2]);
        double[] gated = Use(x => Functional.Multiply(x, x.Then(new GlobalMaxPool2D(), new Reshape(1, 1, 2))), input);
        Assert.Equal([3.0, 8, 9, 16], gated);
    }

    [Fact]
    public void A_graph_has_the_gradient_of_differences()
    {
        LayerCheck.Verify(Branching(), [3]);
        LayerOutput image = Functional.Input();
        LayerOutput pooled = image.Then(new Conv2D(2, 2), new MaxPool2D(2));
        LayerCheck.Verify(new Functional(image, Functional.Concatenate(-1, pooled, image.Then(new Conv2D(1, 3, stride: 2)))), [5, 5, 1]);
    }

    [Fact]
    public void What_is_computed_in_one_go_is_what_each_layer_gives()
    {
        LayerOutput image = Functional.Input();
        LayerOutput convolved = image.Then(new Conv2D(4, 3, ActivationKind.Relu));
        LayerOutput seen = convolved.Then(new MaxPool2D(2), new Flatten());
        Functional together = new(image, seen);
        Sequential chain = new([6, 6, 1], seed: 1, together);
        LayerOutput other = Functional.Input();
        LayerOutput twice = other.Then(new Conv2D(4, 3, ActivationKind.Relu));
        Functional apart = new(other, Functional.Concatenate(-1, twice.Then(new MaxPool2D(2), new Flatten()), twice.Then(new GlobalMaxPool2D())));
        Sequential both = new([6, 6, 1], seed: 1, apart);
        both.Load(chain.State());
        Tensor x = Random([2, 6, 6, 1], 2).To(DataType.Float32);
        Assert.Equal(chain.Forward(x).ToArray<float>(), both.Forward(x).Slice(1, 0, 16).ToArray<float>());
    }

    [Fact]
    public void A_functional_network_comes_back_from_a_model_folder()
    {
        using TemporaryFolder folder = new();
        Sequential network = new([3], seed: 4, Branching());
        ModelFolder.Save(folder.File("model"), new SavedModel("graph", network));
        Sequential loaded = ModelFolder.Load(folder.File("model")).Network;
        Tensor x = Random([5, 3], 1).To(DataType.Float32);
        Assert.Equal(network.State().Keys, loaded.State().Keys);
        Assert.Equal(network.Forward(x).ToArray<float>(), loaded.Forward(x).ToArray<float>());
    }

    [Fact]
    public void A_functional_network_learns_compiled_as_eagerly()
    {
        Tensor x = Random([16, 3], 1).To(DataType.Float32);
        double[][] losses = [.. new[] { true, false }.Select(compile =>
        {
            LayerOutput input = Functional.Input();
            LayerOutput hidden = input.Then(new Dense(8, ActivationKind.Tanh));
            Sequential network = new([3], seed: 1, new Functional(input, Functional.Add(hidden.Then(new Dense(1)), input.Then(new Dense(1)))));
            Trainer trainer = new(network, new MeanSquaredError(), new Sgd(0.1)) { Compile = compile };
            History history = trainer.Fit(x, x.Sum([1], keepDimensions: true), new FitOptions { Epochs = 5, BatchSize = 16 });
            return history.Epochs.Select(epoch => epoch.Train["loss"]).ToArray();
        })];
        Assert.Equal(losses[0], losses[1]);
        Assert.True(losses[0][4] < losses[0][0]);
    }

    [Fact]
    public void Lengths_of_sequences_reach_layers_behind_a_join()
    {
        LayerOutput tokens = Functional.Input();
        LayerOutput vectors = tokens.Then(new Embedding(9, 3, paddingIndex: 0));
        LayerOutput sum = Functional.Add(vectors, vectors.Then(new Dense(3)));
        Functional network = LayerCheck.Built(new Functional(tokens, sum.Then(new GlobalAveragePool1D { IgnoresPadding = true })), [4]);
        Assert.Equal(DataType.Int32, network.InputType);
        Tensor padded = network.Forward(Tensor.From(3, 4, 0, 0).Reshape(1, 4));
        Assert.Equal(network.Forward(Tensor.From(3, 4).Reshape(1, 2)).ToArray<double>(), padded.ToArray<double>());
        Assert.Equal([2], network.LengthsOf(Tensor.From(3, 4, 0, 0).Reshape(1, 4))!.ToArray<int>());
    }

    [Fact]
    public void Costs_and_layers_are_those_of_the_nodes_that_lead_to_the_output()
    {
        LayerOutput x = Functional.Input();
        LayerOutput used = x.Then(new Dense(4));
        x.Then(new Dense(100));
        Functional network = new(x, used.Then(new Dense(2)));
        Assert.Equal((3 * 4) + (4 * 2), network.MultiplyAdds([3]));
        Assert.Equal(["1", "2"], network.Children.Keys);
        Assert.Equal(2, network.Layers.Count);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_what_is_expected()
    {
        LayerOutput x = Functional.Input();
        LayerOutput wide = x.Then(new Dense(4));
        LayerCheck.Refuses<ArgumentException>(
            "Functional expects for Add at node 2 outputs whose shapes broadcast to one but got [batch, 4] and [batch, 3].",
            () => new Functional(x, Functional.Add(wide, x)).OutputShape([3]));
        LayerOutput y = Functional.Input();
        LayerCheck.Refuses<ArgumentException>("come from one input", () => Functional.Add(x, y));
        LayerCheck.Refuses<ArgumentException>("come from one input", () => Functional.Add(x));
        LayerCheck.Refuses<ArgumentException>("what Functional.Input gave", () => new Functional(wide, x));
        LayerCheck.Refuses<ArgumentException>("what Functional.Input gave", () => new Functional(y, wide));
        LayerCheck.Refuses<ArgumentException>(
            "differ in the joined axis alone", () => new Functional(x, Functional.Concatenate(2, x, x.Then(new Dense(2)))).OutputShape([3]));
        Dense shared = new(3);
        LayerCheck.Refuses<ArgumentException>("a module has one place", () => new Functional(y, y.Then(shared, shared)));
    }

    [Theory]
    [InlineData("""{"kind": "Functional"}""", "a list of objects")]
    [InlineData("""{"kind": "Functional", "nodes": []}""", "that take the input or nodes before them")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Add", "sources": [0, 1]}]}""", "that take the input or nodes before them")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Add", "sources": []}]}""", "that take the input or nodes before them")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Add", "sources": [0, 0]}, {"kind": "Add", "sources": [0, 0]}]}""", "lead to the last one")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Dot", "sources": [0, 0]}]}""", "one of Add, Subtract, Multiply")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Add", "sources": [0, -1]}]}""", "a list of whole numbers from 0")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Layer", "sources": [0]}]}""", "a layer, got nothing")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Layer", "sources": [0, 0], "layer": {"kind": "Flatten"}}]}""", "one number")]
    [InlineData("""{"kind": "Functional", "nodes": [{"kind": "Add", "sources": [0, 0], "axis": 1}]}""", "got 'axis'")]
    [InlineData("""{"kind": "Functional", "nodes": [1]}""", "objects with a 'kind'")]
    public void A_wrong_description_is_refused_with_what_is_expected(string json, string expected)
    {
        JsonException error = Assert.Throws<JsonException>(() => LayerCatalogue.Create([JsonNode.Parse(json)!.AsObject()]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>A graph of branches, joined in several ways.</summary>
    internal static Functional Branching()
    {
        LayerOutput x = Functional.Input();
        LayerOutput left = x.Then(new Dense(4, ActivationKind.Tanh) { Name = "left" });
        LayerOutput right = x.Then(new Dense(4), new LayerNorm(0.1));
        LayerOutput gate = Functional.Multiply(left, right.Then(new Activation(ActivationKind.Sigmoid)));
        return new Functional(x, Functional.Concatenate(-1, Functional.Subtract(gate, right), left).Then(new Dense(2))) { Name = "graph" };
    }

    private static void Close(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(expected.ToArray<float>().Zip(actual.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    private static double[] Use(Func<LayerOutput, LayerOutput> build, Tensor input)
    {
        LayerOutput x = Functional.Input();
        return LayerCheck.Built(new Functional(x, build(x)), [.. input.Shape.Skip(1)]).Forward(input).ToArray<double>();
    }
}
