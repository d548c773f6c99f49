using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Text.Stories;
using Nabla.Training;

namespace Nabla.Text.Tests.Stories;

public sealed class StoryLearningTests
{
    [Fact]
    public void A_memory_network_learns_where_people_are()
    {
        IReadOnlyList<StoryQuestion> train = StoryGenerator.Create(StoryTask.OneSupportingFact, 2000, seed: 1);
        IReadOnlyList<StoryQuestion> test = StoryGenerator.Create(StoryTask.OneSupportingFact, 300, seed: 2);
        TextPreprocessing preprocessing = StoryEncoding.Fit(train);
        Tensor inputs = StoryEncoding.Encode(preprocessing, 10, train);
        Assert.Equal([2000, 11, preprocessing.Length], inputs.Shape.ToArray());
        string[] places = [.. train.Select(asked => asked.Answer).Distinct().Order(StringComparer.Ordinal)];
        Dataset<Sample> Samples(IReadOnlyList<StoryQuestion> questions) => Dataset.FromTensors(
            StoryEncoding.Encode(preprocessing, 10, questions), Tensor.From([.. questions.Select(asked => Array.IndexOf(places, asked.Answer))]));
        Sequential network = new(
            [11, preprocessing.Length], seed: 1, new EndToEndMemory(preprocessing.Vocabulary.Count, 20, hops: 1), new Dense(places.Length, ActivationKind.Softmax));
        Trainer trainer = new(network, new SparseCategoricalCrossEntropy(), new Adam(0.01), new Accuracy());
        trainer.Fit(Samples(train), null, new FitOptions { Epochs = 8, BatchSize = 32 }, TestContext.Current.CancellationToken);
        Assert.InRange(trainer.Evaluate(Samples(test))["accuracy"], 0.95, 1);
    }
}
