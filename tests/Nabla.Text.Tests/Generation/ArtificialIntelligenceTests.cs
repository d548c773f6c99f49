using Microsoft.Extensions.AI;
using Microsoft.ML.Tokenizers;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Text.Tests.Loading;
using Vectors = Nabla.Layers.Embedding;

namespace Nabla.Text.Tests;

public sealed class ArtificialIntelligenceTests
{
    private static readonly IReadOnlyList<string> Words = ["<pad>", "<unk>", "good", "bad", "room"];

    [Fact]
    public async Task A_language_model_answers_as_a_chat_client()
    {
        TextGenerator generator = new(TextGeneratorTests.Model());
        using IChatClient client = new LanguageModelChatClient(generator);
        ChatOptions options = new() { MaxOutputTokens = 12, Seed = 4, Temperature = 0.9f, TopK = 3 };
        ChatResponse response = await client.GetResponseAsync("ab", options, TestContext.Current.CancellationToken);
        GenerationOptions same = new() { MaximumTokens = 12, Seed = 4, Temperature = 0.9f, TopK = 3 };
        Assert.Equal(generator.Generate("ab", same, TestContext.Current.CancellationToken), response.Text);
        Assert.Equal(ChatRole.Assistant, Assert.Single(response.Messages).Role);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal((2, 12), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        Assert.Equal("letters", response.ModelId);
        Assert.Equal("letters", client.GetService<ChatClientMetadata>()!.DefaultModelId);
        Assert.Same(generator, client.GetService<TextGenerator>());
    }

    [Fact]
    public async Task A_temperature_of_zero_takes_the_most_probable_and_a_stop_sequence_ends_the_text()
    {
        TextGenerator generator = new(TextGeneratorTests.Model());
        using IChatClient client = new LanguageModelChatClient(generator, new GenerationOptions { MaximumTokens = 60 });
        string greedy = generator.Generate("a\nb", new GenerationOptions { Greedy = true, MaximumTokens = 60 }, TestContext.Current.CancellationToken);
        ChatMessage[] messages = [new(ChatRole.User, "a"), new(ChatRole.User, "b")];
        Assert.Equal(greedy, (await client.GetResponseAsync(messages, new ChatOptions { Temperature = 0 }, TestContext.Current.CancellationToken)).Text);

        string drawn = (await client.GetResponseAsync("a", cancellationToken: TestContext.Current.CancellationToken)).Text;
        string stop = drawn[20..23];
        ChatResponse stopped = await client.GetResponseAsync("a", new ChatOptions { StopSequences = [stop] }, TestContext.Current.CancellationToken);
        Assert.Equal(drawn[..drawn.IndexOf(stop, StringComparison.Ordinal)], stopped.Text);
        Assert.Equal(ChatFinishReason.Stop, stopped.FinishReason);
    }

    [Fact]
    public async Task Instructions_stand_before_the_messages()
    {
        string? seen = null;
        using IChatClient client = new LanguageModelChatClient(
            new TextGenerator(TextGeneratorTests.Model()), new GenerationOptions { MaximumTokens = 1 },
            messages => seen = string.Join('|', messages.Select(message => $"{message.Role}:{message.Text}")));
        await client.GetResponseAsync("ab", new ChatOptions { Instructions = "be" }, TestContext.Current.CancellationToken);
        Assert.Equal("system:be|user:ab", seen);
        ChatOptions greedy = new() { Temperature = 0, MaxOutputTokens = 20 };
        using IChatClient usual = new LanguageModelChatClient(new TextGenerator(TextGeneratorTests.Model()));
        string joined = (await usual.GetResponseAsync("be\nab", greedy, TestContext.Current.CancellationToken)).Text;
        greedy.Instructions = "be";
        Assert.Equal(joined, (await usual.GetResponseAsync("ab", greedy, TestContext.Current.CancellationToken)).Text);
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public async Task A_temperature_that_has_no_meaning_is_refused(float temperature)
    {
        using IChatClient client = new LanguageModelChatClient(new TextGenerator(TextGeneratorTests.Model()));
        ArgumentOutOfRangeException error = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => client.GetResponseAsync("ab", new ChatOptions { Temperature = temperature }, TestContext.Current.CancellationToken));
        Assert.Contains("Temperature must be 0 or more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_of_a_prompt_is_not_seen_is_counted()
    {
        TextGenerator generator = new(TextGeneratorTests.Model());
        using IChatClient client = new LanguageModelChatClient(generator, new GenerationOptions { MaximumTokens = 1 });
        ChatResponse response = await client.GetResponseAsync($"一二{new string('a', generator.Window + 3)}", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((2, 3), (response.Usage!.AdditionalCounts![LanguageModelChatClient.UnknownPromptTokens], response.Usage.AdditionalCounts[LanguageModelChatClient.ForgottenPromptTokens]));
        Assert.Null((await client.GetResponseAsync("ab", cancellationToken: TestContext.Current.CancellationToken)).Usage!.AdditionalCounts);
    }

    [Fact]
    public async Task The_clients_of_the_guide_answer()
    {
        SavedModel model = TextGeneratorTests.Model();
        using IChatClient client = new LanguageModelChatClient(new TextGenerator(model));
        ChatResponse response = await client.GetResponseAsync("ROMEO:", new ChatOptions { Temperature = 0.8f, MaxOutputTokens = 300, StopSequences = ["\n\n"] }, TestContext.Current.CancellationToken);
        Assert.NotEmpty(response.Text);

        VocabularyTokenizer tokenizer = new(TextUnit.Word, Words);
        Sequential encoder = TransformerNetworks.Bert(vocabularySize: 5, length: 64, seed: 1, TransformerOptions.Bert with { Size = 16, Heads = 2, Layers = 1 });
        using TextEmbeddingGenerator vectors = new(encoder, tokenizer);
        GeneratedEmbeddings<Embedding<float>> found = await vectors.GenerateAsync(["good room", "bad room"], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([16, 16], found.Select(vector => vector.Vector.Length));
    }

    [Fact]
    public async Task An_encoder_gives_the_mean_of_the_vectors_of_the_tokens()
    {
        Sequential encoder = new([3], seed: 1, new Vectors(5, 4));
        float[] table = encoder.Parameters[0].Value.ToArray<float>();
        using IEmbeddingGenerator<string, Embedding<float>> generator = new TextEmbeddingGenerator(encoder, new VocabularyTokenizer(TextUnit.Word, Words));
        GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync(
            ["good room", "bad", "bad bad bad bad good"], cancellationToken: TestContext.Current.CancellationToken);
        float[] mean = [.. Enumerable.Range(0, 4).Select(index => (table[8 + index] + table[16 + index]) / 2)];
        Assert.All(mean.Zip(vectors[0].Vector.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(table[12..16].Zip(vectors[1].Vector.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.All(vectors[1].Vector.ToArray().Zip(vectors[2].Vector.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.Equal(6, vectors.Usage!.InputTokenCount);
        Assert.Equal([null, null, 2], vectors.Select(vector => (int?)vector.AdditionalProperties?[TextEmbeddingGenerator.UnreadTokens]));
        Assert.Equal(1, vectors.AdditionalProperties![TextEmbeddingGenerator.TruncatedTexts]);
        Assert.Equal(4, generator.GetService<EmbeddingGeneratorMetadata>()!.DefaultModelDimensions);
    }

    [Fact]
    public async Task One_vector_a_text_is_taken_as_it_is()
    {
        Sequential encoder = new([3], seed: 1, new Vectors(5, 4), new Flatten(), new Dense(2));
        using TextEmbeddingGenerator generator = new(encoder, new VocabularyTokenizer(TextUnit.Word, Words));
        GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync(
            Enumerable.Repeat("bad room", 40), cancellationToken: TestContext.Current.CancellationToken);
        float[] expected = encoder.Forward(Tensor.From([3, 4, 0]).Reshape(1, 3)).ToArray<float>();
        Assert.Equal(40, vectors.Count);
        Assert.All(vectors, vector => Assert.All(expected.Zip(vector.Vector.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6)));
    }

    [Fact]
    public async Task A_text_of_which_nothing_is_known_is_refused()
    {
        Sequential network = new([3], seed: 1, new Vectors(15, 4));
        foreach (Tokenizer tokenizer in new Tokenizer[] { new VocabularyTokenizer(TextUnit.Word, Words), TokenizerFiles.Load(TokenizerFilesTests.FileOf("bert")), TokenizerFiles.Load(TokenizerFilesTests.FileOf("tiny.model")) })
        {
            using TextEmbeddingGenerator generator = new(network, tokenizer);
            ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(["犬 犬"], cancellationToken: TestContext.Current.CancellationToken));
            Assert.Contains("Expected a text with tokens that 'encoder' knows, got '犬 犬', which has", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_empty_text_and_other_dimensions_are_refused()
    {
        using TextEmbeddingGenerator generator = new(new Sequential([3], seed: 1, new Vectors(5, 4)), new VocabularyTokenizer(TextUnit.Word, Words));
        await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync([" "], cancellationToken: TestContext.Current.CancellationToken));
        ArgumentException error = await Assert.ThrowsAsync<ArgumentException>(() => generator.GenerateAsync(
            ["bad"], new EmbeddingGenerationOptions { Dimensions = 7 }, TestContext.Current.CancellationToken));
        Assert.Contains("have 4 dimensions, not 7", error.Message, StringComparison.Ordinal);
    }
}
