using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Tests.Formats;

/// <summary>Models of several inputs or outputs, traced, saved and read again.</summary>
public sealed class SavedGraphTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_function_of_two_tensors_is_traced_for_any_batch()
    {
        Sequential encoder = new([64], seed: 1, new Dense(8, ActivationKind.Tanh));
        GraphInput[] inputs = [new("question", DataType.Float32, "batch", 64), new("answer", DataType.Float32, "batch", 64)];
        GraphNetwork network = GraphNetwork.Trace(encoder, x => [(encoder.Forward(x[0]) * encoder.Forward(x[1])).Sum([1])], inputs, ["score"]);
        string path = folder.File("pair.nabla");
        ModelFolder.Save(path, new SavedGraph("pair", network));
        SavedGraph loaded = ModelFolder.LoadGraph(path);
        (Tensor question, Tensor answer) = (Random(1, 3, 64), Random(2, 3, 64));
        Tensor score = loaded.Network.Compute(question, answer)[0];

        SavedGraph outline = ModelFolder.OutlineGraph(path);
        Assert.Equal(loaded.Network.State().Select(pair => (pair.Key, pair.Value.Type)), outline.Network.State().Select(pair => (pair.Key, pair.Value.Type)));
        Assert.Equal([3], score.Shape);
        Assert.Equal((encoder.Forward(question) * encoder.Forward(answer)).Sum([1]).ToArray<float>(), score.ToArray<float>());
        Assert.Equal(["0.kernel", "0.bias"], network.TrainableParameters.Select(pair => pair.Key));
        Assert.Equal("score float32 [batch]", network.Outputs[0].ToString());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("model.nabla")]
    public void It_is_the_same_after_it_was_saved(string name)
    {
        SavedGraph model = new("states", States()) { Licence = "CC0" };
        ModelFolder.Save(folder.File(name), model);
        SavedGraph read = ModelFolder.LoadGraph(folder.File(name));

        Assert.True(ModelFolder.HoldsGraph(folder.File(name)));
        Assert.Equal(("states", "CC0"), (read.Name, read.Licence));
        Assert.Equal(model.Network.Inputs.Select(input => input.ToString()), read.Network.Inputs.Select(input => input.ToString()));
        Assert.Equal(["double float32 [batch, time]", "state float32 [2, batch, 4]"], read.Network.Outputs.Select(output => output.ToString()));
        foreach ((int batch, int time) in new[] { (1, 1), (3, 7) })
        {
            Tensor[] inputs = [Random(3, batch, time), Random(4, 2, batch, 4)];
            CompiledFunction compiled = Compilation.Compile(given => read.Network.Compute(given));
            Assert.Equal(model.Network.Compute(inputs).SelectMany(tensor => tensor.ToArray<float>()), compiled.Invoke(inputs).SelectMany(tensor => tensor.ToArray<float>()));
        }
    }

    [Fact]
    public void It_learns_from_gradients_of_its_parameters()
    {
        GraphNetwork network = States();
        Tensor[] inputs = [Random(3, 2, 5), Random(4, 2, 2, 4)];
        Tensor[] gradients = Gradients.ValueAndGradient(() => network.Compute(inputs)[1].Sum(), [.. network.Parameters.Select(parameter => parameter.Value)]).Gradients;
        Assert.All(gradients, gradient => Assert.Contains(gradient.ToArray<float>(), value => value != 0));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_named()
    {
        GraphNetwork network = States();
        string[] messages =
        [
            Assert.Throws<ArgumentException>(() => network.Compute(Random(1, 2, 5))).Message,
            Assert.Throws<ArgumentException>(() => network.Compute(Random(1, 2, 5), Random(1, 2, 3, 4))).Message,
            Assert.Throws<ArgumentException>(() => network.Compute(Random(1, 2, 5), Tensor.Zeros([2, 2, 4], DataType.Int32))).Message,
        ];
        Assert.All(messages, message => Assert.Contains("expects x float32 [batch, time], before float32 [2, batch, 4] but got float32[2, 5]", message, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(() => network.Forward(Random(1, 2, 5)));
    }

    [Fact]
    public void Each_of_both_kinds_of_models_says_how_it_is_read()
    {
        ModelFolder.Save(folder.File("graph"), new SavedGraph("states", States()));
        ModelFolder.Save(folder.File("layers"), new SavedModel("layers", new Sequential([4], seed: 1, new Dense(2))));
        Assert.Contains("LoadGraph", Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("graph"))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidFileException>(() => ModelFolder.LoadGraph(folder.File("layers")));
        Assert.False(ModelFolder.HoldsGraph(folder.File("layers")));
        Assert.Equal("states", ModelFolder.NameOf(folder.File("graph")));
    }

    [Theory]
    [InlineData("\"float32\"", "\"float3\"", "expected a type of 'double' such as float32, got 'float3'")]
    [InlineData("\"time\"", "\"space\"", "expected outputs whose sizes are made of 'batch', 'time'")]
    [InlineData("\"state\"", "\"double\"", "expected outputs of different names")]
    [InlineData("4]", "5]", "expected outputs float32[2, 2], float32[2, 2, 4] as the graph has for some sizes")]
    [InlineData("\"schema\": 3", "\"schema\": 9", "got 9: a newer version of Nabla may read it")]
    public void A_description_that_does_not_fit_is_refused(string before, string after, string problem)
    {
        string path = folder.File("model");
        ModelFolder.Save(path, new SavedGraph("states", States()));
        string description = Path.Combine(path, "model.json");
        string text = File.ReadAllText(description);
        Assert.Contains(before, text, StringComparison.Ordinal);
        int place = text.IndexOf(before, StringComparison.Ordinal);
        File.WriteAllText(description, text[..place] + after + text[(place + before.Length)..], new UTF8Encoding(false));
        Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => ModelFolder.LoadGraph(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layer_of_a_graph_takes_sequences_of_any_length_up_to_its_limit()
    {
        Sequential network = new([12], seed: 1, new Embedding(20, 6), new Dense(3));
        GraphLayer layer = GraphLayer.Trace(network, DataType.Int32, GraphSize.UpTo("time", 12));
        Sequential around = new([12], seed: 0, layer);
        ModelFolder.Save(folder.File("tokens"), new SavedModel("tokens", around) { Task = PredictionTask.Regression });
        Sequential read = ModelFolder.Load(folder.File("tokens")).Network;
        foreach (int time in new[] { 12, 5, 1 })
        {
            Tensor tokens = RandomKey.FromSeed(time).Integers([2, time], 0, 20, DataType.Int32);
            Assert.Equal(network.Forward(tokens).ToArray<float>(), read.Forward(tokens).ToArray<float>());
        }

        Assert.Throws<ArgumentException>(() => layer.Forward(Tensor.Zeros([2, 13], DataType.Int32)));
    }

    // Two states are moved on by what came.
    private static GraphNetwork States()
    {
        Sequential cell = new([4], seed: 2, new Dense(4, ActivationKind.Tanh));
        GraphInput[] inputs = [new("x", DataType.Float32, "batch", "time"), new("before", DataType.Float32, 2, "batch", 4)];
        return GraphNetwork.Trace(
            cell,
            given =>
            {
                Tensor mean = given[0].Mean([1], keepDimensions: true);
                Tensor first = cell.Forward(given[1].Slice(0, 0, 1).Reshape(-1, 4) + mean);
                Tensor second = cell.Forward(given[1].Slice(0, 1, 1).Reshape(-1, 4) + first);
                return [given[0] * 2, ShapeOps.Stack(0, first, second)];
            },
            inputs,
            ["double", "state"]);
    }

    private static Tensor Random(long seed, params int[] shape) => RandomKey.FromSeed(seed).Normal(shape);
}
