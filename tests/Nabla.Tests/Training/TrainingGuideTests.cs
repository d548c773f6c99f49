using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;
using Nabla.Schedules;
using Nabla.Training;

namespace Nabla.Tests.Training;

/// <summary>Runs the code of docs/training.md.</summary>
public sealed class TrainingGuideTests
{
    [Fact]
    public void The_first_program_of_the_guide_trains_judges_and_answers()
    {
        using TemporaryFolder folder = new();
        string run = folder.ToString();
        (Tensor inputs, _) = Tiny.Points(60);
        (Dataset<Sample> train, Dataset<Sample> validation) = (Tiny.Dataset(60), Tiny.Dataset(30, seed: 6));
        Sequential model = Tiny.Network();
        Trainer trainer = new(model, new SparseCategoricalCrossEntropy(), new AdamW { Schedule = new CosineDecay(0.05, Steps: 80) }, new Accuracy(), new F1());
        History history = trainer.Fit(train, validation, new FitOptions
        {
            Epochs = 20,
            BatchSize = 16,
            Callbacks = [new EarlyStopping(patience: 3), new CsvLogger(Path.Combine(run, "history.csv"))],
            Checkpoints = new CheckpointPlan(run) { EverySteps = 100 },
        });
        Scores scores = trainer.Evaluate(validation);
        Assert.InRange(scores["f1"], 0.8, 1);
        Tensor answers = trainer.Predict(inputs);
        Assert.Equal([60, Tiny.Classes], answers.Shape);
        Assert.Equal(history.ToCsv(), File.ReadAllText(Path.Combine(run, "history.csv")));
    }

    [Fact]
    public void The_other_lines_of_the_guide_do_what_it_says()
    {
        using TemporaryFolder folder = new();
        Adam adam = new(0.001) { Lazy = true };
        Assert.True(adam.Lazy);
        string run = folder.ToString();
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        (Dataset<Sample> train, Dataset<Sample> validation) = (Tiny.Dataset(60), Tiny.Dataset(30, seed: 6));
        List<string> lines = [];
        EarlyStopping stopping = new(patience: 5, monitor: ScoreMonitor.Largest("accuracy"));
        LambdaCallback print = new() { EpochEnd = (_, result) => lines.Add($"{result.Epoch}: {result.Validation}") };
        FitOptions options = new() { Epochs = 2, Checkpoints = new(run), Callbacks = [stopping, print] };
        Tiny.Trainer().Fit(train, validation, options with { Epochs = 1 });
        Trainer trainer = Tiny.Trainer();
        trainer.Fit(train, validation, options with { Resume = Checkpoint.Load(run) }, cancellationToken);
        Assert.Equal(["1: loss", "2: loss"], lines.Select(line => line[..7]));
        LearningRateCurve curve = new LearningRateFinder().Run(trainer, train);
        trainer.Optimizer.LearningRate = curve.Suggestion;
        Assert.True(curve.Suggestion > 0);
    }

    [Fact]
    public void Parts_of_the_network_learn_slower_or_not_at_all()
    {
        Sequential model = Tiny.Network();
        float[] first = model.Layers[0].Parameters[0].Value.ToArray<float>();
        model.Freeze("0.*");
        AdamW optimizer = new(2e-3, weightDecay: 0.01)
        {
            Groups =
            [
                .. ParameterGroup.LayerWise(0.9, model),
                new("2.*") { LearningRateFactor = 10 },
                new("*.bias") { WeightDecayFactor = 0 },
            ],
        };
        History history = Tiny.Trainer(model, optimizer).Fit(Tiny.Dataset(60), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(first, model.Layers[0].Parameters[0].Value.ToArray<float>());
        Assert.True(history.Epochs[^1].Train.Loss < history.Epochs[0].Train.Loss);
    }
}
