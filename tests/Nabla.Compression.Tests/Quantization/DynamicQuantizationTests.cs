using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;
using Nabla.Transforms;

namespace Nabla.Compression.Tests.Quantization;

public sealed class DynamicQuantizationTests
{
    [Fact]
    public void Rows_are_quantised_by_their_own_range_and_sums_are_of_integers()
    {
        Sequential network = new([5], 1, new Dense(7, ActivationKind.Tanh));
        Tensor x = RandomKey.FromSeed(2).Normal([4, 5]) * Tensor.From([0.1f, 1, 10, 100], [4, 1]);
        QuantizationResult result = Quantizer.Dynamic(network, new QuantizationOptions { Bits = 8 });
        Assert.Equal(["0.kernel"], result.Quantized);
        (int[,] weights, float[] scales) = IntegerReference.QuantizeWeights(network.State()["0.kernel"].ToArray<float>(), 7, 127);
        float[] actual = result.Network.Forward(x).ToArray<float>();
        float[] compiled = Compilation.Compile(result.Network.Forward)(x).ToArray<float>();
        for (int row = 0; row < 4; row++)
        {
            float[] values = x.ToArray<float>()[(5 * row)..(5 * (row + 1))];
            (float, int) range = IntegerReference.RangeOf(values);
            float[] sums = IntegerReference.Dense(IntegerReference.Quantize(values, range), range, weights, scales, new float[7], rectifies: false);
            Assert.All(Enumerable.Range(0, 7), unit => Assert.Equal(Math.Tanh(sums[unit]), actual[(7 * row) + unit], 1e-5));
            Assert.All(Enumerable.Range(0, 7), unit => Assert.Equal(actual[(7 * row) + unit], compiled[(7 * row) + unit], 1e-5));
        }
    }

    [Fact]
    public void An_answer_does_not_depend_on_who_else_asks()
    {
        Sequential small = Quantizer.Dynamic(new Sequential([5], 1, new Dense(7, ActivationKind.Relu), new Dense(3))).Network;
        Tensor x = RandomKey.FromSeed(2).Normal([9, 5]);
        float[] together = small.Forward(x).ToArray<float>();
        Assert.All(Enumerable.Range(0, 9), row => Assert.Equal(together[(3 * row)..(3 * (row + 1))], small.Forward(x.Slice(0, row, 1)).ToArray<float>()));
    }

    [Fact]
    public void Transformers_keep_what_is_no_product_of_weights()
    {
        using TemporaryFolder folder = new();
        Sequential network = new(
            [6], 1, new Embedding(11, 8, paddingIndex: 0), new TransformerBlock(2, 12), new Bidirectional(new Lstm(5)), new Dense(2, ActivationKind.Softmax));
        Tensor tokens = Tensor.From([3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 1, 2], [2, 6]);
        QuantizationResult result = Quantizer.Dynamic(network, new QuantizationOptions { Bits = 8 });
        Assert.Equal(11, result.Quantized.Count);
        Assert.Contains(result.Left, left => left.Kind == "Attention");
        Assert.Contains(result.Left, left => left.Kind == "Gather");
        Assert.All(network.Forward(tokens).ToArray<float>().Zip(result.Network.Forward(tokens).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        ModelFolder.Save(folder.File("small"), new SavedModel("small", result.Network));
        Assert.Equal(result.Network.Forward(tokens).ToArray<float>(), ModelFolder.Load(folder.File("small")).Network.Forward(tokens).ToArray<float>());
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnn")]
    public void Recurrent_networks_of_texts_are_bytes_from_the_table_to_the_states(string kind)
    {
        using TemporaryFolder folder = new();
        RecurrentLayer layer = kind switch { "lstm" => new Lstm(20), "gru" => new Gru(20), _ => new SimpleRnn(20) };
        Sequential network = new([9], 1, new Embedding(30, 24, paddingIndex: 0), new Bidirectional(layer), new Dense(3, ActivationKind.Softmax));
        Tensor tokens = RandomKey.FromSeed(3).Integers([7, 9], 1, 30, DataType.Int32) * Tensor.Range(0, 9, 1).To(DataType.Int32).Less(6).To(DataType.Int32);
        QuantizationResult result = Quantizer.Dynamic(network);
        Assert.Equal(
            ["0.embeddings", "1.backward.kernel", "1.backward.recurrentKernel", "1.forward.kernel", "1.forward.recurrentKernel", "2.kernel"], result.Quantized.Order(StringComparer.Ordinal));
        Assert.Empty(result.Left);
        Assert.Equal(network.Summary().MultiplyAdds, result.Network.Summary().MultiplyAdds);
        DataType Held(string name) => result.Network.State().Single(pair => pair.Key.EndsWith(name, StringComparison.Ordinal)).Value.DataType;
        Assert.Equal(DataType.UInt8, Held("0.embeddings"));
        Assert.Equal(DataType.Int8, Held("1.forward.recurrentKernel"));

        Func<Tensor, Tensor> compiled = Compilation.Compile(result.Network.Forward);
        float[] expected = network.Forward(tokens).ToArray<float>();
        float[] answers = compiled(tokens).ToArray<float>();
        Assert.All(expected.Zip(answers), pair => Assert.Equal(pair.First, pair.Second, 0.02));
        Assert.All(result.Network.Forward(tokens).ToArray<float>().Zip(answers), pair => Assert.Equal(pair.First, pair.Second, 0.005));
        Assert.All(Enumerable.Range(0, 7), row => Assert.Equal(answers[(3 * row)..(3 * (row + 1))], compiled(tokens.Slice(0, row, 1)).ToArray<float>()));
        ModelFolder.Save(folder.File("small"), new SavedModel("small", result.Network));
        Assert.Equal(answers, Compilation.Compile(ModelFolder.Load(folder.File("small")).Network.Forward)(tokens).ToArray<float>());
    }

    [Fact]
    public void Recurrent_kernels_and_tables_stay_float_where_they_are_excluded_or_have_no_range()
    {
        Sequential network = new([4], 1, new Embedding(9, 8), new SimpleRnn(5, ActivationKind.Relu) { ReturnSequences = true }, new Lstm(5), new Dense(2));
        QuantizationResult result = Quantizer.Dynamic(network, new QuantizationOptions { Excluded = ["0.*", "2.recurrentKernel"] });
        Assert.Equal(["1.kernel", "2.kernel", "3.kernel"], result.Quantized.Order(StringComparer.Ordinal));
        Assert.Contains(result.Left, left => left is { Name: "1.recurrentKernel", Reason: "rectified states have no largest number" });
        Assert.Contains(result.Left, left => left is { Name: "2.recurrentKernel", Reason: "it was excluded" });
        Assert.Contains(result.Left, left => left is { Name: "0.embeddings", Kind: "Gather" });
    }

    [Fact]
    public void Networks_of_convolutions_alone_are_refused()
    {
        Sequential network = new([5, 5, 1], 1, new Conv2D(2, 3));
        Assert.Contains("convolutions have no ranges", Assert.Throws<ArgumentException>(() => Quantizer.Dynamic(network)).Message, StringComparison.Ordinal);
    }
}
