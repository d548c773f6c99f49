using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Compression.Tests;

public sealed class LoraTests
{
    private static readonly Tensor Input = RandomKey.FromSeed(3).Normal([6, 5, 5, 2]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_network_computes_as_before_until_it_learns_and_the_base_never_changes(bool decomposes)
    {
        Sequential network = Network();
        Tensor before = network.Forward(Input);
        IReadOnlyDictionary<string, Tensor> weights = network.State();
        AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 2, DecomposesWeights = decomposes });
        Close(before, network.Forward(Input), 1e-6);
        Assert.Equal(["0.kernel", "2.kernel", "3.kernel"], adapters.TargetNames);
        Assert.Equal(Count(decomposes), adapters.TrainableCount);
        Train(network);
        Assert.True(Difference(before, network.Forward(Input)) > 1e-3);
        Assert.All(weights, weight => Assert.Equal(weight.Value.ToArray<float>(), network.State()[weight.Key].ToArray<float>()));
        adapters.Remove();
        Assert.Equal(before.ToArray<float>(), network.Forward(Input).ToArray<float>());
        Assert.Equal(weights.Keys, network.State().Keys);
    }

    // The effective weight as the paper defines it, in plain loops.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_weight_is_what_the_papers_say(bool decomposes)
    {
        Sequential network = Network();
        AdapterSet.AddLora(network, new LoraOptions { Rank = 2, Alpha = 3, DecomposesWeights = decomposes, Targets = ["3.kernel"] });
        Train(network);
        Parameter parameter = network.NamedParameters.Single(pair => pair.Key == "3.kernel").Value;
        float[] original = parameter.Original.ToArray<float>();
        float[] down = network.State()["3.kernel_lora_down"].ToArray<float>();
        float[] up = network.State()["3.kernel_lora_up"].ToArray<float>();
        (int inputs, int outputs) = (parameter.Type.Shape[0], parameter.Type.Shape[1]);
        double[] expected = new double[inputs * outputs];
        for (int column = 0; column < outputs; column++)
        {
            for (int row = 0; row < inputs; row++)
            {
                double product = Enumerable.Range(0, 2).Sum(rank => (double)down[(row * 2) + rank] * up[(rank * outputs) + column]);
                expected[(row * outputs) + column] = original[(row * outputs) + column] + (1.5 * product);
            }

            if (decomposes)
            {
                double length = Math.Sqrt(Enumerable.Range(0, inputs).Sum(row => expected[(row * outputs) + column] * expected[(row * outputs) + column]));
                double magnitude = network.State()["3.kernel_lora_magnitude"].ToArray<float>()[column];
                for (int row = 0; row < inputs; row++)
                {
                    expected[(row * outputs) + column] *= magnitude / length;
                }
            }
        }

        float[] weight = parameter.Value.ToArray<float>();
        Assert.All(Enumerable.Range(0, weight.Length), index => Assert.Equal(expected[index], weight[index], 1e-5));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Merged_weights_compute_the_same_without_adapters(bool decomposes)
    {
        Sequential network = Network();
        AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 1, DecomposesWeights = decomposes });
        Train(network);
        Tensor learnt = network.Forward(Input);
        adapters.Merge();
        Assert.Equal(learnt.ToArray<float>(), network.Forward(Input).ToArray<float>());
        Assert.Equal(Network().State().Keys, network.State().Keys);
        Assert.All(network.Parameters, parameter => Assert.True(parameter.Trainable));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Adapters_are_saved_alone_and_put_on_the_base_again(bool decomposes)
    {
        using TemporaryFolder folder = new();
        Sequential network = Network();
        AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 2, DecomposesWeights = decomposes });
        Train(network);
        adapters.Save(folder.File("adapter"));
        Sequential other = Network();
        AdapterSet loaded = AdapterSet.Load(folder.File("adapter"), other);
        Assert.Equal(network.Forward(Input).ToArray<float>(), other.Forward(Input).ToArray<float>());
        Assert.Equal(adapters.TrainableCount, loaded.TrainableCount);
    }

    // PEFT's names and layouts: kernels of ours are the transposes of torch's weights.
    [Fact]
    public void The_folder_has_the_names_and_shapes_that_peft_reads()
    {
        using TemporaryFolder folder = new();
        Sequential network = Network();
        AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 2, Alpha = 4 });
        Train(network);
        adapters.Save(folder.File("adapter"));
        SafetensorsFile file = Safetensors.Read(folder.File("adapter/adapter_model.safetensors"));
        Assert.Equal([2, 2, 3, 3], file["base_model.model.0.lora_A.weight"].Shape);
        Assert.Equal([4, 2, 1, 1], file["base_model.model.0.lora_B.weight"].Shape);
        Assert.Equal([2, 36], file["base_model.model.2.lora_A.weight"].Shape);
        Assert.Equal([7, 2], file["base_model.model.2.lora_B.weight"].Shape);
        Assert.Equal(
            network.State()["2.kernel_lora_down"].Transpose().ToArray<float>(), file["base_model.model.2.lora_A.weight"].ToArray<float>());
        float[] down = network.State()["0.kernel_lora_down"].ToArray<float>();
        float[] peft = file["base_model.model.0.lora_A.weight"].ToArray<float>();
        for (int tap = 0; tap < 9; tap++)
        {
            for (int channel = 0; channel < 2; channel++)
            {
                Assert.Equal(down[(((tap * 2) + channel) * 2) + 1], peft[(((1 * 2) + channel) * 9) + tap]);
            }
        }

        System.Text.Json.JsonElement configuration = System.Text.Json.JsonDocument.Parse(File.ReadAllText(folder.File("adapter/adapter_config.json"))).RootElement;
        Assert.Equal("LORA", configuration.GetProperty("peft_type").GetString());
        Assert.Equal(2, configuration.GetProperty("r").GetInt32());
        Assert.Equal(4, configuration.GetProperty("lora_alpha").GetDouble());
        Assert.Equal(["0", "2", "3"], configuration.GetProperty("target_modules").EnumerateArray().Select(module => module.GetString()));
    }

    [Fact]
    public void An_adapter_of_another_base_names_the_first_difference()
    {
        using TemporaryFolder folder = new();
        AdapterSet.AddLora(Network(), new LoraOptions { Rank = 2 }).Save(folder.File("adapter"));
        Fails("'0.kernel' holds other numbers", Network(seed: 9));
        Fails("expected 'base_model.model.3.lora_B.weight' [4, 2], got float32 [3, 2]", Network(classes: 4));
        Fails("it changes '0', and Sequential has no such weight", new Sequential([4], 1, new Activation(ActivationKind.Relu), new Dense(2)));

        void Fails(string problem, Sequential network)
        {
            string[] names = [.. network.State().Keys];
            InvalidFileException error = Assert.Throws<InvalidFileException>(() => AdapterSet.Load(folder.File("adapter"), network));
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Equal(names, network.State().Keys);
        }
    }

    [Theory]
    [InlineData("{", "as JSON at line 1")]
    [InlineData("{\"peft_type\": \"IA3\", \"r\": 1, \"lora_alpha\": 1}", "expected peft_type LORA, got IA3")]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 0, \"lora_alpha\": 1}", "expected r of 1 or more, got 0")]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 0}", "expected lora_alpha above 0, got 0")]
    [InlineData("{\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 4, \"bias\": \"some\"}", "expected bias none, all or lora_only, got some")]
    public void Bad_configurations_say_what_is_wrong(string json, string problem)
    {
        using TemporaryFolder folder = new();
        AdapterSet.AddLora(Network(), new LoraOptions { Rank = 2 }).Save(folder.File("adapter"));
        folder.Write("adapter/adapter_config.json", json);
        Assert.Contains(
            problem, Assert.Throws<InvalidFileException>(() => AdapterSet.Load(folder.File("adapter"), Network())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_adapted_changes_nothing()
    {
        Sequential network = Network();
        string[] names = [.. network.State().Keys];
        Assert.Contains("'*.cernel' matches no parameter", Fails(new LoraOptions { Targets = ["*.cernel"] }), StringComparison.Ordinal);
        Assert.Contains("none has two axes", Fails(new LoraOptions { Targets = ["*bias"] }), StringComparison.Ordinal);
        Assert.Contains("'3.kernel' [7, 3] has at most rank 3, but rank 4 was asked for", Fails(new LoraOptions { Rank = 4 }), StringComparison.Ordinal);
        Assert.Equal(names, network.State().Keys);
        Assert.All(network.Parameters, parameter => Assert.True(parameter.Trainable));
        AdapterSet.AddLora(network, new LoraOptions { Rank = 1 });
        Assert.Throws<InvalidOperationException>(() => AdapterSet.AddLora(network, new LoraOptions { Rank = 1 }));

        string Fails(LoraOptions options) => Assert.Throws<ArgumentException>(() => AdapterSet.AddLora(network, options)).Message;
    }

    [Fact]
    public void Biases_alone_learn()
    {
        Sequential network = Network();
        Assert.Equal(4 + 7 + 3, BitFit.Apply(network));
        IReadOnlyDictionary<string, Tensor> before = network.State();
        Train(network);
        Assert.All(network.State(), pair => Assert.Equal(
            !pair.Key.EndsWith("bias", StringComparison.Ordinal), pair.Value.ToArray<float>().SequenceEqual(before[pair.Key].ToArray<float>())));
    }

    private static Sequential Network(long seed = 1, int classes = 3) => new(
        [5, 5, 2], seed, new Conv2D(4, 3, ActivationKind.Relu), new Flatten(), new Dense(7, ActivationKind.Tanh), new Dense(classes));

    private static long Count(bool decomposes) => (2 * (18 + 4)) + (2 * (36 + 7)) + (2 * (7 + 3)) + (decomposes ? 4 + 7 + 3 : 0);

    private static void Train(Sequential network) => new Trainer(network, new SparseCategoricalCrossEntropy(fromLogits: true), new Adam(0.05)).Fit(
        Input, Tensor.From(0, 1, 2, 0, 1, 2), new FitOptions { Epochs = 5, BatchSize = 3 }, cancellationToken: TestContext.Current.CancellationToken);

    private static double Difference(Tensor one, Tensor other) => (one - other).Abs().Max().ToDouble();

    private static void Close(Tensor one, Tensor other, double tolerance) => Assert.InRange(Difference(one, other), 0, tolerance);
}
