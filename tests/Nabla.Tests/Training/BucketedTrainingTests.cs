using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Training;

namespace Nabla.Tests.Training;

public sealed class BucketedTrainingTests
{
    private const int Length = 24;
    private static readonly LengthBuckets Buckets = new() { Multiple = 4 };

    [Fact]
    public void Training_with_buckets_stops_and_goes_on_with_the_same_bits()
    {
        using TemporaryFolder folder = new();
        FitOptions options = new() { Epochs = 3, BatchSize = 8, Buckets = Buckets };
        Sequential whole = Network();
        Trainer(whole).Fit(Texts(), Texts(), options);
        Sequential stopped = Network();
        FitOptions first = options with { Checkpoints = new CheckpointPlan(folder.ToString()) { EverySteps = 1 } };
        using CancellationTokenSource source = new();
        LambdaCallback stop = new() { BatchEnd = (_, result) => { if (result.Step == 13) { source.Cancel(); } } };
        Assert.Throws<TrainingCanceledException>(() => Trainer(stopped).Fit(Texts(), Texts(), first with { Callbacks = [stop] }, source.Token));
        Sequential resumed = Network();
        Trainer(resumed).Fit(Texts(), Texts(), first with { Resume = Checkpoint.Load(folder.ToString()) });
        Assert.Equal(Tiny.Weights(whole), Tiny.Weights(resumed));
        Exception error = Assert.ThrowsAny<Exception>(() => Trainer(Network()).Fit(Texts(), null, first with { Buckets = null, Resume = Checkpoint.Load(folder.ToString()) }));
        Assert.Contains("length buckets of multiple 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_texts_are_filled_up_with_does_not_change_scores_or_answers()
    {
        Trainer trainer = Trainer(Network());
        Scores filled = trainer.Evaluate(Texts());
        Scores bucketed = trainer.Evaluate(Texts(), Buckets);
        Assert.Equal(filled.Loss, bucketed.Loss, 1e-6);
        Assert.Equal(filled["accuracy"], bucketed["accuracy"]);
        float[] answers = [.. trainer.PredictBatches(Texts(), Buckets).SelectMany(pair => pair.Outputs.ToArray<float>())];
        float[] expected = trainer.Predict(Texts()).ToArray<float>();
        Assert.Equal(expected.Length, answers.Length);
        Assert.All(expected.Zip(answers), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    private static Sequential Network() => new(
        [Length], 1, new Embedding(20, 6, paddingIndex: 0), new Activation(ActivationKind.Relu), new GlobalMaxPool1D(), new Dense(2, ActivationKind.Softmax));

    private static Trainer Trainer(Sequential model) => new(model, new SparseCategoricalCrossEntropy(), new Adam(0.01));

    private static Dataset<Sample> Texts()
    {
        int[] tokens = new int[60 * Length];
        int[] labels = new int[60];
        for (int text = 0; text < labels.Length; text++)
        {
            int length = 1 + (text * 7 % Length);
            for (int place = 0; place < length; place++)
            {
                tokens[(text * Length) + place] = 1 + ((text + (place * place)) % 19);
            }

            labels[text] = tokens[text * Length] % 2;
        }

        return Dataset.FromTensors(Tensor.From(tokens, [60, Length]), Tensor.From(labels, [60]));
    }
}
