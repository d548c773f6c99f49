using Nabla.Layers;
using Nabla.Tests.Ops;

namespace Nabla.Tests.Layers;

public sealed class ReadingLayerTests
{
    private static readonly SpanReaderOptions Small = new()
    {
        QuestionLength = 3,
        FeatureSizes = [3],
        FeatureSize = 2,
        EmbeddingSize = 3,
        HiddenSize = 2,
        Layers = 2,
        Dropout = 0.2,
    };

    [Fact]
    public void Gradients_of_a_memory_are_right() => VerifyParameters(LayerCheck.Built(new EndToEndMemory(7, 4, hops: 2), [4, 3]), Tokens([2, 4, 3], below: 7));

    [Fact]
    public void Gradients_of_a_span_reader_are_right()
    {
        Tensor input = Tensor.From([1, 2, 0, 3, 4, 5, 6, 0, 0, 0, 0, 1, 2, 1, 0, 0, 2, 0, 0, 5, 1, 1, 0, 0, 0, 0, 0, 2, 2, 0, 0, 0], [2, 2, 8]);
        VerifyParameters(LayerCheck.Built(new SpanReader(7, Small), [2, 8]), input);
    }

    [Fact]
    public void A_memory_takes_no_notice_of_empty_rows()
    {
        EndToEndMemory layer = LayerCheck.Built(new EndToEndMemory(9, 4), [4, 3]);
        Tensor short1 = Tensor.From([1, 2, 0, 3, 4, 5, 0, 0, 0, 0, 0, 0], [1, 4, 3]);
        double[] weighed = layer.Forward(short1).ToArray<double>();

        // One sentence alone is all that can be weighed: each hop adds what it says.
        Tensor ages = layer.State()["ages1"];
        Assert.Equal(4, weighed.Length);
        Assert.Equal([3, 4], ages.Shape);
        Assert.Equal(weighed, layer.Forward(ShapeOps.Concatenate(0, short1, Tokens([1, 4, 3], below: 9))).Slice(0, 0, 1).ToArray<double>());
    }

    [Fact]
    public void Probabilities_of_places_sum_to_one_and_padding_has_none()
    {
        SpanReader layer = LayerCheck.Built(new SpanReader(7, Small), [2, 8]);
        Tensor full = Tensor.From([1, 2, 0, 3, 4, 5, 0, 0, 0, 0, 0, 1, 2, 1, 0, 0], [1, 2, 8]);
        Tensor cut = Tensor.From([1, 2, 0, 3, 4, 5, 0, 0, 0, 1, 2, 1], [1, 2, 6]);
        Tensor places = layer.Forward(full);
        Assert.Equal([1, 2, 6], places.Shape);
        Assert.True(places.Sum([2]).AllClose(Tensor.Ones([1, 2], DataType.Float64)));
        Assert.True(places.Slice(2, 4, 2).AllClose(Tensor.Zeros([1, 2, 2], DataType.Float64)));
        Assert.True(places.Slice(2, 0, 4).AllClose(layer.Forward(cut), relative: 1e-9));
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused_with_what_is_expected()
    {
        LayerCheck.Refuses<ArgumentException>("[batch, 2, 3 + passage] but got [batch, 2, 3]", () => new SpanReader(7, Small).OutputShape([2, 3]));
        LayerCheck.Refuses<ArgumentException>("[batch, 2, 3 + passage]", () => LayerCheck.Built(new SpanReader(7, Small), [2, 8]).Forward(Tokens([1, 3, 8], 3)));
        LayerCheck.Refuses<ArgumentException>("[batch, 1 + memories, words] but got [batch, 1, 3]", () => new EndToEndMemory(7, 4).OutputShape([1, 3]));
        LayerCheck.Refuses<ArgumentException>("[batch, 4, words]", () => LayerCheck.Built(new EndToEndMemory(7, 4), [4, 3]).Forward(Tokens([1, 5, 3], 3)));
        LayerCheck.Refuses<ArgumentOutOfRangeException>("HiddenSize must be 1 or more", () => new SpanReader(7, Small with { HiddenSize = 0 }));
    }

    private static Tensor Tokens(int[] shape, int below) => RandomKey.FromSeed(4).Integers(shape, 0, below);

    private static void VerifyParameters(Layer layer, Tensor input)
    {
        Parameter[] parameters = [.. layer.TrainableParameters.Select(pair => pair.Value)];
        GradientCheck.Verify(
            variables =>
            {
                for (int index = 0; index < parameters.Length; index++)
                {
                    parameters[index].Value = variables[index];
                }

                return layer.Forward(input, LayerCheck.Training());
            },
            [.. parameters.Select(parameter => parameter.Value)]);
    }
}
