using System.Text.Json;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Onnx.Protos;
using Nabla.Onnx.Tests;
using Nabla.TensorBoard;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class InspectFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Tensors_that_NumPy_wrote_are_listed_with_types_and_shapes()
    {
        string archive = Repository.PathOf("tests/Nabla.Tests/Formats/Numpy/packed.npz");
        string text = Cli.Run("inspect", archive).Succeeds().Output;
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", archive, "--json").Succeeds().Output).RootElement;
        Assert.Equal("npz", json.GetProperty("kind").GetString());
        IReadOnlyDictionary<string, Tensor> expected = Npz.Read(archive);
        Assert.Equal(expected.Keys, json.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()!));
        Assert.Equal(expected.Values.Sum(tensor => tensor.ElementCount), json.GetProperty("numbers").GetInt64());
        Assert.All(expected.Keys, name => Assert.Contains(name, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("w.safetensors", "bfloat16")]
    [InlineData("w.pt", "bfloat16")]
    [InlineData("w.npz", "float32")]
    public void Tensors_are_listed_by_the_header_alone_with_the_types_that_the_file_has(string name, string type)
    {
        string path = folder.File(name);
        KeyValuePair<string, Tensor>[] tensors = [new("a", Tensor.Ones([2, 3])), new("b.c", Tensor.Ones([4]))];
        Action write = Path.GetExtension(name) switch
        {
            ".pt" => () => TorchFile.Write(path, tensors, StoredType.BFloat16),
            ".npz" => () => Npz.Write(path, tensors),
            _ => () => Safetensors.Write(path, tensors, new SafetensorsOptions { Floats = StoredType.BFloat16 }),
        };
        write();
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", path, "--json").Succeeds().Output).RootElement;
        Assert.Equal(10, json.GetProperty("numbers").GetInt64());
        Assert.All(json.GetProperty("tensors").EnumerateArray(), tensor => Assert.Equal(type, tensor.GetProperty("type").GetString()));
        Assert.Equal(["a", "b.c"], json.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()!));
    }

    [Fact]
    public void Files_behind_an_index_are_listed_together()
    {
        TorchFile.Write(folder.File("one.bin"), [new("a", Tensor.Ones([2, 3]))]);
        TorchFile.Write(folder.File("two.bin"), [new("b", Tensor.Ones([4]))]);
        string index = folder.Write("pytorch_model.bin.index.json", """{"weight_map": {"b": "two.bin", "a": "one.bin"}}""");
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", index, "--json").Succeeds().Output).RootElement;
        Assert.Equal(["b", "a"], json.GetProperty("tensors").EnumerateArray().Select(tensor => tensor.GetProperty("name").GetString()!));
        Cli.Run("inspect", folder.Write("x.bin.index.json", """{"weight_map": {"a": "../one.bin"}}""")).FailsWith("expected a file beside the index, got '../one.bin'");
    }

    [Fact]
    public void What_stands_in_a_file_does_not_command_the_terminal()
    {
        Safetensors.Write(folder.File("w.safetensors"), [new("a\u001b[2Jb", Tensor.From(1f))]);
        string text = Cli.Run("inspect", folder.File("w.safetensors")).Succeeds().Output;
        Assert.Contains("a [2Jb", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[2J", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_array_is_listed_under_the_name_of_its_file()
    {
        string text = Cli.Run("inspect", Repository.PathOf("tests/Nabla.Tests/Formats/Numpy/f4_2x3.npy")).Succeeds().Output;
        Assert.Contains("f4_2x3", text, StringComparison.Ordinal);
        Assert.Contains("float32", text, StringComparison.Ordinal);
        Assert.Contains("[2, 3]", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_are_those_of_the_file_where_reading_would_widen_them()
    {
        Assert.Equal("int16", TypesOf(Repository.PathOf("tests/Nabla.Tests/Formats/Torch/stream.pt"))["int16"]);
        Assert.Equal("bfloat16", TypesOf(Repository.PathOf("tests/Nabla.Tests/Formats/Torch/stream.pt"))["bfloat16"]);
    }

    [Fact]
    public void A_long_path_stands_whole_above_a_narrow_table()
    {
        string name = $"{new string('n', 100)}.npy";
        Npy.Write(folder.File(name), Tensor.Ones([2]));
        Outcome outcome = Cli.Run("inspect", folder.File(name)).Succeeds();
        Assert.Equal(folder.File(name), outcome.Lines[0]);
        Assert.Contains("1 tensor ", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_file_that_PyTorch_s_writer_wrote_is_listed_by_tag()
    {
        string file = Repository.PathOf("tests/Nabla.TensorBoard.Tests/Files/torchsharp.tfevents");
        string text = Cli.Run("inspect", file).Succeeds().Output;
        EventFile expected = EventFile.Load(file);
        Assert.All(expected.Events.Select(logged => logged.Tag), tag => Assert.Contains(tag, text, StringComparison.Ordinal));
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", file, "--json").Succeeds().Output).RootElement;
        Assert.Equal("tensorboard", json.GetProperty("kind").GetString());
        Assert.Equal(expected.Events.Count, json.GetProperty("tags").EnumerateArray().Sum(tag => tag.GetProperty("events").GetInt32()));
        JsonElement scalar = json.GetProperty("tags").EnumerateArray().First(tag => tag.GetProperty("kind").GetString() == "scalar");
        LoggedEvent last = expected.Events.Last(logged => logged.Tag == scalar.GetProperty("tag").GetString());
        Assert.Equal(((LoggedScalar)last.Value).Value, scalar.GetProperty("last").GetDouble());
        Assert.Equal(last.Step, scalar.GetProperty("lastStep").GetInt64());
    }

    [Fact]
    public void An_event_file_whose_writer_goes_on_is_told_and_a_damaged_one_refused()
    {
        byte[] bytes = File.ReadAllBytes(Repository.PathOf("tests/Nabla.TensorBoard.Tests/Files/torchsharp.tfevents"));
        Assert.Contains("not whole", Cli.Run("inspect", folder.Write("cut.tfevents", bytes[..^3])).Succeeds().Output, StringComparison.Ordinal);
        bytes[20] ^= 1;
        Cli.Run("inspect", folder.Write("bad.tfevents", bytes)).FailsWith("bad.tfevents", "checksum", "at byte");
    }

    [Fact]
    public void A_model_is_described_for_machines()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([4], seed: 1, new Dense(2, ActivationKind.Softmax))) { Labels = ["no", "yes"] });
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", folder.File("model"), "--json").Succeeds().Output).RootElement;
        Assert.Equal("small", json.GetProperty("name").GetString());
        Assert.Equal(["no", "yes"], json.GetProperty("labels").EnumerateArray().Select(label => label.GetString()!));
        Assert.Equal(10, json.GetProperty("parameters").GetInt64());
        Assert.Equal([4], json.GetProperty("inputs")[0].GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));
        Assert.Equal("Dense", json.GetProperty("layers")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public void An_ONNX_file_tells_its_operators_and_which_of_them_run()
    {
        NodeProto strange = Models.Node("Strange", ["h"], ["y"]);
        strange.Domain = "com.example";
        string file = folder.Write("net.onnx", Models.Of(
            13, ["x"], ["y"], [Models.Node("Relu", ["x"], ["r"]), Models.Node("Add", ["r", "w"], ["h"]), strange], Models.Weight("w", [1, 2], 2)));
        string text = Cli.Run("inspect", file).Succeeds().Output;
        Assert.Contains("no: Strange is missing", text, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", file, "--json").Succeeds().Output).RootElement;
        Assert.Equal(13, json.GetProperty("opsets").GetProperty("ai.onnx").GetInt32());
        Assert.False(json.GetProperty("runs").GetBoolean());
        Assert.Equal(
            ["ai.onnx Add True", "ai.onnx Relu True", "com.example Strange False"],
            json.GetProperty("operators").EnumerateArray()
                .Select(row => $"{row.GetProperty("domain").GetString()} {row.GetProperty("name").GetString()} {row.GetProperty("runs").GetBoolean()}"));
        Assert.Equal(["x"], json.GetProperty("inputs").EnumerateArray().Select(value => value.GetProperty("name").GetString()!));
    }

    [Fact]
    public void What_is_of_no_kind_or_damaged_is_one_error()
    {
        Cli.Run("inspect", folder.Write("notes.txt", "hello")).FailsWith("notes.txt", "safetensors", "ONNX", "PyTorch");
        Cli.Run("inspect", folder.File("no.safetensors")).FailsWith("no.safetensors: no such file");
        Cli.Run("inspect", folder.Write("bad.safetensors", "hello")).FailsWith("bad.safetensors", "at byte");
        Cli.Run("inspect", folder.Write("bad.onnx", "hello")).FailsWith("bad.onnx", "expected an ONNX model");
        Cli.Run("inspect", folder.Write("bad.pt", "hello")).FailsWith("bad.pt");
    }

    private static Dictionary<string, string> TypesOf(string file) =>
        JsonDocument.Parse(Cli.Run("inspect", file, "--json").Succeeds().Output).RootElement.GetProperty("tensors").EnumerateArray()
            .ToDictionary(tensor => tensor.GetProperty("name").GetString()!, tensor => tensor.GetProperty("type").GetString()!);
}
