using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Text.Tests;

public sealed class TextGeneratorTests
{
    private static readonly IReadOnlyList<string> Letters = ["<pad>", "<unk>", "a", "b", "c", "\n"];

    [Fact]
    public void The_same_seed_gives_the_same_text_and_another_one_another()
    {
        TextGenerator generator = new(Model());
        string first = generator.Generate("ab", new GenerationOptions { MaximumTokens = 40, Seed = 1 }, TestContext.Current.CancellationToken);
        Assert.Equal(40, first.Length);
        Assert.Equal(first, generator.Generate("ab", new GenerationOptions { MaximumTokens = 40, Seed = 1 }, TestContext.Current.CancellationToken));
        Assert.NotEqual(first, generator.Generate("ab", new GenerationOptions { MaximumTokens = 40, Seed = 2 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_stream_gives_the_text_piece_by_piece()
    {
        TextGenerator generator = new(Model());
        GenerationOptions options = new() { MaximumTokens = 20 };
        List<string> pieces = [];
        await foreach (string piece in generator.StreamAsync("c", options, TestContext.Current.CancellationToken))
        {
            pieces.Add(piece);
        }

        Assert.Equal(20, pieces.Count);
        Assert.Equal(generator.Generate("c", options, TestContext.Current.CancellationToken), string.Concat(pieces));
    }

    [Fact]
    public async Task A_stream_ends_when_it_is_cancelled()
    {
        TextGenerator generator = new(Model());
        using CancellationTokenSource cancellation = new();
        int count = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (string piece in generator.StreamAsync("c", new GenerationOptions { MaximumTokens = 1000 }, cancellation.Token))
            {
                if (++count == 3)
                {
                    await cancellation.CancelAsync();
                }
            }
        });
        Assert.Equal(3, count);
    }

    [Fact]
    public void Greedy_text_is_that_of_the_most_probable_tokens_whether_the_network_remembers_or_not()
    {
        // The second network looks at three steps at once and remembers none.
        foreach (Sequential network in new[] { Network(), WindowNetwork(), Transformer(TransformerOptions.Llama), Transformer(TransformerOptions.Gpt) })
        {
            List<int> tokens = [2, 3];
            for (int step = 0; step < 5; step++)
            {
                float[] scores = network.Forward(Tensor.From([.. tokens]).Reshape(1, -1)).ToArray<float>()[^Letters.Count..];
                tokens.Add(Enumerable.Range(2, 4).MaxBy(token => scores[token]));
            }

            TextGenerator generator = new(Model(network));
            Assert.Equal(tokens.Skip(2), generator.Continue([2, 3], new GenerationOptions { Greedy = true, MaximumTokens = 5 }, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void Texts_may_outgrow_the_window()
    {
        foreach (Sequential network in new[] { Network(), WindowNetwork(), Transformer(TransformerOptions.Llama), Transformer(TransformerOptions.Gpt) })
        {
            TextGenerator generator = new(Model(network));
            Assert.Equal(50, generator.Generate(new string('a', 30), new GenerationOptions { MaximumTokens = 50 }, TestContext.Current.CancellationToken).Length);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rows_that_are_selected_go_on_as_if_they_had_been_alone(bool remembers)
    {
        Sequential network = remembers ? Transformer(TransformerOptions.Llama) : WindowNetwork();
        NetworkSteps steps = new(network);
        steps.Step(Tensor.From([2, 3], [1, 2]));
        steps.Select([0, 0, 0]);
        steps.Step(Tensor.From([2, 3, 4], [3, 1]));
        steps.Select([2, 1]);
        float[] scores = steps.Step(Tensor.From([5, 2], [2, 1])).ToArray<float>();
        float[] expected = [.. new[] { new[] { 2, 3, 4, 5 }, [2, 3, 3, 2] }.SelectMany(row => network.Forward(Tensor.From(row, [1, 4])).ToArray<float>()[^6..])];
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void A_text_that_outgrew_the_window_goes_on_from_the_last_tokens()
    {
        // Of 12 tokens in a window 9 are read again when it is full.
        Sequential network = Transformer(TransformerOptions.Gpt);
        NetworkSteps steps = new(network);
        int[] tokens = [.. Enumerable.Range(0, 13).Select(place => 2 + (place % 4))];
        steps.Step(Tensor.From(tokens[..12], [1, 12]));
        float[] scores = steps.Step(Tensor.From(tokens[12..], [1, 1])).ToArray<float>();
        float[] expected = network.Forward(Tensor.From(tokens[4..], [1, 9])).ToArray<float>()[^6..];
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void Of_a_prompt_that_is_longer_than_the_window_a_whole_window_is_read()
    {
        Sequential network = Transformer(TransformerOptions.Gpt);
        int[] tokens = [.. Enumerable.Range(0, 20).Select(place => 2 + (place * place % 4))];
        float[] scores = new NetworkSteps(network).Step(Tensor.From(tokens, [1, 20])).ToArray<float>();
        float[] expected = network.Forward(Tensor.From(tokens[8..], [1, 12])).ToArray<float>()[^6..];
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    [Fact]
    public void A_network_of_whole_windows_gets_them_filled_up()
    {
        Sequential network = new([4], seed: 1, new Embedding(6, 5), new Flatten(), new Dense(6));
        float[] scores = network.Forward(Tensor.From([2, 3, 0, 0]).Reshape(1, 4)).ToArray<float>();
        int expected = Enumerable.Range(2, 4).MaxBy(token => scores[token]);
        TextGenerator generator = new(Model(network));
        Assert.Equal([expected], generator.Continue([2, 3], new GenerationOptions { Greedy = true, MaximumTokens = 1 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Beams_find_a_text_that_is_at_least_as_probable_as_the_greedy_one()
    {
        Sequential network = Network();
        TextGenerator generator = new(Model(network));
        GenerationOptions options = new() { Greedy = true, MaximumTokens = 6, LengthPenalty = 0 };
        int[] greedy = [.. generator.Continue([2], options, TestContext.Current.CancellationToken)];
        int[] beams = [.. generator.Continue([2], options with { Beams = 5 }, TestContext.Current.CancellationToken)];
        Assert.InRange(LogProbability(network, [2, .. beams]), LogProbability(network, [2, .. greedy]) - 1e-5, 0);
    }

    [Fact]
    public void A_stop_token_ends_a_text_and_is_no_part_of_it()
    {
        IReadOnlyList<string> vocabulary = ["<pad>", "<unk>", "a", "b", "<eos>"];
        Sequential network = new([8], seed: 1, new Embedding(5, 4), new Dense(5) { BiasInitializer = new Layers.Initializers.Constant(0) });
        TextGenerator generator = new(Model(network, vocabulary));
        string text = generator.Generate("ab", new GenerationOptions { MaximumTokens = 1000 }, TestContext.Current.CancellationToken);
        Assert.InRange(text.Length, 0, 999);
        Assert.DoesNotContain('<', text);
    }

    [Fact]
    public void Unknown_characters_are_left_out_and_counted_and_an_empty_prompt_begins_a_line()
    {
        TextGenerator generator = new(Model());
        (IReadOnlyList<int> tokens, int unknown) = generator.Encode("azbzz");
        Assert.Equal([2, 3], tokens);
        Assert.Equal(3, unknown);
        Assert.Equal([5], generator.Encode("").Tokens);
        Assert.Equal(3, generator.Generate("", new GenerationOptions { MaximumTokens = 3 }, TestContext.Current.CancellationToken).Length);
    }

    [Fact]
    public void What_is_no_language_model_is_refused()
    {
        SavedModel classifier = Model() with { Task = PredictionTask.Classification };
        Assert.Contains("'letters' is no language model", Assert.Throws<ArgumentException>(() => new TextGenerator(classifier)).Message, StringComparison.Ordinal);
        Sequential images = new([4, 4, 1], seed: 1, new Flatten(), new Dense(2));
        Assert.Contains("from tokens [batch, length]", Assert.Throws<ArgumentException>(
            () => new TextGenerator(images, new VocabularyTokenizer(TextUnit.Character, Letters))).Message, StringComparison.Ordinal);
    }

    internal static SavedModel Model(Sequential? network = null, IReadOnlyList<string>? vocabulary = null)
    {
        network ??= Network();
        return new SavedModel("letters", network)
        {
            Task = PredictionTask.LanguageModel,
            Preprocessing = new ModelPreprocessing(Text: new TextPreprocessing
            {
                Unit = TextUnit.Character,
                LowerCase = false,
                Length = network.InputShape[0],
                Vocabulary = vocabulary ?? Letters,
            }),
        };
    }

    private static Sequential Network() => new([12], seed: 3, new Embedding(6, 8), new Lstm(8) { ReturnSequences = true }, new Dense(6));

    private static Sequential Transformer(TransformerOptions options) =>
        TransformerNetworks.Gpt(6, length: 12, seed: 4, options with { Size = 16, Heads = 2, Layers = 2, Dropout = 0 });

    private static Sequential WindowNetwork() =>
        new([12], seed: 3, new Embedding(6, 8), new Lstm(8) { ReturnSequences = true }, new Conv1D(6, 3, padding: Padding.Same));

    private static double LogProbability(Sequential network, int[] tokens)
    {
        Tensor logarithms = network.Forward(Tensor.From(tokens[..^1]).Reshape(1, -1)).LogSoftmax();
        float[] values = logarithms.ToArray<float>();
        return tokens.Skip(1).Select((token, place) => (double)values[(place * 6) + token]).Sum();
    }
}
