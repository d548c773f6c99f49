using Nabla.Formats;
using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Tests.Layers;

public sealed class EmbeddingTests
{
    [Theory]
    [InlineData(DataType.Int32)]
    [InlineData(DataType.Int64)]
    public void Each_index_becomes_its_vector(DataType dataType)
    {
        Embedding layer = new(4, 2);
        layer.Build([3], RandomKey.FromSeed(1));
        float[] table = layer.State()["embeddings"].ToArray<float>();
        Tensor result = layer.Forward(Tensor.From([3, 0, 3, 1, 1, 2], [2, 3]).To(dataType));
        Assert.Equal([2, 3, 2], result.Shape);
        int[] indices = [3, 0, 3, 1, 1, 2];
        Assert.Equal(indices.SelectMany(index => table[(index * 2)..((index * 2) + 2)]), result.ToArray<float>());
    }

    [Fact]
    public void The_padding_is_zero_and_learns_nothing()
    {
        Embedding layer = LayerCheck.Built(new Embedding(3, 2, paddingIndex: 1), [2]);
        Tensor table = layer.Parameters[0].Value;
        Tensor indices = Tensor.From([1, 2, 2, 1], [2, 2]);
        Assert.Equal([0.0, 0.0], layer.Forward(indices).Slice(0, 0, 1).Slice(1, 0, 1).ToArray<double>());
        Tensor gradient = Gradients.ValueAndGradient(() => layer.Forward(indices).Sum(), table).Gradients[0];
        Assert.Equal([0.0, 0, 0, 0, 2, 2], gradient.ToArray<double>());
    }

    [Fact]
    public void The_vectors_have_the_gradient_of_differences()
    {
        Embedding layer = LayerCheck.Built(new Embedding(3, 2), [4]);
        Tensor indices = Tensor.From([2, 0, 2, 2], [1, 4]);
        Ops.GradientCheck.Verify(
            variables =>
            {
                layer.Parameters[0].Value = variables[0];
                return layer.Forward(indices).Tanh();
            },
            Ops.GradientCheck.Random([3, 2], 1));
    }

    [Fact]
    public void A_network_that_begins_with_an_embedding_says_that_it_takes_integers()
    {
        Sequential network = new([5], seed: 1, new Embedding(10, 4), new Flatten(), new Dense(2));
        Assert.Equal(DataType.Int32, network.InputType);
        Assert.Equal(DataType.Int32, ModelSignature.Of(network).Inputs[0].Type);
        LayerCheck.Refuses<ArgumentException>("Embedding '0' expects int32 or int64 indices but got float32[1, 5].", () => network.Forward(Tensor.Ones([1, 5])));
    }

    [Fact]
    public void Wrong_sizes_and_paddings_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(2, 2, paddingIndex: 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Embedding(2, 2, paddingIndex: -1));
    }

    [Fact]
    public void Segments_end_behind_separators()
    {
        Embedding layer = LayerCheck.Built(new Embedding(5, 2) { Segments = 2, Separator = 3 }, [6]);
        Tensor table = layer.State()["embeddings"];
        Tensor segments = layer.State()["segments"];
        Tensor tokens = Tensor.From([1, 3, 2, 3, 4, 1], [1, 6]);
        Tensor expected = table.Gather(0, tokens) + segments.Gather(0, Tensor.From([0, 0, 1, 1, 1, 1], [1, 6]));
        Assert.Equal(expected.ToArray<double>(), layer.Forward(tokens).ToArray<double>());
        Embedding whole = LayerCheck.Built(new Embedding(5, 2) { Segments = 2 }, [6]);
        Tensor first = whole.State()["embeddings"].Gather(0, tokens) + whole.State()["segments"].Slice(0, 0, 1);
        Assert.Equal(first.ToArray<double>(), whole.Forward(tokens).ToArray<double>());
    }
}
