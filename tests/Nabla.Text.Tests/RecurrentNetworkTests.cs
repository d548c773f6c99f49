using Nabla.Layers;
using Nabla.Transforms;

namespace Nabla.Text.Tests;

public sealed class RecurrentNetworkTests
{
    [Fact]
    public void A_classifier_gives_probabilities_and_passes_over_padding()
    {
        Sequential model = LstmClassifier.Create(20, 8, 3, seed: 1, new LstmClassifierOptions { EmbeddingSize = 6, Units = 5, Layers = 2 });
        float[] alone = model.Forward(Tensor.From([4, 7, 9]).Reshape(1, 3)).ToArray<float>();
        float[] padded = model.Forward(Tensor.From([4, 7, 9, 0, 0, 0, 0, 0]).Reshape(1, 8)).ToArray<float>();
        Assert.Equal(1, alone.Sum(), 1e-5f);
        Assert.Equal(alone, padded);
        Assert.Equal([3], model.OutputShape);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_translator_writes_token_by_token_what_it_gives_at_once(bool isAdditive)
    {
        Sequential model = Translator(isAdditive);
        EncoderDecoder network = Assert.IsType<EncoderDecoder>(model.Layers[0]);
        Tensor source = Tensor.From([3, 5, 8, 0, 0]).Reshape(1, 5), target = Tensor.From([2, 6, 4, 9, 3]).Reshape(1, 5);
        float[] whole = model.Forward(ShapeOps.Stack(1, source, target)).ToArray<float>();
        SequenceMemory memory = network.Encode(source);
        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        for (int step = 0; step < 5; step++)
        {
            float[] logits = network.Decode(target.Slice(1, step, 1), memory, context).ToArray<float>();
            state.Advance(1);
            Assert.All(logits.Zip(whole[(step * 11)..((step + 1) * 11)]), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_stands_behind_the_source_changes_nothing_and_the_source_itself_does(bool isAdditive)
    {
        Sequential model = Translator(isAdditive);
        Tensor target = Tensor.From([2, 6, 4]).Reshape(1, 3);
        float[] Of(params int[] source) => model.Forward(ShapeOps.Stack(1, Tensor.From(source).Reshape(1, 3), target)).ToArray<float>();
        Assert.NotEqual(Of(3, 5, 0), Of(5, 3, 0));
        EncoderDecoder network = (EncoderDecoder)model.Layers[0];
        SequenceMemory longer = network.Encode(Tensor.From([3, 5, 0, 0]).Reshape(1, 4));
        float[] same = network.Decode(target, longer).ToArray<float>();
        Assert.All(Of(3, 5, 0).Zip(same), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_parameter_of_a_translator_learns(bool isAdditive)
    {
        Sequential model = Translator(isAdditive);
        Tensor input = Tensor.From([3, 5, 8, 0, 7, 2, 6, 4, 9, 3]).Reshape(1, 2, 5);
        Parameter[] parameters = [.. model.Parameters];
        Tensor[] values = [.. parameters.Select(parameter => parameter.Value)];
        Tensor[] gradients = Gradients.ValueAndGradient(() => model.Forward(input).Square().Sum(), values).Gradients;

        // A bias of all keys alike changes no weight of the attention by products.
        string[] still = [.. model.NamedParameters.Select(pair => pair.Key)
            .Where((name, index) => (isAdditive || !name.EndsWith("key.bias", StringComparison.Ordinal)) && gradients[index].ToArray<float>().All(value => value == 0))];
        Assert.Empty(still);
    }

    private static Sequential Translator(bool isAdditive) =>
        RecurrentTranslator.Create(10, 11, 5, seed: 1, new RecurrentTranslatorOptions { EmbeddingSize = 6, Units = 4, Layers = 2, IsAdditive = isAdditive });
}
