using System.Text.Json;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class WeightFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("safetensors")]
    [InlineData("safetensors-index", "safetensors.index.json")]
    [InlineData("npz")]
    [InlineData("pytorch", "pt")]
    public void Weights_that_were_exported_come_back_to_the_bit(string format, string? ending = null)
    {
        Sequential network = new([6, 6, 2], seed: 1, new Conv2D(3, 3), new BatchNorm(), new Flatten(), new Dense(2) { Name = "head" });
        ModelFolder.Save(folder.File("model"), new SavedModel("small", network));
        ModelFolder.Save(folder.File("other"), new SavedModel("small", new Sequential([6, 6, 2], seed: 2, [.. network.Layers.Select(Again)])));
        string file = folder.File($"weights.{ending ?? format}");
        Assert.Contains(file, Cli.Run("export", folder.File("model"), "--to", format, "--out", file).Succeeds().Output, StringComparison.Ordinal);
        Cli.Run("import", file, "--architecture", folder.File("other"), "--out", folder.File("back"), "--name", "again").Succeeds();
        SavedModel back = ModelFolder.Load(folder.File("back"));
        Assert.Equal("again", back.Name);
        Assert.Equal(File.ReadAllBytes(folder.File("model/weights.safetensors")), File.ReadAllBytes(folder.File("back/weights.safetensors")));
    }

    [Fact]
    public void PyTorch_takes_exported_weights_and_computes_the_same()
    {
        Assert.SkipUnless(Python.HasTorch, $"{Python.Path} has no torch: apt-get install python3-torch.");
        RandomKey key = RandomKey.FromSeed(3);
        Sequential network = new(
            [6, 5, 2], seed: 1, new Conv2D(3, 3) { Name = "conv" }, new BatchNorm { Name = "norm" }, new DepthwiseConv2D(2) { Name = "depth" },
            new Flatten(), new Dense(4) { Name = "head" });
        ModelFolder.Save(folder.File("model"), new SavedModel("small", network));
        Tensor images = key.Normal([2, 6, 5, 2]);
        Cli.Run("export", folder.File("model"), "--to", "pytorch", "--out", folder.File("weights.pt")).Succeeds();
        Npz.Write(folder.File("case.npz"), [new("images", images), new("outputs", network.Forward(images))]);
        (int code, string output) = Python.Run(Repository.PathOf("tests/Nabla.Cli.Tests/check_torch.py"), folder.ToString());
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Weights_of_a_GGUF_file_are_inspected_and_taken()
    {
        string file = Repository.PathOf("tests/Nabla.Tests/Formats/Gguf/version3.gguf");
        string text = Cli.Run("inspect", file).Succeeds().Output;
        Assert.Contains("general.architecture", text, StringComparison.Ordinal);
        Assert.Contains("llama", text, StringComparison.Ordinal);
        Assert.Contains("Q4_0", text, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(Cli.Run("inspect", file, "--json").Succeeds().Output).RootElement;
        Assert.Equal("gguf", json.GetProperty("kind").GetString());
        Assert.Equal("[<s>, ▁a, b]", json.GetProperty("metadata").GetProperty("tokenizer.ggml.tokens").GetString());
        Assert.Equal("blk.0.attn_k.weight", json.GetProperty("tensors")[2].GetProperty("name").GetString());
        Assert.Equal([3, 64], json.GetProperty("tensors")[2].GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()));

        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([64], seed: 1, new Dense(3) { Name = "k" })));
        folder.Write("map.json", """{ "k": "blk.0.attn_k" }""");
        Cli.Run("import", file, "--architecture", folder.File("model"), "--map", folder.File("map.json"), "--partial", "--out", folder.File("back")).Succeeds();
        float[] expected = GgufFile.ReadAll(file)["blk.0.attn_k.weight"].Transpose(1, 0).ToArray<float>();
        Assert.Equal(expected, ModelFolder.Load(folder.File("back")).Network.State()["k.kernel"].ToArray<float>());
    }

    [Fact]
    public void Several_safetensors_files_are_written_behind_an_index_alone()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([3], seed: 1, new Dense(2))));
        Cli.Run("export", folder.File("model"), "--to", "safetensors-index", "--out", folder.File("weights.safetensors"))
            .FailsWith("--out must end with .safetensors.index.json");
    }

    // What PyTorch computes, by the definitions in its documentation of Conv2d, Flatten and Linear.
    [Fact]
    public void A_convolution_and_a_linear_layer_in_the_layout_of_PyTorch_give_what_its_definitions_give()
    {
        RandomKey key = RandomKey.FromSeed(5);
        (Tensor kernel, Tensor bias) = (key.Fold(0).Normal([3, 2, 2, 2]), key.Fold(1).Normal([3]));
        (Tensor weight, Tensor offset) = (key.Fold(2).Normal([4, 3 * 2 * 3]), key.Fold(3).Normal([4]));
        Safetensors.Write(folder.File("torch.safetensors"), [
            new("features.0.weight", kernel), new("features.0.bias", bias), new("head.weight", weight), new("head.bias", offset)]);
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([3, 4, 2], seed: 1, new Conv2D(3, 2), new Flatten(), new Dropout(0.5), new Dense(4) { Name = "head" })));
        folder.Write("map.json", """{ "0": "features.0" }""");
        Cli.Run("import", folder.File("torch.safetensors"), "--architecture", folder.File("model"), "--map", folder.File("map.json"), "--out", folder.File("back")).Succeeds();
        Tensor image = key.Fold(4).Normal([1, 3, 4, 2]);
        float[] outputs = ModelFolder.Load(folder.File("back")).Network.Forward(image).ToArray<float>();
        float[] expected = Linear(weight, offset, Convolved(kernel, bias, image));
        Assert.All(expected.Zip(outputs), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
    }

    [Fact]
    public void A_recurrent_layer_takes_both_biases_of_PyTorch()
    {
        RandomKey key = RandomKey.FromSeed(6);
        Tensor[] biases = [key.Fold(0).Normal([8]), key.Fold(1).Normal([8])];
        (Tensor input, Tensor recurrent) = (key.Fold(2).Normal([8, 3]), key.Fold(3).Normal([8, 2]));
        Safetensors.Write(folder.File("lstm.safetensors"), [
            new("0.weight_ih_l0", input), new("0.weight_hh_l0", recurrent), new("0.bias_ih_l0", biases[0]), new("0.bias_hh_l0", biases[1])]);
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([5, 3], seed: 1, new Lstm(2))));
        Cli.Run("import", folder.File("lstm.safetensors"), "--architecture", folder.File("model"), "--out", folder.File("back")).Succeeds();
        IReadOnlyDictionary<string, Tensor> state = ModelFolder.Load(folder.File("back")).Network.State();
        Assert.Equal(biases[0].ToArray<float>().Zip(biases[1].ToArray<float>(), (a, b) => a + b), state["0.bias"].ToArray<float>());
        Assert.Equal(input.ToArray<float>()[1 * 3 + 2], state["0.kernel"].ToArray<float>()[2 * 8 + 1]);
        Assert.Equal(recurrent.ToArray<float>()[7 * 2 + 1], state["0.recurrentKernel"].ToArray<float>()[1 * 8 + 7]);
    }

    [Fact]
    public void What_is_missing_left_or_of_another_shape_is_listed_and_nothing_is_written()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([3], seed: 1, new Dense(2), new Dense(2))));
        string file = folder.File("weights.safetensors");
        Safetensors.Write(file, [new("0.weight", Tensor.Zeros([2, 3])), new("0.bias", Tensor.Zeros([2])), new("extra.weight", Tensor.Zeros([1]))]);
        string[] import = ["import", file, "--architecture", folder.File("model"), "--out", folder.File("back")];
        Cli.Run(import).FailsWith("2 without a tensor: 1.kernel, 1.bias", "1 left in the file: extra.weight", "--map", "--partial");
        Assert.False(Directory.Exists(folder.File("back")));
        string notes = Cli.Run([.. import, "--partial"]).Succeeds().Output;
        Assert.Contains("2 of 4 parameters", notes, StringComparison.Ordinal);
        Assert.Contains("2 kept as they were: 1.kernel, 1.bias", notes, StringComparison.Ordinal);
        Safetensors.Write(file, [new("0.weight", Tensor.Zeros([3, 5])), new("0.bias", Tensor.Zeros([2]))]);
        Cli.Run([.. import, "--partial"]).FailsWith("'0.kernel' is float32[3, 2] but '0.weight' is float32[3, 5]");
        Cli.Run("import", file, "--out", folder.File("back")).FailsWith("holds weights alone", "--architecture");
        Cli.Run([.. import, "--map", folder.Write("map.json", """{ "9.kernel": "a" }""")]).FailsWith("--map names '9.kernel'", "0.kernel");
        Cli.Run([.. import, "--map", folder.Write("map.json", "[1]")]).FailsWith("map.json: expected a JSON object");
    }

    [Fact]
    public void Formats_that_do_not_exist_list_those_that_do()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("small", new Sequential([3], seed: 1, new Dense(2))));
        Cli.Run("export", folder.File("model"), "--to", "magic", "--out", folder.File("x")).FailsWith("'magic'", "safetensors", "npz");
    }

    private static Layer Again(Layer layer) => layer switch
    {
        Conv2D => new Conv2D(3, 3),
        BatchNorm => new BatchNorm(),
        Flatten => new Flatten(),
        _ => new Dense(2) { Name = "head" },
    };

    // [outputs, inputs, height, width] over an image [1, height, width, channels]; the result in the order of channels, rows, columns.
    private static float[] Convolved(Tensor kernel, Tensor bias, Tensor image)
    {
        (float[] k, float[] b, float[] x) = (kernel.ToArray<float>(), bias.ToArray<float>(), image.ToArray<float>());
        List<float> results = [];
        foreach ((int o, int row, int column) in from o in Enumerable.Range(0, 3) from row in Enumerable.Range(0, 2) from column in Enumerable.Range(0, 3) select (o, row, column))
        {
            double sum = b[o];
            foreach ((int i, int dy, int dx) in from i in Enumerable.Range(0, 2) from dy in Enumerable.Range(0, 2) from dx in Enumerable.Range(0, 2) select (i, dy, dx))
            {
                sum += k[(((((o * 2) + i) * 2) + dy) * 2) + dx] * x[((((row + dy) * 4) + column + dx) * 2) + i];
            }

            results.Add((float)sum);
        }

        return [.. results];
    }

    private static float[] Linear(Tensor weight, Tensor bias, float[] x)
    {
        (float[] w, float[] b) = (weight.ToArray<float>(), bias.ToArray<float>());
        return [.. b.Select((offset, row) => offset + x.Select((value, column) => value * w[(row * x.Length) + column]).Sum())];
    }
}
