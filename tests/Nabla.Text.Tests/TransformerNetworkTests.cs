using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Transforms;

namespace Nabla.Text.Tests;

public sealed class TransformerNetworkTests : IDisposable
{
    private static readonly Tensor Tokens = Tensor.From([3, 7, 5, 2, 8, 6, 4, 2, 9, 0, 0, 0], [2, 6]);

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, TransformerOptions> Kinds => new()
    {
        { "bert", Small(TransformerOptions.Bert) },
        { "bert", Small(TransformerOptions.Bert) with { NormFirst = false } },
        { "gpt", Small(TransformerOptions.Gpt) },
        { "llama", Small(TransformerOptions.Llama) with { KeyValueHeads = 1, TiesOutput = true } },
        { "llama", Small(TransformerOptions.Llama) },
        { "gpt", Small(TransformerOptions.Gpt) with { Positions = TransformerPositions.Alibi } },
        { "translator", Small(TransformerOptions.Translator) },
        { "translator", Small(TransformerOptions.Translator) with { TiesOutput = false, NormFirst = false } },
        { "translator", Small(TransformerOptions.Translator) with { SharesVocabulary = true } },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Padding_and_shorter_batches_change_nothing(string kind, TransformerOptions options)
    {
        Sequential network = Create(kind, options);
        Tensor whole = network.Forward(Input(kind, Tokens));
        Assert.Equal([2, 6, kind == "bert" ? 8 : 10], whole.Shape);
        Tensor alone = network.Forward(Input(kind, Tokens.Slice(0, 1, 1).Slice(1, 0, 3)));
        AssertClose(alone, whole.Slice(0, 1, 1).Slice(1, 0, 3), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_network_computes_the_same(string kind, TransformerOptions options)
    {
        Sequential network = Create(kind, options);
        ModelFolder.Save(folder.File("model"), new SavedModel("texts", network));
        Sequential loaded = ModelFolder.Load(folder.File("model")).Network;
        Assert.Equal(network.State().Keys, loaded.State().Keys);
        Assert.Equal(network.Forward(Input(kind, Tokens)).ToArray<float>(), loaded.Forward(Input(kind, Tokens)).ToArray<float>());
        Assert.Equal(network.ParameterCount, loaded.ParameterCount);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_language_model_continues_with_its_cache_as_without(string kind, TransformerOptions options)
    {
        if (kind is "bert" or "translator")
        {
            return;
        }

        Sequential network = Create(kind, options);
        Tensor tokens = Tokens.Slice(0, 0, 1);
        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        List<Tensor> logits = [];
        foreach (int count in new[] { 3, 1, 1, 1 })
        {
            logits.Add(network.Forward(tokens.Slice(1, state.Position, count), context));
            state.Advance(count);
        }

        AssertClose(network.Forward(tokens), ShapeOps.Concatenate(1, [.. logits]), 1e-5);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_compiled_step_of_training_equals_an_eager_one(string kind, TransformerOptions options)
    {
        Sequential network = Create(kind, options with { Dropout = 0.2 });
        Parameter[] parameters = [.. network.TrainableParameters.Select(pair => pair.Value)];
        Tensor[] eager = Step(Input(kind, Tokens));
        Tensor[] compiled = Compilation.Compile(inputs => Step(inputs[0])).Invoke(Input(kind, Tokens));
        foreach ((Tensor expected, Tensor actual) in eager.Zip(compiled))
        {
            AssertClose(expected, actual, 1e-4);
        }

        Tensor[] Step(Tensor input)
        {
            ForwardContext context = new(training: true, RandomKey.FromSeed(3));
            (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(
                () => network.Forward(input, context).Square().Mean(), [.. parameters.Select(parameter => parameter.Value)]);
            return [value, .. gradients];
        }
    }

    [Fact]
    public void A_small_model_learns_which_token_follows()
    {
        Sequential network = TransformerNetworks.Llama(10, 6, seed: 1, Small(TransformerOptions.Llama));
        Tensor targets = ShapeOps.Concatenate(1, Tokens.Slice(1, 1, 5), Tensor.Zeros([2, 1], DataType.Int32));
        SparseCategoricalCrossEntropy entropy = new(fromLogits: true, ignoreIndex: TextPreprocessing.PaddingId);
        Adam adam = new(0.01);
        double first = 0, last = 0;
        for (int step = 0; step < 60; step++)
        {
            KeyValuePair<string, Parameter>[] parameters = [.. network.TrainableParameters];
            (Tensor loss, Tensor[] gradients) = Gradients.ValueAndGradient(
                () => entropy.PerSample(network.Forward(Tokens), targets).Mean(), [.. parameters.Select(pair => pair.Value.Value)]);
            adam.Apply(parameters, gradients);
            (first, last) = (step == 0 ? loss.Item<float>() : first, loss.Item<float>());
        }

        Assert.True(first > 2 && last < 0.2, $"The loss went from {first} to {last}.");
    }

    [Fact]
    public void A_vocabulary_that_does_not_fit_the_tables_is_refused_with_both_sizes()
    {
        TextPreprocessing nine = new() { Unit = TextUnit.Word, Length = 6, Vocabulary = ["<pad>", "<unk>", "a", "b", "c", "d", "e", "f", "g"] };
        TextPreprocessing ten = nine with { Vocabulary = [.. nine.Vocabulary, "h"] };
        foreach ((string kind, TransformerOptions options) in Kinds.Select(row => row.Data))
        {
            SavedModel model = new("texts", Create(kind, options)) { Preprocessing = new ModelPreprocessing(Text: nine) };
            ArgumentException error = Assert.Throws<ArgumentException>(() => ModelFolder.Save(folder.File("model"), model));
            Assert.Contains("a vocabulary of 10 tokens as the network has vectors for, got 9", error.Message, StringComparison.Ordinal);
            ModelFolder.Save(folder.File("model"), model with { Preprocessing = new ModelPreprocessing(Text: ten) });
        }

        SavedModel pairs = new("pairs", Create("translator", Small(TransformerOptions.Translator))) { Preprocessing = new ModelPreprocessing(Text: ten, Target: nine) };
        Assert.Contains("10 tokens", Assert.Throws<ArgumentException>(() => ModelFolder.Save(folder.File("model"), pairs)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_refused()
    {
        TransformerOptions shared = TransformerOptions.Translator with { SharesVocabulary = true };
        ArgumentException error = Assert.Throws<ArgumentException>(() => TransformerNetworks.EncoderDecoder(9, 10, 6, seed: 1, shared));
        Assert.Contains("the source has 9 tokens and the target 10", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TransformerNetworks.Gpt(9, 6, seed: 1, TransformerOptions.Gpt with { Heads = 7 }));
    }

    [Fact]
    public void The_networks_of_the_guide_have_the_shapes_that_the_guide_says()
    {
        Sequential reader = TransformerNetworks.Bert(5000, length: 128, seed: 1, TransformerOptions.Bert with { Layers = 2 }, new Dense(2));
        Sequential writer = TransformerNetworks.Llama(5000, length: 128, seed: 1, TransformerOptions.Llama with { Size = 128, Heads = 8, KeyValueHeads = 2 });
        Sequential translator = TransformerNetworks.EncoderDecoder(6000, 5000, length: 64, seed: 1);
        Assert.Equal([128, 2], reader.OutputShape);
        Assert.Equal([128, 5000], writer.OutputShape);
        Assert.Equal([64, 5000], translator.OutputShape);
        Tensor prompt = Tensor.From([17, 4, 9], [1, 3]);
        DecodingState state = new();
        ForwardContext context = ForwardContext.Inference.WithState(state);
        Tensor logits = writer.Forward(prompt, context);
        state.Advance(3);
        Tensor next = logits.Slice(1, 2, 1).ArgMax(-1);
        logits = writer.Forward(next, context);
        Assert.Equal([1, 1, 5000], logits.Shape);
        EncoderDecoder pair = (EncoderDecoder)translator.Layers[0];
        SequenceMemory memory = pair.Encode(Tensor.From([5, 8, 3], [1, 3]));
        Tensor first = pair.Decode(Tensor.From([2], [1, 1]), memory, ForwardContext.Inference.WithState(new DecodingState()));
        Assert.Equal([1, 1, 5000], first.Shape);
    }

    private static TransformerOptions Small(TransformerOptions options) => options with { Size = 8, Layers = 2, Heads = 2 };

    private static Tensor Input(string kind, Tensor tokens) => kind == "translator" ? ShapeOps.Stack(1, tokens, tokens) : tokens;

    private static Sequential Create(string kind, TransformerOptions options) => kind switch
    {
        "bert" => TransformerNetworks.Bert(10, 6, seed: 1, options),
        "gpt" => TransformerNetworks.Gpt(10, 6, seed: 1, options),
        "llama" => TransformerNetworks.Llama(10, 6, seed: 1, options),
        _ => TransformerNetworks.EncoderDecoder(10, 10, 6, seed: 1, options),
    };

    private static void AssertClose(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.Shape, actual.Shape);
        Assert.All(expected.ToArray<float>().Zip(actual.ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, tolerance * Math.Max(1, Math.Abs(pair.First))));
    }
}
