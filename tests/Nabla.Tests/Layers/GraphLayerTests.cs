using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests.Ops;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Tests.Layers;

public sealed class GraphLayerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model")]
    [InlineData("model.nabla")]
    public void A_module_of_ones_own_is_saved_and_computes_the_same_without_its_class(string name)
    {
        string path = folder.File(name);
        GraphLayer layer = GraphLayer.Trace(new GatedUnit(3, 4, RandomKey.FromSeed(1)), [3]);
        ModelFolder.Save(path, new SavedModel("gated", new Sequential([3], seed: 0, layer)));
        SavedModel loaded = ModelFolder.Load(path);
        Assert.Equal(["0.value.kernel", "0.value.bias", "0.gate.kernel", "0.gate.bias"], loaded.Network.State().Keys);
        GatedUnit unit = new(3, 4, RandomKey.FromSeed(1));
        foreach (int batch in new[] { 1, 2, 9 })
        {
            Tensor input = RandomKey.FromSeed(batch).Normal([batch, 3]);
            Assert.Equal(unit.Forward(input).ToArray<float>(), loaded.Network.Forward(input).ToArray<float>());
        }
    }

    [Theory]
    [MemberData(nameof(LayerCatalogueTests.Layers), MemberType = typeof(LayerCatalogueTests))]
    public void Every_layer_gives_the_same_bits_as_its_graph(Layer layer, int[] sample)
    {
        Sequential network = new(sample, seed: 1, layer);
        Sequential graph = new(sample, seed: 2, Again(GraphLayer.Trace(network, sample, network.InputType)));
        Assert.Equal(network.OutputShape, graph.OutputShape);
        graph.Load(graph.State().Keys.ToDictionary(name => name, name => graph.State()[name]));
        foreach (int batch in new[] { 1, 4 })
        {
            Tensor input = GradientCheck.Random([batch, .. sample], 1, low: 0, high: 5).To(network.InputType);
            Assert.Equal(network.Forward(input).ToArray<float>(), graph.Forward(input).ToArray<float>());
        }

        GraphLayer Again(GraphLayer traced)
        {
            ModelFolder.Save(folder.File("model"), new SavedModel("layer", new Sequential(sample, seed: 3, traced)) { Task = Nabla.Data.PredictionTask.Regression });
            return GraphLayer.Trace(ModelFolder.Load(folder.File("model")).Network, sample, network.InputType);
        }
    }

    [Fact]
    public void Its_multiply_adds_are_those_that_the_layers_count()
    {
        Sequential images = new(
            [9, 9, 2], 1, new Conv2D(8, 3, ActivationKind.Relu), new MaxPool2D(2), new DepthwiseConv2D(3, 1), new Conv2DTranspose(4, 3), new Flatten(), new Dense(5));
        Sequential texts = new(
            [6], 1, new Embedding(50, 8), new TransformerBlock(2, 12), new Bidirectional(new Lstm(5) { ReturnSequences = true }), new Gru(3), new Dense(2, ActivationKind.Softmax));
        foreach (Sequential network in new[] { images, texts })
        {
            GraphLayer graph = GraphLayer.Trace(network, network.InputShape, network.InputType);
            Assert.Equal(network.Summary().MultiplyAdds, graph.MultiplyAdds(network.InputShape));
        }
    }

    [Fact]
    public void A_compiled_graph_gives_the_bits_of_the_compiled_network()
    {
        Sequential network = new(
            [12, 12, 2], seed: 1, new Conv2D(8, 3, ActivationKind.Relu), new MaxPool2D(2), new BatchNorm(), new Flatten(), new Dense(5, ActivationKind.Softmax));
        Sequential graph = new([12, 12, 2], seed: 0, GraphLayer.Trace(network, [12, 12, 2]));
        Tensor images = RandomKey.FromSeed(3).Normal([7, 12, 12, 2]);
        Assert.Equal(Compilation.Compile(network.Forward)(images).ToArray<float>(), Compilation.Compile(graph.Forward)(images).ToArray<float>());
    }

    [Fact]
    public void Gradients_of_the_parameters_are_those_of_the_module()
    {
        GatedUnit unit = new(3, 4, RandomKey.FromSeed(1));
        Sequential graph = new([3], seed: 0, GraphLayer.Trace(unit, [3]));
        Tensor input = RandomKey.FromSeed(2).Normal([5, 3]);
        Tensor[] expected = GradientsOf(unit, input);
        Assert.All(expected.Zip(GradientsOf(graph, input)), pair => Assert.Equal(pair.First.ToArray<float>(), pair.Second.ToArray<float>()));
    }

    [Fact]
    public void It_is_trained_further_with_its_statistics_as_they_are()
    {
        Sequential network = new([3], seed: 1, new Dense(4), new BatchNorm(), new Dense(1));
        Sequential graph = new([3], seed: 0, GraphLayer.Trace(network, [3]));
        Tensor x = RandomKey.FromSeed(2).Normal([64, 3]);
        Trainer trainer = new(graph, new MeanSquaredError(), new Adam(0.05));
        double before = trainer.Evaluate(Nabla.Data.Dataset.FromTensors(x, x.Sum([1], keepDimensions: true))).Loss;
        trainer.Fit(Nabla.Data.Dataset.FromTensors(x, x.Sum([1], keepDimensions: true)), options: new FitOptions { Epochs = 20, BatchSize = 16 }, cancellationToken: TestContext.Current.CancellationToken);
        double after = trainer.Evaluate(Nabla.Data.Dataset.FromTensors(x, x.Sum([1], keepDimensions: true))).Loss;
        Assert.True(after < before / 10, $"{before} {after}");
        Assert.Equal(network.State()["1.mean"].ToArray<float>(), graph.State()["0.1.mean"].ToArray<float>());
    }

    [Fact]
    public void Frozen_parameters_stay_frozen_in_the_file()
    {
        GatedUnit unit = new(3, 4, RandomKey.FromSeed(1));
        unit.Children["gate"].Freeze();
        ModelFolder.Save(folder.File("model"), new SavedModel("gated", new Sequential([3], seed: 0, GraphLayer.Trace(unit, [3]))));
        Assert.Equal(["0.value.kernel", "0.value.bias"], ModelFolder.Load(folder.File("model")).Network.TrainableParameters.Select(pair => pair.Key));
    }

    [Fact]
    public void What_depends_on_the_batch_is_traced_for_one_sample_and_computed_one_by_one()
    {
        BatchMean module = new();
        Assert.Throws<NotSupportedException>(() => GraphLayer.Trace(module, [3]));
        Sequential graph = new([3], seed: 0, GraphLayer.TraceSingle(module, [3]));
        Tensor input = RandomKey.FromSeed(2).Normal([4, 3]);
        Assert.Equal(input.ToArray<float>(), graph.Forward(input).ToArray<float>());
    }

    [Fact]
    public void Other_shapes_and_types_are_refused()
    {
        GraphLayer layer = GraphLayer.Trace(new Activation(ActivationKind.Relu), [3]);
        layer.Build([3], RandomKey.FromSeed(1));
        LayerCheck.Refuses<ArgumentException>("GraphLayer expects [batch, 3] but got [2, 4]", () => layer.Forward(Tensor.Zeros([2, 4])));
        LayerCheck.Refuses<ArgumentException>("float32", () => layer.Forward(Tensor.Zeros([2, 3], DataType.Int32)));
        LayerCheck.Refuses<ArgumentException>("[batch, 3]", () => new Sequential([4], seed: 0, GraphLayer.Trace(new Activation(ActivationKind.Relu), [3])));
    }

    private static Tensor[] GradientsOf(Module module, Tensor input)
    {
        Parameter[] parameters = [.. module.Parameters];
        return Gradients.ValueAndGradient(() => module.Forward(input).Square().Sum(), [.. parameters.Select(parameter => parameter.Value)]).Gradients;
    }

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

    /// <summary>Depends on the size of the batch by more than sizes.</summary>
    private sealed class BatchMean : Module
    {
        protected override Tensor Compute(Tensor input, ForwardContext context)
        {
            Tensor sum = input;
            for (int row = 1; row < input.Shape[0]; row++)
            {
                sum = sum + input.Slice(0, row, 1);
            }

            return sum;
        }
    }
}
