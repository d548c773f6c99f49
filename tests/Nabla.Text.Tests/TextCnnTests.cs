using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.Text.Tests;

public sealed class TextCnnTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_text_network_learns_which_reviews_praise()
    {
        LabeledTexts texts = LabeledTexts.Read(Repository.PathOf("docs/data/reviews.csv"));
        (int[] test, int[] train) = Dataset.SplitIndices(texts.Texts.Count, 0.2, seed: 1);
        IReadOnlyList<string> vocabulary = Vocabulary.Build(texts.Select(train).Texts, TextUnit.Word);
        TextPreprocessing preprocessing = new() { Unit = TextUnit.Word, Length = 16, Vocabulary = vocabulary };
        Trainer trainer = new(TextCnn.Create(vocabulary.Count, 16, 2, seed: 1), new SparseCategoricalCrossEntropy(), new Adam(0.002), new Accuracy());
        trainer.Fit(texts.Select(train).ToDataset(preprocessing), null, new FitOptions { Epochs = 15, BatchSize = 16 }, TestContext.Current.CancellationToken);
        Assert.InRange(trainer.Evaluate(texts.Select(test).ToDataset(preprocessing))["accuracy"], 0.9, 1);
    }

    [Fact]
    public void Filters_longer_than_the_text_are_left_out() => Assert.Equal([3], TextCnn.Create(10, 2, 3, seed: 1).OutputShape.ToArray());

    [Theory]
    [InlineData(new[] { 3, 5, 2, 8, 4, 7 })]
    [InlineData(new[] { 6 })]
    public void A_text_gives_the_same_however_far_it_is_filled_up(int[] tokens)
    {
        Sequential network = TextCnn.Create(9, 120, 2, seed: 1, new TextCnnOptions { Windows = [1, 2, 3, 4] });
        foreach (Parameter bias in network.NamedParameters.Where(pair => pair.Key.EndsWith("bias", StringComparison.Ordinal)).Select(pair => pair.Value))
        {
            // Filters that answer to nothing at all, as trained ones may.
            bias.Value = Tensor.Full(bias.Type.Shape, 0.5);
        }

        float[] alone = network.Forward(Tensor.From(tokens).Reshape(1, -1)).ToArray<float>();
        foreach (int length in new[] { 8, 120 })
        {
            float[] filledUp = network.Forward(Tensor.From(tokens).Reshape(1, -1).Pad(1, 0, length - tokens.Length)).ToArray<float>();
            Assert.All(alone.Zip(filledUp), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        }
    }

    [Fact]
    public void A_model_keeps_its_vocabulary()
    {
        TextPreprocessing preprocessing = new() { Unit = TextUnit.Word, LowerCase = false, Length = 4, Vocabulary = ["<pad>", "<unk>", "好", "bad"] };
        ModelFolder.Save(folder.File("model"), Model(preprocessing));
        TextPreprocessing read = ModelFolder.Load(folder.File("model")).Preprocessing!.Text!;
        Assert.Equal(preprocessing.Vocabulary, read.Vocabulary);
        Assert.Equal(preprocessing with { Vocabulary = read.Vocabulary }, read);
    }

    [Fact]
    public void A_vocabulary_that_does_not_fit_the_weights_is_refused_with_both_sizes()
    {
        TextPreprocessing preprocessing = new() { Unit = TextUnit.Word, Length = 4, Vocabulary = ["<pad>", "<unk>", "a"] };
        string message = Assert.Throws<ArgumentException>(() => ModelFolder.Save(folder.File("model"), Model(preprocessing))).Message;
        Assert.Contains("expected a vocabulary of 4 tokens as the network has vectors for, got 3", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"<pad>\",", "\"a\",", "expected a vocabulary of at most 1048576 different tokens that begins with <pad>, <unk>, got 4 tokens")]
    [InlineData("\"length\": 4", "\"length\": 0", "expected inputs of 1 to 65536 tokens, got 0")]
    public void A_changed_description_is_refused(string before, string after, string problem)
    {
        ModelFolder.Save(folder.File("model"), Model(new TextPreprocessing { Unit = TextUnit.Word, Length = 4, Vocabulary = ["<pad>", "<unk>", "b", "c"] }));
        string path = folder.File("model/model.json");
        string json = File.ReadAllText(path);
        Assert.Contains(before, json, StringComparison.Ordinal);
        File.WriteAllText(path, json.Replace(before, after, StringComparison.Ordinal));
        Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model"))).Message, StringComparison.Ordinal);
    }

    private static SavedModel Model(TextPreprocessing preprocessing) => new("reviews", TextCnn.Create(4, 4, 2, seed: 1))
    {
        Labels = ["bad", "good"],
        Preprocessing = new ModelPreprocessing(Text: preprocessing),
    };
}
