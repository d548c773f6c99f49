using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;
using Nabla.Transforms;

namespace Nabla.Compression.Tests.Quantization;

public sealed class StaticQuantizationTests
{
    private static readonly QuantizationOptions Plain = new() { CorrectsBias = false };
    private static readonly RandomKey Key = RandomKey.FromSeed(5);

    [Theory]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(4)]
    public void Dense_layers_equal_sums_of_integers(int bits)
    {
        Sequential network = new([5], 1, new Dense(7, ActivationKind.Relu) { BiasInitializer = new Layers.Initializers.RandomNormal(0.5) }, new Dense(3));
        Tensor x = Key.Normal([6, 5]);
        QuantizationResult result = Quantizer.Static(network, [x], Plain with { Bits = bits });
        Assert.Equal(["0.kernel", "1.kernel"], result.Quantized);
        Assert.Empty(result.Left);

        IReadOnlyDictionary<string, Tensor> state = network.State();
        float[] hidden = network.Layers[0].Forward(x).ToArray<float>();
        (float, int) inputRange = IntegerReference.RangeOf(x.ToArray<float>());
        (float, int) hiddenRange = IntegerReference.RangeOf(hidden);
        int largest = (1 << (bits - 1)) - 1;
        (int[,] first, float[] firstScales) = IntegerReference.QuantizeWeights(state["0.kernel"].ToArray<float>(), 7, largest);
        (int[,] second, float[] secondScales) = IntegerReference.QuantizeWeights(state["1.kernel"].ToArray<float>(), 3, largest);
        float[] made = IntegerReference.Dense(
            IntegerReference.Quantize(x.ToArray<float>(), inputRange), inputRange, first, firstScales, state["0.bias"].ToArray<float>(), rectifies: true);
        float[] expected = IntegerReference.Dense(
            IntegerReference.Quantize(made, hiddenRange), hiddenRange, second, secondScales, state["1.bias"].ToArray<float>(), rectifies: false);
        AssertClose(expected, result.Network.Forward(x), 1e-5);
        AssertClose(expected, Compilation.Compile(result.Network.Forward)(x), 1e-5);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(3, 1)]
    [InlineData(2, 0)]
    public void Convolutions_equal_sums_of_integers(int size, int padding)
    {
        Sequential network = new([7, 5, 3], 1, new Conv2D(5, size, ActivationKind.Relu, padding: new Padding(padding, padding, padding, padding)));
        Tensor x = Key.Normal([2, 7, 5, 3]);
        Tensor actual = Quantizer.Static(network, [x], Plain).Network.Forward(x);
        (float Scale, int ZeroPoint) range = IntegerReference.RangeOf(x.ToArray<float>());
        int[] windows = IntegerReference.Windows(IntegerReference.Quantize(x.ToArray<float>(), range), x.Shape, size, padding, range.ZeroPoint);
        (int[,] weights, float[] scales) = IntegerReference.QuantizeWeights(network.State()["0.kernel"].ToArray<float>(), 5, 63);
        AssertClose(IntegerReference.Dense(windows, range, weights, scales, new float[5], rectifies: true), actual, 1e-5);
    }

    [Fact]
    public void A_network_of_all_kinds_answers_nearly_as_before_saved_and_compiled_too()
    {
        using TemporaryFolder folder = new();
        Sequential network = Images();
        Tensor x = Key.Uniform([32, 9, 9, 2]);
        QuantizationResult result = Quantizer.Static(network, [x], new QuantizationOptions { Bits = 8 });
        Assert.Equal(5, result.Quantized.Count);
        Tensor before = network.Forward(x);
        Tensor after = result.Network.Forward(x);
        double spread = before.StandardDeviation().ToDouble();
        Assert.InRange((after - before).Abs().Max().ToDouble(), 1e-6, 0.3 * spread);
        AssertClose(after.ToArray<float>(), Compilation.Compile(result.Network.Forward)(x), 0.05 * spread);

        string path = folder.File("small");
        ModelFolder.Save(path, new SavedModel("small", result.Network));
        Sequential loaded = ModelFolder.Load(path).Network;
        Assert.Equal(after.ToArray<float>(), loaded.Forward(x).ToArray<float>());
        Assert.Equal(5, Safetensors.Read(Path.Combine(path, "weights.safetensors")).Values.Count(tensor => tensor.DataType == DataType.Int8));
        Assert.DoesNotContain(loaded.State().Keys, name => name.Contains("mean", StringComparison.Ordinal) || name.Contains("variance", StringComparison.Ordinal));
    }

    [Fact]
    public void Any_batch_is_computed()
    {
        Sequential network = Images();
        Tensor x = Key.Uniform([8, 9, 9, 2]);
        Sequential small = Quantizer.Static(network, [x]).Network;
        AssertClose(small.Forward(x).ToArray<float>()[..3], small.Forward(x.Slice(0, 0, 1)), 1e-5);
    }

    [Fact]
    public void Text_networks_keep_their_recurrence_and_their_shorter_sequences()
    {
        Sequential network = new([6], 1, new Embedding(11, 4, paddingIndex: 0), new Lstm(5), new Dense(2, ActivationKind.Softmax));
        Tensor tokens = Tensor.From([3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 1, 2], [2, 6]);
        QuantizationResult result = Quantizer.Static(network, [tokens], new QuantizationOptions { Bits = 8 });
        Assert.Equal(["1.kernel", "2.kernel"], result.Quantized);
        Assert.Contains(result.Left, left => left is { Name: "1.recurrentKernel", Kind: "Recurrence" } && left.Reason.Contains("float", StringComparison.Ordinal));
        Assert.Contains(result.Left, left => left is { Name: "0.embeddings", Kind: "Gather" });
        AssertClose(network.Forward(tokens).ToArray<float>(), result.Network.Forward(tokens), 0.02);
        Tensor shorter = tokens.Slice(1, 0, 4);
        AssertClose(network.Forward(shorter).ToArray<float>(), result.Network.Forward(shorter), 0.02);
    }

    [Fact]
    public void Corrected_biases_bring_the_means_back()
    {
        Sequential network = new([30], 1, new Dense(8, ActivationKind.Linear));
        Tensor x = Key.Uniform([256, 30]);
        QuantizationOptions coarse = Plain with { Bits = 3 };
        double Shift(QuantizationOptions options) => (Quantizer.Static(network, [x], options).Network.Forward(x) - network.Forward(x)).Mean([0]).Abs().Max().ToDouble();
        Assert.True(Shift(coarse) > 0.01);
        Assert.True(Shift(coarse with { CorrectsBias = true }) < Shift(coarse) / 10);
    }

    [Fact]
    public void Equalised_layers_lose_less_to_one_scale_for_a_whole_weight()
    {
        Sequential network = new([6, 6, 2], 1, new Conv2D(8, 3, ActivationKind.Relu), new MaxPool2D(2), new Flatten(), new Dense(5, ActivationKind.Relu), new Dense(3));
        Parameter kernel = network.NamedParameters.First(pair => pair.Key == "0.kernel").Value;
        kernel.Value *= Tensor.From([.. Enumerable.Range(0, 8).Select(channel => MathF.Pow(4, -channel))], [8]);
        Tensor x = Key.Uniform([64, 6, 6, 2]);
        QuantizationOptions whole = Plain with { PerChannel = false, Bits = 8 };
        double Error(QuantizationOptions options) => (Quantizer.Static(network, [x], options).Network.Forward(x) - network.Forward(x)).Square().Mean().ToDouble();
        Assert.True(Error(whole with { EqualizesLayers = true }) < Error(whole) / 2, $"{Error(whole with { EqualizesLayers = true })} {Error(whole)}");
    }

    [Fact]
    public void What_cannot_be_used_is_said()
    {
        Sequential network = new([4], 1, new Dense(3));
        Tensor x = Key.Normal([5, 4]);
        AssertFails("needs calibration data", () => Quantizer.Static(network, []));
        AssertFails("batch 1 does not fit: The network expects [batch, 4] but got [5, 3]", () => Quantizer.Static(network, [x, Key.Normal([5, 3])]));
        AssertFails("batch 0 is int32", () => Quantizer.Static(network, [Tensor.Zeros([5, 4], DataType.Int32)]));
        AssertFails("batch 0 has NaN in sample 1", () => Quantizer.Static(network, [Tensor.From([0, 0, 0, 0, float.NaN, 0, 0, 0], [2, 4])]));
        AssertFails("'x.*' matches no weight", () => Quantizer.Static(network, [x], new QuantizationOptions { Excluded = ["x.*"] }));
        AssertFails("it was excluded", () => Quantizer.Static(network, [x], new QuantizationOptions { Excluded = ["*kernel"] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizationOptions { Bits = 9 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizationOptions { Bits = 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuantizationOptions { Percentile = 50 });
    }

    private static Sequential Images() => new(
        [9, 9, 2],
        1,
        new Conv2D(6, 3) { UseBias = false },
        new BatchNorm(),
        new Activation(ActivationKind.Relu),
        new Residual(new Chain(new Conv2D(6, 3, ActivationKind.Relu, padding: Padding.Same), new Conv2D(6, 3, padding: Padding.Same)), activation: ActivationKind.Relu),
        new MaxPool2D(2),
        new Flatten(),
        new Dense(8, ActivationKind.Tanh),
        new LayerNorm(),
        new Dense(3));

    private static void AssertFails(string part, Action action) => Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

    private static void AssertClose(float[] expected, Tensor actual, double tolerance)
    {
        float[] values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int index = 0; index < values.Length; index++)
        {
            Assert.Equal(expected[index], values[index], tolerance * Math.Max(1, Math.Abs(expected[index])));
        }
    }
}
