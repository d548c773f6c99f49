using Microsoft.Extensions.AI;
using Nabla.Formats;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Text;
using Nabla.Training;

namespace Nabla.HuggingFace.Tests;

/// <summary>Runs the code of docs/hugging-face.md.</summary>
public sealed class GuideTests
{
    [Fact]
    public void A_classifier_is_loaded_and_asked()
    {
        string folder = Folders.PathOf("bert-sequence");
        PretrainedModel model = AutoModel.FromPretrained(folder);
        Tensor logits = model.Network.Forward(model.Encode(["the film was very good", "a bad book"]));
        string answer = model.Labels[logits.ArgMax().To(DataType.Int32).ToArray<int>()[0]];
        Assert.Contains(answer, model.Labels);
    }

    [Fact]
    public void A_pretrained_encoder_is_fine_tuned_and_written_back()
    {
        using TemporaryFolder target = new();
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        (string folder, string tuned, string saved) = (Folders.PathOf("bert-masked"), target.File("tuned"), target.File("saved"));
        string[] texts = ["the film was good", "a bad book", "very good", "he was bad", "the good dog", "it is a bad house", "we see a good film", "not a bad , bad cat"];
        Tensor labels = Tensor.From([1, 0, 1, 0, 1, 0, 1, 0]);
        float[] table = AutoModel.FromPretrained(folder).Network.State()["lm.embedding.embeddings"].ToArray<float>();

        PretrainedModel model = AutoModel.FromPretrained(folder, new PretrainedOptions
        {
            Head = PretrainedHead.SequenceClassification,
            Labels = ["negative", "positive"],
        });
        model.Network.Freeze("tokens.*", "positions.*", "norm.*");
        AdamW optimizer = new(3e-3, weightDecay: 0.01)
        {
            Groups =
            [
                .. ParameterGroup.LayerWise(0.8, "classifier.*", "pooler.*", "block1.*", "block0.*"),
                new("*.bias") { WeightDecayFactor = 0 },
                new("*Norm.*") { WeightDecayFactor = 0 },
            ],
        };
        Trainer trainer = new(model.Network, new SparseCategoricalCrossEntropy(fromLogits: true), optimizer);
        History history = trainer.Fit(model.Encode(texts), labels, new FitOptions { Epochs = 30, BatchSize = 4 }, cancellationToken: cancellationToken);
        model.SavePretrained(tuned);
        ModelFolder.Save(saved, model.ToSavedModel());

        Assert.True(history.Epochs[^1].Train.Loss < history.Epochs[0].Train.Loss);
        PretrainedModel read = AutoModel.FromPretrained(tuned);
        Assert.Equal(table, read.Network.State()["tokens.embeddings"].ToArray<float>());
        Assert.Equal(model.Network.State()["block0.feedForward.up.kernel"].ToArray<float>(), read.Network.State()["block0.feedForward.up.kernel"].ToArray<float>());
    }

    [Fact]
    public async Task A_decoder_writes_and_an_encoder_embeds()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        (string decoder, string encoder) = (Folders.PathOf("llama"), Folders.PathOf("bert-base"));
        TextGenerator generator = AutoModel.FromPretrained(decoder).ToGenerator();
        string text = generator.Generate("the", new GenerationOptions { MaximumTokens = 8 }, cancellationToken);
        using IChatClient client = new LanguageModelChatClient(generator);
        ChatResponse response = await client.GetResponseAsync("the", new ChatOptions { MaxOutputTokens = 8 }, cancellationToken);
        using TextEmbeddingGenerator embeddings = AutoModel.FromPretrained(encoder).ToEmbeddingGenerator();
        Embedding<float> vector = (await embeddings.GenerateAsync(["the film"], cancellationToken: cancellationToken))[0];
        Assert.NotNull(text);
        Assert.NotNull(response.Text);
        Assert.Equal(32, vector.Vector.Length);
    }
}
