using System.Net;
using System.Text.Json;
using Nabla.Compression;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Serving.Models;
using Nabla.Serving.Tests.Audit;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Serving.Tests.Kinds;

public sealed class AdapterServingTests
{
    private static readonly Tensor Tokens = Tensor.From([1, 2, 3, 4], [1, 4]);

    [Fact]
    public async Task Several_adapters_are_served_beside_their_base()
    {
        await using ServingHost host = await ServingHost.Start(Base());
        float[] lora = Low(Base().Network, host.PathOf("low/1"), "words");
        float[] bottleneck = Bottlenecks(Base().Network, host.PathOf("narrow/1"), "words/1");
        await host.PostJson("/v2/repository/models/low/load", "{}");
        await host.PostJson("/v2/repository/models/narrow/load", "{}");
        Close(Base().Network.Forward(Tokens).ToArray<float>(), await Answer("words"));
        Close(lora, await Answer("low"));
        Close(bottleneck, await Answer("narrow"));

        async Task<float[]> Answer(string name)
        {
            JsonElement answer = await host.PostJson(
                $"/v2/models/{name}/infer", """{"inputs": [{"name": "input", "datatype": "INT32", "shape": [1, 4], "data": [1, 2, 3, 4]}]}""");
            return [.. answer.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(value => value.GetSingle())];
        }
    }

    [Fact]
    public void A_base_and_its_adapters_hold_its_weights_once()
    {
        using TemporaryFolder repository = new();
        ModelFolder.Save(repository.File("words/1"), Base());
        SavedModel saved = ModelFolder.Load(repository.File("words/1"));
        Low(saved.Network, repository.File("low/1"), "words");
        Bottlenecks(saved.Network, repository.File("narrow/1"), "words");
        SharedModels models = new(_ => { });
        IServedModel origin = models.Load(repository.File("words/1"));
        foreach (string name in new[] { "low/1", "narrow/1" })
        {
            IServedModel adapted = models.Load(repository.File(name));
            IReadOnlyDictionary<string, Tensor> state = adapted.Saved!.Network.State();
            Assert.All(origin.Saved!.Network.State(), weight => Assert.Same(weight.Value, state[weight.Key]));
            Assert.InRange(adapted.WeightBytes, 1, origin.WeightBytes);
            Assert.Equal(state.Where(weight => !origin.Saved.Network.State().ContainsKey(weight.Key)).Sum(weight => weight.Value.Type.ByteCount), adapted.WeightBytes);
        }
    }

    [Fact]
    public void A_base_is_verified_before_its_adapter_is_read()
    {
        using TemporaryFolder repository = new();
        ModelFolder.Save(repository.File("words/1"), Base());
        Low(Base().Network, repository.File("low/1"), "words");
        List<string> verified = [];
        new SharedModels(verified.Add).Load(repository.File("low/1"));
        Assert.Equal([repository.File("words/1")], verified);
        SharedModels strict = new(path => throw new InvalidFileException(path, FilePosition.None, "expected a signed model"));
        Assert.Throws<InvalidFileException>(() => strict.Load(repository.File("low/1")));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("../words")]
    [InlineData("words/../words/1")]
    [InlineData("/etc")]
    [InlineData(null)]
    public async Task A_base_that_is_no_model_of_the_repository_is_refused(string? name)
    {
        await using ServingHost host = await ServingHost.Start(Base());
        Low(Base().Network, host.PathOf("low/1"), name);
        (HttpStatusCode status, string text) = await host.Post("/v2/repository/models/low/load", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("to name a model of the repository", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_adapter_of_another_base_is_refused_with_the_first_difference()
    {
        using CollectedLogs logs = new();
        await using ServingHost host = await ServingHost.Start(new ServingOptions(), logs, Base());
        Low(Base(seed: 9).Network, host.PathOf("low/1"), "words");
        (HttpStatusCode status, string text) = await host.Post("/v2/repository/models/low/load", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("holds other numbers", text, StringComparison.Ordinal);
        string line = Assert.Single(logs.Lines, line => line.Contains("low version 1 could not be loaded", StringComparison.Ordinal));
        Assert.Contains("holds other numbers", line, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }

    private static SavedModel Base(long seed = 1) =>
        new("words", new Sequential([4], seed, new TiedEmbedding(new Embedding(6, 8), new TransformerBlock(2, 12) { Causal = true }))) { Task = PredictionTask.LanguageModel };

    private static float[] Low(Sequential network, string folder, string? origin)
    {
        AdapterSet adapters = AdapterSet.AddLora(network, new LoraOptions { Rank = 2 });
        Train(network);
        adapters.Save(folder, origin);
        float[] answers = network.Forward(Tokens).ToArray<float>();
        adapters.Remove();
        return answers;
    }

    private static float[] Bottlenecks(Sequential network, string folder, string origin)
    {
        TransformerAdapter adapter = TransformerAdapter.AddBottlenecks(network, size: 2);
        Train(adapter.Network);
        adapter.Save(folder, origin);
        return adapter.Network.Forward(Tokens).ToArray<float>();
    }

    private static void Train(Sequential network) => new Trainer(network, new SparseCategoricalCrossEntropy(fromLogits: true), new Adam(0.05)).Fit(
        Tokens, Tensor.From([2, 3, 4, 5], [1, 4]), new FitOptions { Epochs = 3 }, cancellationToken: TestContext.Current.CancellationToken);

    private static void Close(float[] expected, float[] found) => Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
}
