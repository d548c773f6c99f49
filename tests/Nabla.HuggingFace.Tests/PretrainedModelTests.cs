using Microsoft.Extensions.AI;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;
using Nabla.Text;

namespace Nabla.HuggingFace.Tests;

/// <summary>What can be done with a model folder.</summary>
public sealed class PretrainedModelTests
{
    [Fact]
    public void Weights_of_PyTorch_in_several_files_are_those_of_one()
    {
        using TemporaryFolder target = new();
        string folder = target.Changed("gpt2");
        KeyValuePair<string, Tensor>[] tensors = [.. StoredWeights.Read(folder).Tensors];
        Array.ForEach(Directory.GetFiles(folder, "*.safetensors"), File.Delete);
        int half = tensors.Length / 2;
        TorchFile.Write(Path.Combine(folder, "pytorch_model-00001-of-00002.bin"), tensors[..half]);
        TorchFile.Write(Path.Combine(folder, "pytorch_model-00002-of-00002.bin"), tensors[half..]);
        IEnumerable<string> places = tensors.Select((pair, index) => $"\"{pair.Key}\": \"pytorch_model-0000{(index < half ? 1 : 2)}-of-00002.bin\"");
        File.WriteAllText(Path.Combine(folder, "pytorch_model.bin.index.json"), $$"""{"metadata": {}, "weight_map": { {{string.Join(", ", places)}} } }""");

        Tensor ids = Folders.Oracle("gpt2")["ids"];
        float[] expected = AutoModel.FromPretrained(Folders.PathOf("gpt2")).Network.Forward(ids).ToArray<float>();
        Assert.Equal(expected, AutoModel.FromPretrained(folder).Network.Forward(ids).ToArray<float>());
        File.Delete(Path.Combine(folder, "pytorch_model-00002-of-00002.bin"));
        Assert.Contains(
            "expected a file beside the index, got 'pytorch_model-00002-of-00002.bin'",
            Assert.Throws<InvalidFileException>(() => AutoModel.FromPretrained(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_become_the_tokens_that_the_model_was_trained_with()
    {
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf("bert-sequence"));
        Assert.Equal([2, 9, 10, 12, 14, 1, 5, 3], model.Encode("The good film was odd."));
        Assert.Equal([2, 9, 12, 3, 18, 34, 7, 3], model.Encode("the film", "WHO he?"));
        Tensor batch = model.Encode(["a cat", "the dogs played ."]);
        Assert.Equal([2, 8, 33, 3, 0, 0, 0, 0, 2, 9, 32, 25, 28, 26, 5, 3], batch.ToArray<int>());
        Assert.Equal(20, model.Encode(string.Join(' ', Enumerable.Repeat("cat", 50))).Count);
        Assert.Equal([2, 8, 3, .. Enumerable.Repeat(33, 16), 3], model.Encode("a", string.Join(' ', Enumerable.Repeat("cat", 50))));
        Assert.Equal([2, .. Enumerable.Repeat(32, 9), 3, .. Enumerable.Repeat(33, 8), 3], model.Encode(string.Join(' ', Enumerable.Repeat("dog", 50)), string.Join(' ', Enumerable.Repeat("cat", 50))));
    }

    [Fact]
    public void Two_texts_are_two_segments()
    {
        Sequential network = AutoModel.FromPretrained(Folders.PathOf("bert-base")).Network;
        Tensor pair = network.Layers[0].Forward(Tensor.From([2, 9, 3, 9, 3], [1, 5]));
        float[] first = pair.Slice(1, 1, 1).ToArray<float>();
        float[] second = pair.Slice(1, 3, 1).ToArray<float>();
        float[] segments = network.State()["tokens.segments"].ToArray<float>();
        Assert.All(Enumerable.Range(0, first.Length), index => Assert.Equal(segments[first.Length + index] - segments[index], second[index] - first[index], 1e-5));
    }

    [Fact]
    public async Task A_language_model_writes_and_chats()
    {
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf("gpt2"));
        TextGenerator generator = model.ToGenerator();
        Assert.Equal([63], generator.StopTokens);
        GenerationOptions greedy = new() { Greedy = true, MaximumTokens = 5 };
        int[] tokens = [.. generator.Continue([10, 20, 30], greedy, TestContext.Current.CancellationToken)];
        Assert.Equal(Greedy(model.Network, [10, 20, 30], tokens.Length), tokens);
        using LanguageModelChatClient client = new(generator, greedy);
        ChatResponse response = await client.GetResponseAsync("the s", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(generator.Generate("the s", greedy, TestContext.Current.CancellationToken), response.Text);
        Assert.Throws<InvalidOperationException>(() => model.ToEmbeddingGenerator());
    }

    [Fact]
    public async Task An_encoder_gives_vectors_of_texts()
    {
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf("bert-sequence"), new PretrainedOptions { Head = PretrainedHead.None });
        Assert.Contains("classifier.weight", model.UnusedTensors);
        using TextEmbeddingGenerator generator = model.ToEmbeddingGenerator();
        GeneratedEmbeddings<Embedding<float>> vectors = await generator.GenerateAsync(["the film", "a very good book"], cancellationToken: TestContext.Current.CancellationToken);
        Tensor steps = model.Network.Forward(Tensor.From([.. model.Tokenizer.EncodeToIds("the film")]).Reshape(1, -1));
        float[] mean = steps.Mean([1]).ToArray<float>();
        Assert.All(mean.Zip(vectors[0].Vector.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Throws<InvalidOperationException>(() => model.ToGenerator());
    }

    [Theory]
    [InlineData("bert-sequence", "ids")]
    [InlineData("llama", "ids")]
    [InlineData("vit", "images")]
    [InlineData("resnet-bottleneck", "images")]
    public void A_network_becomes_a_model_folder_of_Nabla(string name, string input)
    {
        using TemporaryFolder target = new();
        PretrainedModel model = AutoModel.FromPretrained(Folders.PathOf(name), new PretrainedOptions { Probabilities = true });
        ModelFolder.Save(target.File("model"), model.ToSavedModel());
        SavedModel read = ModelFolder.Load(target.File("model"));
        Assert.Equal(name, read.Name);
        Assert.Equal(model.Labels, read.Labels);
        Tensor samples = Folders.Oracle(name)[input];
        Tensor expected = model.Network.Forward(samples);
        Assert.Equal(expected.ToArray<float>(), read.Network.Forward(samples).ToArray<float>());
        if (model.Labels.Count > 0)
        {
            Folders.AssertNear(Folders.Oracle(name)["logits"].Softmax(), expected);
        }
    }

    [Fact]
    public void A_picture_is_prepared_as_the_folder_says()
    {
        PretrainedModel vit = AutoModel.FromPretrained(Folders.PathOf("vit"));
        Assert.NotNull(vit.Image);
        Assert.Equal((16, 16, 255f, null), (vit.Image.Height, vit.Image.Width, MathF.Round(vit.Image.Divisor, 3), vit.Image.CentreShare));
        Assert.Equal([0.5f, 0.4f, 0.3f], vit.Image.Mean);
        Assert.Equal([0.5f, 0.25f, 0.2f], vit.Image.Deviation);
        Assert.Equal(0.875f, AutoModel.FromPretrained(Folders.PathOf("resnet-basic")).Image!.CentreShare);
    }

    [Fact]
    public void Texts_may_be_kept_shorter_and_pictures_larger()
    {
        Assert.Equal([8], AutoModel.FromPretrained(Folders.PathOf("llama"), new PretrainedOptions { Length = 8 }).Network.InputShape);
        Assert.Equal([20], AutoModel.FromPretrained(Folders.PathOf("bert-base"), new PretrainedOptions { Length = 80 }).Network.InputShape);
        Assert.Equal([65, 65, 3], AutoModel.FromPretrained(Folders.PathOf("resnet-basic"), new PretrainedOptions { ImageSize = 65 }).Network.InputShape);
    }

    // All of the text anew for each token.
    private static int[] Greedy(Sequential network, int[] prompt, int count)
    {
        List<int> tokens = [.. prompt];
        for (int made = 0; made < count; made++)
        {
            Tensor logits = network.Forward(Tensor.From([.. tokens]).Reshape(1, tokens.Count));
            tokens.Add(logits.Slice(1, tokens.Count - 1, 1).ArgMax().To(DataType.Int32).ToArray<int>()[0]);
        }

        return [.. tokens.Skip(prompt.Length)];
    }
}
