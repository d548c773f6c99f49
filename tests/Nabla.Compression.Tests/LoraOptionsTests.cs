using System.Text.Json;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Compression.Tests;

public sealed class LoraOptionsTests
{
    private static readonly Tensor Input = RandomKey.FromSeed(3).Normal([6, 5]);

    // Alpha over the root of the rank, in plain loops.
    [Fact]
    public void Stabilised_updates_count_by_the_root_of_the_rank()
    {
        using TemporaryFolder folder = new();
        Sequential network = Network();
        AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 2, Alpha = 3, StabilizesRank = true, Targets = ["2.kernel"] });
        Train(network);
        Parameter parameter = Find(network, "2.kernel");
        float[] original = parameter.Original.ToArray<float>();
        float[] down = Values(network, "2.kernel_lora_down");
        float[] up = Values(network, "2.kernel_lora_up");
        float[] weight = parameter.Value.ToArray<float>();
        for (int index = 0; index < weight.Length; index++)
        {
            (int row, int column) = (index / 3, index % 3);
            double product = (down[row * 2] * up[column]) + (down[(row * 2) + 1] * up[3 + column]);
            Assert.Equal(original[index] + (3 / Math.Sqrt(2) * product), weight[index], 1e-5);
        }

        JsonElement configuration = Saved(adapters, folder);
        Assert.True(configuration.GetProperty("use_rslora").GetBoolean());
        Assert.Equal(3, configuration.GetProperty("lora_alpha").GetDouble());
        Sequential other = Network();
        AdapterSet.Load(folder.File("adapter"), other);
        Assert.Equal(network.Forward(Input).ToArray<float>(), other.Forward(Input).ToArray<float>());
    }

    // The largest singular value by power iteration.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_principal_update_begins_as_the_largest_singular_value(bool stabilizes)
    {
        Sequential network = Network();
        Tensor before = network.Forward(Input);
        LoraOptions options = new() { Rank = 1, Alpha = 4, BeginsAsPrincipal = true, StabilizesRank = stabilizes, Targets = ["0.kernel"] };
        AdapterSet.AddLora(network, options);
        float[] kernel = Find(network, "0.kernel").Original.ToArray<float>();
        double[] right = [1, 1, 1, 1];
        double[] left = new double[5];
        for (int step = 0; step < 1000; step++)
        {
            left = [.. Enumerable.Range(0, 5).Select(row => Enumerable.Range(0, 4).Sum(column => kernel[(row * 4) + column] * right[column]))];
            right = [.. Enumerable.Range(0, 4).Select(column => Enumerable.Range(0, 5).Sum(row => kernel[(row * 4) + column] * left[row]))];
            double length = Math.Sqrt(right.Sum(value => value * value));
            right = [.. right.Select(value => value / length)];
        }

        float[] down = Values(network, "0.kernel_lora_down");
        float[] up = Values(network, "0.kernel_lora_up");
        for (int index = 0; index < kernel.Length; index++)
        {
            (int row, int column) = (index / 4, index % 4);
            double value = Enumerable.Range(0, 4).Sum(other => kernel[(row * 4) + other] * right[other]) * right[column];
            Assert.Equal(value, 4.0 * down[row] * up[column], 1e-5);
        }

        Assert.InRange(Difference(before, network.Forward(Input)), 0, 1e-6);
    }

    [Theory]
    [InlineData(1, false, false)]
    [InlineData(1, true, false)]
    [InlineData(1, false, true)]
    [InlineData(3, false, false)]
    public void A_principal_update_is_saved_as_one_of_twice_the_rank(int rank, bool stabilizes, bool decomposes)
    {
        using TemporaryFolder folder = new();
        Sequential network = Network();
        LoraOptions options = new() { Rank = rank, Alpha = 4, BeginsAsPrincipal = true, StabilizesRank = stabilizes, DecomposesWeights = decomposes };
        AdapterSet adapters = AdapterSet.AddLora(network, options);
        Train(network);
        Assert.Equal(2 * rank, Saved(adapters, folder).GetProperty("r").GetInt32());
        Sequential other = Network();
        AdapterSet.Load(folder.File("adapter"), other);
        Assert.InRange(Difference(network.Forward(Input), other.Forward(Input)), 0, 1e-5);
        adapters.Merge();
        Assert.InRange(Difference(network.Forward(Input), other.Forward(Input)), 0, 1e-5);
    }

    [Fact]
    public void The_second_matrix_learns_faster_by_the_ratio()
    {
        float[] usual = Step([]);
        float[] faster = Step(AdapterSet.LoraPlus(16));
        Assert.Contains(usual, value => Math.Abs(value) > 1e-4);
        Assert.All(Enumerable.Range(0, usual.Length), index => Assert.Equal(16 * usual[index], faster[index], 1e-5));

        static float[] Step(IReadOnlyList<ParameterGroup> groups)
        {
            Sequential network = Network();
            AdapterSet.AddLora(network, new LoraOptions { Rank = 2 });
            Train(network, new Sgd(0.01) { Groups = groups }, epochs: 1, batch: 6);
            return Values(network, "2.kernel_lora_up");
        }
    }

    [Fact]
    public void What_is_trained_as_it_is_comes_back_as_it_was()
    {
        Sequential network = Network();
        IReadOnlyDictionary<string, Tensor> before = network.State();
        AdapterSet adapters = AdapterSet.AddLora(network, Also);
        Assert.Equal((5 + 4) + (4 + 4) + ((4 * 3) + 3), adapters.TrainableCount);
        Train(network);
        string[] changed = [.. before.Keys.Where(name => !Values(network, name).SequenceEqual(before[name].ToArray<float>()))];
        Assert.Equal(["1.scale", "1.bias", "2.kernel", "2.bias"], changed);
        adapters.Remove();
        Assert.All(before, pair => Assert.Equal(pair.Value.ToArray<float>(), Values(network, pair.Key)));
        Assert.All(network.Parameters, parameter => Assert.True(parameter.Trainable));
    }

    // PEFT's modules_to_save and biases: kernels are the transposes of ours.
    [Fact]
    public void What_is_trained_as_it_is_is_saved_as_peft_has_it()
    {
        using TemporaryFolder folder = new();
        Sequential network = Network();
        AdapterSet adapters = AdapterSet.AddLora(network, Also with { AlsoTrained = [.. Also.AlsoTrained, "0.bias"] });
        Train(network);
        JsonElement configuration = Saved(adapters, folder);
        Assert.Equal("all", configuration.GetProperty("bias").GetString());
        Assert.Equal(["1", "2"], configuration.GetProperty("modules_to_save").EnumerateArray().Select(module => module.GetString()));
        SafetensorsFile file = Safetensors.Read(folder.File("adapter/adapter_model.safetensors"));
        string[] names = ["0.base_layer.bias", "0.lora_A.weight", "0.lora_B.weight", "1.bias", "1.weight", "2.bias", "2.weight"];
        Assert.Equal(names.Select(name => $"base_model.model.{name}"), file.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Find(network, "2.kernel").Value.Transpose().ToArray<float>(), file["base_model.model.2.weight"].ToArray<float>());
        Sequential other = Network();
        AdapterSet loaded = AdapterSet.Load(folder.File("adapter"), other);
        Assert.Equal(network.Forward(Input).ToArray<float>(), other.Forward(Input).ToArray<float>());
        Assert.Equal(adapters.TrainableCount, loaded.TrainableCount);
        loaded.Merge();
        Assert.Equal(network.Forward(Input).ToArray<float>(), other.Forward(Input).ToArray<float>());
    }

    // PEFT writes the lengths of columns without the name that the module has in memory.
    [Theory]
    [InlineData("lora_magnitude_vector")]
    [InlineData("lora_magnitude_vector.weight")]
    public void The_lengths_of_columns_are_read_by_both_of_their_names(string called)
    {
        using TemporaryFolder folder = new();
        Sequential network = Network();
        AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 1, DecomposesWeights = true });
        Train(network);
        adapters.Save(folder.File("adapter"));
        string path = folder.File("adapter/adapter_model.safetensors");
        SafetensorsFile file = Safetensors.Read(path);
        Assert.Contains("base_model.model.0.lora_magnitude_vector", file.Keys);
        Safetensors.Write(
            path, [.. file.Select(pair => KeyValuePair.Create(pair.Key.Replace("lora_magnitude_vector", called, StringComparison.Ordinal), pair.Value))], file.Metadata);
        Sequential other = Network();
        AdapterSet.Load(folder.File("adapter"), other);
        Assert.Equal(network.Forward(Input).ToArray<float>(), other.Forward(Input).ToArray<float>());
    }

    [Fact]
    public void A_file_for_another_network_names_the_first_difference()
    {
        using TemporaryFolder folder = new();
        AdapterSet.AddLora(Network(), Also).Save(folder.File("adapter"));
        Fails("it holds 'base_model.model.1.weight'", new Sequential([5], 1, new Dense(4), new Activation(ActivationKind.Relu), new Dense(3)));
        Fails("expected 'base_model.model.2.weight' [2, 4], got float32 [3, 4]", Network(classes: 2));
        Safetensors.Write(folder.File("adapter/adapter_model.safetensors"), [KeyValuePair.Create("base_model.model.1.weight", Tensor.Zeros([4]))], []);
        Fails("expected matrices of a low-rank adapter, got 'base_model.model.1.weight'", Network());

        void Fails(string problem, Sequential network) => Assert.Contains(
            problem, Assert.Throws<InvalidFileException>(() => AdapterSet.Load(folder.File("adapter"), network)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pattern_that_leaves_nothing_to_train_is_an_error()
    {
        Sequential network = Network();
        string[] names = [.. network.State().Keys];
        Assert.Contains("'*.gian' matches no parameter", Fails(new LoraOptions { Rank = 1, AlsoTrained = ["*.gian"] }), StringComparison.Ordinal);
        Assert.Contains("none is left to train as it is", Fails(new LoraOptions { Rank = 1, AlsoTrained = ["*kernel"] }), StringComparison.Ordinal);
        Assert.Equal(names, network.State().Keys);

        string Fails(LoraOptions options) => Assert.Throws<ArgumentException>(() => AdapterSet.AddLora(network, options)).Message;
    }

    private static LoraOptions Also => new() { Rank = 1, Targets = ["0.kernel"], AlsoTrained = ["1.*", "2.*"] };

    private static Sequential Network(int classes = 3) => new([5], 1, new Dense(4, ActivationKind.Tanh), new LayerNorm(), new Dense(classes));

    private static Parameter Find(Sequential network, string name) => network.NamedParameters.Single(pair => pair.Key == name).Value;

    private static float[] Values(Sequential network, string name) => network.State()[name].ToArray<float>();

    private static JsonElement Saved(AdapterSet adapters, TemporaryFolder folder)
    {
        adapters.Save(folder.File("adapter"));
        return JsonDocument.Parse(File.ReadAllText(folder.File("adapter/adapter_config.json"))).RootElement;
    }

    private static void Train(Sequential network, Optimizer? optimizer = null, int epochs = 5, int batch = 3) =>
        new Trainer(network, new SparseCategoricalCrossEntropy(fromLogits: true), optimizer ?? new Adam(0.05)).Fit(
            Input,
            Tensor.From(0, 1, 1, 0, 1, 1),
            new FitOptions { Epochs = epochs, BatchSize = batch },
            cancellationToken: TestContext.Current.CancellationToken);

    private static double Difference(Tensor one, Tensor other) => (one - other).Abs().Max().ToDouble();
}
