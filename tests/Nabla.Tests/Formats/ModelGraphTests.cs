using System.Text.Json.Nodes;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Tests.Formats;

/// <summary>What files with graphs from strangers may not do.</summary>
public sealed class ModelGraphTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"op": "Explode", "name": "n0", "inputs": ["input"]}""", "node 'n0' (Explode): expected one of the ops Reshape, BroadcastTo")]
    [InlineData("""{"op": "Relu", "name": "n0", "inputs": ["n1"]}""", "node 'n0' (Relu): expected an input, a parameter or an earlier node for it to read, got 'n1'")]
    [InlineData("""{"op": "Relu", "name": "n0", "inputs": ["n0"]}""", "got 'n0'")]
    [InlineData("""{"op": "Relu", "name": "input", "inputs": ["input"]}""", "expected names that differ, got 'input' twice")]
    [InlineData("""{"op": "Relu", "name": "n0", "inputs": ["input", "input"]}""", "node 'n0' (Relu): expected 1 inputs, got 2")]
    [InlineData("""{"op": "Relu", "name": "n0", "inputs": ["input"], "rate": 1}""", "expected the fields op, name, inputs, got 'rate'")]
    [InlineData("""{"op": "Relu", "name": "n0", "inputs": "input"}""", "expected 'inputs' to be a list of names")]
    [InlineData("""{"op": "Relu", "inputs": ["input"]}""", "expected each node to have a 'name'")]
    [InlineData("""{"op": "Softmax", "name": "n0", "inputs": ["input"], "axis": 2}""", "node 'n0' (Softmax): expected 'axis' to be an axis below 2, got 2")]
    [InlineData("""{"op": "Softmax", "name": "n0", "inputs": ["input"], "axis": -1}""", "got -1")]
    [InlineData("""{"op": "Sum", "name": "n0", "inputs": ["input"], "axes": [1, 0]}""", "expected 'axes' to be ascending axes below 2, each once")]
    [InlineData("""{"op": "Transpose", "name": "n0", "inputs": ["input"], "axes": [0, 0]}""", "each once")]
    [InlineData("""{"op": "Reshape", "name": "n0", "inputs": ["input"], "shape": [7]}""", "node 'n0' (Reshape): Reshape to [7] needs 7 elements")]
    [InlineData("""{"op": "Reshape", "name": "n0", "inputs": ["input"], "shape": ["time", 3]}""", "expected 'shape' to be a list of sizes")]
    [InlineData("""{"op": "Reshape", "name": "n0", "inputs": ["input"], "shape": ["3**batch"]}""", "expected a size such as 4*batch*time + 1, got '3**batch'")]
    [InlineData("""{"op": "BroadcastTo", "name": "n0", "inputs": ["input"], "shape": [2147483647, 2147483647, 2, 3]}""", "node 'n0' (BroadcastTo)")]
    [InlineData("""{"op": "BroadcastTo", "name": "n0", "inputs": ["input"], "shape": [300000000, 2, 3]}""", "expected tensors of at most 2147483647 bytes")]
    [InlineData("""{"op": "BroadcastTo", "name": "n0", "inputs": ["input"], "shape": ["9223372036854775807*batch", 2, 3]}""", "its sizes are too large")]
    [InlineData("""{"op": "Cast", "name": "n0", "inputs": ["input"], "type": "Int4"}""", "expected 'type' to be one of Float32")]
    [InlineData("""{"op": "OneHot", "name": "n0", "inputs": ["input"], "depth": -4, "type": "Float32"}""", "expected 'depth' to be a size, got -4")]
    [InlineData("""{"op": "Constant", "name": "n0", "inputs": [], "type": "float8", "value": 1}""", "expected 'type' to be a type of elements")]
    [InlineData("""{"op": "Constant", "name": "n0", "inputs": [], "type": "float32", "value": "one"}""", "node 'n0' (Constant)")]
    [InlineData("""{"op": "MaxPooling", "name": "n0", "inputs": ["input"], "size": [0, 1], "window": [1, 1, 0, 0, 0, 0, 1, 1]}""", "expected 'size' to be 2 whole numbers from 1 on")]
    [InlineData("""{"op": "MaxPooling", "name": "n0", "inputs": ["input"], "size": [1, 1], "window": [0, 1, 0, 0, 0, 0, 1, 1]}""", "strides and dilations from 1 on")]
    [InlineData("""{"op": "Attention", "name": "n0", "inputs": ["input", "input", "input"], "scale": 1, "lengths": true}""", "expected 4 inputs, got 3")]
    [InlineData("""{"op": "Recurrence", "name": "n0", "inputs": ["input", "input", "input", "input", "input"], "cell": "Lstm"}""", "node 'n0' (Recurrence)")]
    [InlineData("""{"op": "Scan", "name": "n0", "inputs": ["input"], "step": {"inputs": [], "nodes": [], "outputs": []}, "states": 0, "sequences": 1}""", "an output at least")]
    public void A_wrong_node_is_named(string node, string expected)
    {
        Save();
        Rewrite(graph => graph["nodes"] = new JsonArray(JsonNode.Parse(node)));
        Refuses("graph 'graph0'", expected);
    }

    [Theory]
    [InlineData("outputs", """["n9"]""", "for the outputs to read, got 'n9'")]
    [InlineData("outputs", "[]", "expected an output at least")]
    [InlineData("outputs", "[null]", "expected no null")]
    [InlineData("inputs", "[null]", "expected no null")]
    [InlineData("free", """[{"name": "batch"}, {"name": "batch"}]""", "open sizes of different names")]
    [InlineData("free", "[]", "expected sizes of inputs that are numbers or one of the open sizes")]
    [InlineData("inputs", """[{"name": "input", "type": "float99", "shape": ["batch", 3]}]""", "a type of elements")]
    [InlineData("inputs", """[{"name": "input", "type": "float32", "shape": ["2*batch", 3]}]""", "got '2*batch'")]
    [InlineData("parameters", """[{"name": "w", "type": "float32", "shape": [2147483647, 2147483647]}]""", "'w'")]
    [InlineData("nodes", "7", "graphs.graph0.nodes")]
    [InlineData("extra", "7", "got a field that is unknown, of another type")]
    public void A_wrong_graph_is_refused(string field, string value, string expected)
    {
        Save();
        Rewrite(graph => graph[field] = JsonNode.Parse(value));
        Refuses(expected);
    }

    [Fact]
    public void Graphs_and_layers_must_name_each_other()
    {
        Save();
        string text = File.ReadAllText(folder.File("model/graph.json"));
        folder.Write("model/graph.json", text.Replace("\"graph0\"", "\"graph7\"", StringComparison.Ordinal));
        Refuses("'graph7' in graph.json", "got graph0");
        folder.Write("model/graph.json", text.Replace("\"schema\":1", "\"schema\":9", StringComparison.Ordinal));
        Refuses("expected graphs of schema 1, got 9");
        File.Delete(folder.File("model/graph.json"));
        Refuses("to be one of none in graph.json");
    }

    [Fact]
    public void Layers_that_need_no_graph_have_no_file_for_it()
    {
        ModelFolder.Save(folder.File("plain"), new SavedModel("plain", new Sequential([3], seed: 1, new Dense(2))));
        Assert.False(File.Exists(folder.File("plain/graph.json")));
        File.Copy(folder.File("plain/model.json"), folder.File("kept.json"));
        Save();
        File.Copy(folder.File("model/graph.json"), folder.File("plain/graph.json"));
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("plain")));
        Assert.Contains("expected a GraphLayer for each graph in graph.json, got none for 'graph0'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_that_is_cut_or_changed_anywhere_is_read_or_refused()
    {
        Save();
        string model = folder.File("model");
        byte[] good = File.ReadAllBytes(folder.File("model/graph.json"));
        HostileInput.RandomCorruptionIsReadOrRefused(good, path =>
        {
            File.Copy(path, Path.Combine(model, "graph.json"), overwrite: true);
            ModelFolder.Load(model);
        });
    }

    private void Save() => ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential(
        [3], seed: 0, GraphLayer.Trace(new Sequential([3], seed: 1, new Dense(4, ActivationKind.Gelu), new Dense(2, ActivationKind.Softmax)), [3]))));

    private void Rewrite(Action<JsonNode> change)
    {
        JsonNode file = JsonNode.Parse(File.ReadAllText(folder.File("model/graph.json")))!;
        change(file["graphs"]!["graph0"]!);
        folder.Write("model/graph.json", file.ToJsonString());
    }

    private void Refuses(params string[] expected)
    {
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model")));
        Assert.All(expected, part => Assert.True(error.Message.Contains(part, StringComparison.Ordinal), error.Message));
    }
}
