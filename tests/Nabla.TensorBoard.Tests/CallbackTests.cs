using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;

namespace Nabla.TensorBoard.Tests;

public sealed class CallbackTests
{
    [Fact]
    public void A_run_leaves_scores_distributions_hyperparameters_and_the_graph()
    {
        using TemporaryFolder folder = new();
        History history = Train(folder.ToString(), epochs: 3, resume: null);
        Assert.Equal([folder.ToString(), folder.File("train"), folder.File("validation")], RunLog.Find(folder.ToString()));
        RunLog train = RunLog.Load(folder.File("train"));
        RunLog validation = RunLog.Load(folder.File("validation"));
        Assert.Equal(
            history.Epochs.Select(epoch => ((long)epoch.Epoch, (float)epoch.Train.Loss)),
            train.Scalars["epoch_loss"].Select(point => (point.Step, (float)point.Value)));
        Assert.Equal(
            history.Epochs.Select(epoch => (float)epoch.Validation!.Loss),
            validation.Scalars["epoch_loss"].Select(point => (float)point.Value));
        Assert.Equal([2, 4, 6, 8, 10, 12], train.Scalars["step_loss"].Select(point => point.Step));
        string[] distributions = [.. train.Events.Where(logged => logged.Value is LoggedHistogram).Select(logged => logged.Tag).Distinct()];
        Assert.Equal(["weights/0.kernel", "weights/0.bias", "gradients/0.kernel", "gradients/0.bias"], distributions);
        RunLog run = RunLog.Load(folder.ToString());
        Assert.Equal("0.1", run.Hyperparameters["rate"]);
        Assert.Contains(run.Events, logged => logged.Value is LoggedGraph { Nodes.Count: > 3 });
        Assert.True(train.IsWhole);
    }

    [Fact]
    public void A_run_that_goes_on_has_each_step_once()
    {
        using TemporaryFolder folder = new();
        string stopped = folder.File("stopped");
        Assert.Throws<TrainingCanceledException>(() => Train(stopped, epochs: 3, resume: null, stopAfter: 6));
        Train(stopped, epochs: 3, Checkpoint.Load(Path.Combine(stopped, "..", "checkpoint")));
        Train(folder.File("through"), epochs: 3, resume: null);
        foreach (string tag in new[] { "step_loss", "epoch_loss" })
        {
            Assert.Equal(
                RunLog.Load(folder.File("through/train")).Scalars[tag].Select(point => (point.Step, point.Value)),
                RunLog.Load(Path.Combine(stopped, "train")).Scalars[tag].Select(point => (point.Step, point.Value)));
        }
    }

    private static History Train(string folder, int epochs, Checkpoint? resume, int? stopAfter = null)
    {
        Tensor inputs = Tensor.From(Enumerable.Range(0, 64).Select(index => MathF.Sin(index)).ToArray(), [32, 2]);
        Tensor targets = inputs.Sum([1]);
        Sequential network = new([2], 1, new Dense(1));
        using CancellationTokenSource stop = new();
        using TensorBoardCallback board = new(folder)
        {
            EverySteps = 2,
            GradientSamples = new Batch(inputs, targets),
            Hyperparameters = new Dictionary<string, object> { ["rate"] = 0.1 },
        };
        Directory.CreateDirectory(folder);
        return new Trainer(network, new MeanSquaredError(), new Sgd(0.1)).Fit(
            Dataset.FromTensors(inputs, targets),
            Dataset.FromTensors(inputs, targets),
            new FitOptions
            {
                Epochs = epochs,
                BatchSize = 8,
                Resume = resume,
                Checkpoints = new CheckpointPlan(Path.Combine(folder, "..", "checkpoint")),
                Callbacks =
                [
                    board,
                    new LambdaCallback
                    {
                        BatchEnd = (_, result) =>
                        {
                            if (result.Step == stopAfter)
                            {
                                stop.Cancel();
                            }
                        },
                    },
                ],
            },
            stop.Token);
    }
}
