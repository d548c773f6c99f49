using System.IO.Compression;
using System.Text;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Tests.Formats;

public sealed class ModelFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model")]
    [InlineData("model.nabla")]
    public void A_saved_model_comes_back_with_all_it_says(string name)
    {
        SavedModel saved = Shapes();
        ModelFolder.Save(folder.File(name), saved);
        SavedModel loaded = ModelFolder.Load(folder.File(name));
        Assert.Equal("shapes 形状", loaded.Name);
        Assert.Equal(["circle", "square"], loaded.Labels);
        Assert.Equal(saved.Preprocessing, loaded.Preprocessing);
        Assert.Equal(saved.Signature.Inputs, loaded.Signature.Inputs);
        Assert.Equal(saved.Signature.Outputs, loaded.Signature.Outputs);
        Assert.Equal("train images", loaded.Training!.Recipe);
        Assert.Equal(0.5, loaded.Training.Metrics["test_accuracy"]);
        Assert.Equal("CC BY 4.0", loaded.Licence);
        Tensor input = Tensor.Ones([2, 4, 4, 3]);
        Assert.Equal(saved.Network.Forward(input).ToArray<float>(), loaded.Network.Forward(input).ToArray<float>());
    }

    [Theory]
    [InlineData("model")]
    [InlineData("model.nabla")]
    public void An_outline_says_what_a_model_is_and_its_parameters_share_memory(string name)
    {
        Sequential network = new([8], seed: 5, new Dense(8), new Dense(8), new Dense(2));
        ModelFolder.Save(folder.File(name), new SavedModel("deep", network) { Labels = ["no", "yes"] });
        SavedModel outline = ModelFolder.Outline(folder.File(name));
        Assert.Equal(["no", "yes"], outline.Labels);
        Assert.Equal(network.State().Select(pair => (pair.Key, pair.Value.Type)), outline.Network.State().Select(pair => (pair.Key, pair.Value.Type)));
        Assert.Same(outline.Network.State()["0.kernel"].Storage, outline.Network.State()["1.kernel"].Storage);
        Assert.All(outline.Network.State().Values, tensor => Assert.DoesNotContain(tensor.ToArray<float>(), value => value != 0));
    }

    [Fact]
    public void An_outline_finds_weights_that_are_cut_or_go_on_or_are_of_another_network()
    {
        Sequential network = new([3], seed: 5, new Dense(4));
        ModelFolder.Save(folder.File("model"), new SavedModel("model", network));
        string weights = folder.File("model/weights.safetensors");
        byte[] bytes = File.ReadAllBytes(weights);
        string Problem(Action spoil)
        {
            spoil();
            return Assert.Throws<InvalidFileException>(() => ModelFolder.Outline(folder.File("model"))).Message;
        }

        Assert.Contains($"got only 63 at byte {bytes.Length - 1}", Problem(() => File.WriteAllBytes(weights, bytes[..^1])), StringComparison.Ordinal);
        Assert.Contains($"got more at byte {bytes.Length}", Problem(() => File.WriteAllBytes(weights, [.. bytes, 0])), StringComparison.Ordinal);
        Assert.Contains("expected tensor '0.bias' of float32 [4], got none", Problem(() => Safetensors.Write(weights, network.State().Take(1))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_float64_comes_back_as_one()
    {
        Sequential network = new([3], seed: 5, new Dense(4, ActivationKind.Tanh), new BatchNorm(), new Dense(2));
        network.ConvertTo(DataType.Float64);
        ModelFolder.Save(folder.File("wide"), new SavedModel("wide", network));
        SavedModel loaded = ModelFolder.Load(folder.File("wide"));
        Assert.Equal((DataType.Float64, DataType.Float64), (loaded.Signature.Inputs[0].Type, loaded.Signature.Outputs[0].Type));
        Tensor input = RandomKey.FromSeed(6).Normal([5, 3], dataType: DataType.Float64);
        Assert.Equal(network.Forward(input).ToArray<double>(), loaded.Network.Forward(input).ToArray<double>());
    }

    [Fact]
    public void Weights_of_two_floating_point_types_are_refused()
    {
        Sequential network = new([3], seed: 5, new Dense(4));
        ModelFolder.Save(folder.File("mixed"), new SavedModel("mixed", network));
        string weights = Path.Combine(folder.File("mixed"), "weights.safetensors");
        Safetensors.Write(weights, network.State().Select(pair => KeyValuePair.Create(pair.Key, pair.Key == "0.bias" ? pair.Value.To(DataType.Float64) : pair.Value)));
        Assert.Contains("expected tensor '0.bias' of float32", Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("mixed"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("model.nabla")]
    public void A_model_replaces_an_older_one_and_leaves_nothing_beside(string name)
    {
        ModelFolder.Save(folder.File(name), Shapes());
        ModelFolder.Save(folder.File(name), Shapes() with { Name = "second" });
        Assert.Equal("second", ModelFolder.Load(folder.File(name)).Name);
        Assert.Equal([folder.File(name)], Directory.GetFileSystemEntries(folder.ToString()));
    }

    [Fact]
    public void Equal_models_make_equal_archives()
    {
        ModelFolder.Save(folder.File("a.nabla"), Shapes());
        ModelFolder.Save(folder.File("b.nabla"), Shapes());
        Assert.Equal(File.ReadAllBytes(folder.File("a.nabla")), File.ReadAllBytes(folder.File("b.nabla")));
    }

    [Fact]
    public void A_folder_with_other_files_is_not_replaced()
    {
        folder.Write("home/thesis.txt", "years of work");
        IOException error = Assert.Throws<IOException>(() => ModelFolder.Save(folder.File("home"), Shapes()));
        Assert.Contains("thesis.txt", error.Message, StringComparison.Ordinal);
        Assert.Equal("years of work", File.ReadAllText(folder.File("home/thesis.txt")));
    }

    [Fact]
    public void A_model_of_the_first_schema_is_still_read()
    {
        Sequential network = new([2], seed: 3, new Dense(2, ActivationKind.Softmax));
        Directory.CreateDirectory(folder.File("old"));
        Safetensors.Write(folder.File("old/weights.safetensors"), network.NamedParameters.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Value)));
        folder.Write("old/model.json", """
            {"schema": 1, "name": "old", "labels": ["no", "yes"], "inputShape": [2], "layers": [{"kind": "Dense", "units": 2, "activation": "Softmax"}]}
            """);
        SavedModel model = ModelFolder.Load(folder.File("old"));
        Assert.Equal(["no", "yes"], model.Labels);
        Assert.Equal(network.Forward(Tensor.Ones([1, 2])).ToArray<float>(), model.Network.Forward(Tensor.Ones([1, 2])).ToArray<float>());
    }

    [Theory]
    [InlineData("\"schema\": 2", "\"schema\": 7", "expected a model of schema 1 to 3, got 7")]
    [InlineData("\"name\"", "\"nome\"", "$.nome")]
    [InlineData("\"seed\"", "\"sead\"", "$.training.sead")]
    [InlineData("\"circle\"", "\"square\"", "got one twice")]
    [InlineData("\"circle\",", "", "expected a label for each output")]
    [InlineData("\"Dense\"", "\"Tense\"", "'Tense'")]
    [InlineData("\"width\": 4", "\"width\": 5", "expected preprocessing that gives the network's input [4, 4, 3], got [4, 5, 3]")]
    [InlineData("\"divisor\": 255", "\"divisor\": 0", "a positive divisor")]
    [InlineData("\"float32\"", "\"float31\"", "float31")]
    [InlineData("\"licence\":", "\"licence\"", "at line")]
    public void A_wrong_description_is_refused_with_what_is_wrong(string right, string wrong, string expected)
    {
        ModelFolder.Save(folder.File("model"), Shapes());
        string path = folder.File("model/model.json");
        string json = File.ReadAllText(path);
        Assert.Contains(right, json, StringComparison.Ordinal);
        int place = json.IndexOf(right, StringComparison.Ordinal);
        File.WriteAllText(path, string.Concat(json.AsSpan(0, place), wrong, json.AsSpan(place + right.Length)));
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model")));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_another_network_are_refused()
    {
        ModelFolder.Save(folder.File("model"), Shapes());
        Safetensors.Write(folder.File("model/weights.safetensors"), [KeyValuePair.Create("1.kernel", Tensor.Ones([48, 3])), KeyValuePair.Create("1.bias", Tensor.Ones([2]))]);
        string message = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model"))).Message;
        Assert.EndsWith("weights.safetensors: expected tensor '1.kernel' of float32 [48, 2], got float32 [48, 3]", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[1]""", """{"kind": "Dense", "units": 16777216}""", "expected tensor '0.kernel' of float32 [1, 16777216], got none")]
    [InlineData("""[100]""", """{"kind": "Dense", "units": 16777216}""", "expected tensor '0.kernel' of float32 [100, 16777216], got none")]
    [InlineData("""[16777216]""", """{"kind": "Dense", "units": 16777216}""", "")]
    [InlineData("""[8]""", """{"kind": "Embedding", "vocabularySize": 16777216, "size": 100}""", "expected tensor '0.embeddings'")]
    [InlineData("""[9, 9, 3]""", """{"kind": "Conv2D", "filters": 1000000, "kernelSize": 9}""", "expected tensor '0.kernel' of float32 [9, 9, 3, 1000000]")]
    [InlineData("""[9, 2000000000]""", """{"kind": "BatchNorm", "momentum": 0.9, "epsilon": 0.001, "useScale": false, "useBias": false}""", "")]
    [InlineData("""[2000000000]""", """{"kind": "BatchNorm", "momentum": 0.9, "epsilon": 0.001, "useScale": false, "useBias": false}""", "expected tensor '0.mean'")]
    [InlineData("""[2000000000]""", """{"kind": "Chain", "layers": [{"kind": "LayerNorm", "epsilon": 0.001}]}""", "expected tensor '0.0.scale'")]
    public void Layers_larger_than_the_stored_weights_are_refused_before_memory_is_taken(string inputShape, string layer, string expected)
    {
        Safetensors.Write(folder.File("weights.safetensors"), []);
        folder.Write("model.json", $$$"""{"schema": 2, "name": "huge", "architecture": {"inputShape": {{{inputShape}}}, "layers": [{{{layer}}}]}}""");
        long before = GC.GetAllocatedBytesForCurrentThread();
        string message = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.ToString())).Message;
        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void A_missing_model_or_file_is_named()
    {
        Assert.Contains("nowhere: no such file or folder", Assert.Throws<FileNotFoundException>(() => ModelFolder.Load(folder.File("nowhere"))).Message, StringComparison.Ordinal);
        folder.Write("half/model.json", "{}");
        Assert.Contains("schema", Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("half"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_cut_short_anywhere_is_refused()
    {
        ModelFolder.Save(folder.File("model.nabla"), Shapes());
        byte[] good = File.ReadAllBytes(folder.File("model.nabla"));
        HostileInput.EveryTruncationIsRefused(good, path => ModelFolder.Load(path));
    }

    [Fact]
    public void A_changed_archive_or_description_is_read_or_refused()
    {
        ModelFolder.Save(folder.File("model.nabla"), Shapes());
        HostileInput.RandomCorruptionIsReadOrRefused(File.ReadAllBytes(folder.File("model.nabla")), path => ModelFolder.Load(path));
        ModelFolder.Save(folder.File("model"), Shapes());
        HostileInput.RandomCorruptionIsReadOrRefused(File.ReadAllBytes(folder.File("model/model.json")), path =>
        {
            File.Copy(path, folder.File("model/model.json"), overwrite: true);
            ModelFolder.Load(folder.File("model"));
        });
    }

    [Theory]
    [InlineData("../model.json")]
    [InlineData("/etc/model.json")]
    [InlineData("readme.txt")]
    public void An_archive_with_other_entries_is_refused(string name)
    {
        Zip(name, "{}"u8.ToArray());
        string message = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("bad.nabla"))).Message;
        Assert.Contains($"got '{name}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_that_unpacks_to_far_more_than_it_holds_is_refused()
    {
        Zip("weights.safetensors", new byte[10_000_000]);
        string message = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("bad.nabla"))).Message;
        Assert.Contains("packed 100 to 1 at most", message, StringComparison.Ordinal);
    }

    private static SavedModel Shapes()
    {
        Sequential network = new([4, 4, 3], seed: 1, new Flatten(), new Dense(2, ActivationKind.Softmax));
        return new SavedModel("shapes 形状", network)
        {
            Labels = ["circle", "square"],
            Signature = ModelSignature.Of(network, "image", "probabilities"),
            Preprocessing = new ModelPreprocessing(new ImagePreprocessing { Height = 4, Width = 4, Channels = 3 }),
            Training = new TrainingRecord { Recipe = "train images", Seed = 5, Epochs = 2, Metrics = new Dictionary<string, double> { ["test_accuracy"] = 0.5 } },
            Licence = "CC BY 4.0",
        };
    }

    private void Zip(string name, byte[] content)
    {
        using ZipArchive archive = ZipFile.Open(folder.File("bad.nabla"), ZipArchiveMode.Create, Encoding.UTF8);
        using Stream entry = archive.CreateEntry(name).Open();
        entry.Write(content);
    }
}
