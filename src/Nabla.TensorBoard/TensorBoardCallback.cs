using Nabla.Data;
using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.TensorBoard;

/// <summary>
/// Writes what TensorBoard shows of a training run: <c>train</c> and <c>validation</c> below the folder hold the scores of each epoch
/// (<c>epoch_loss</c>, <c>epoch_accuracy</c>, ...), as Keras writes them; <c>train</c> holds the loss of steps and the distributions of weights too, the
/// folder itself the hyper-parameters and the graph. A resumed run goes on with the same curves.
/// </summary>
/// <param name="folder">The folder of the run.</param>
/// <param name="clock">What time it is; null for the system's clock.</param>
/// <example>
/// <code>
/// new FitOptions { Callbacks = [new TensorBoardCallback("runs/first")] }
/// </code>
/// </example>
public sealed class TensorBoardCallback(string folder, TimeProvider? clock = null) : Callback, IDisposable
{
    private const string TrainFolder = "train";
    private const string ValidationFolder = "validation";
    private EventWriter? run;
    private EventWriter? train;
    private EventWriter? validation;

    /// <summary>Every so many steps the loss of the step is written, as <c>step_loss</c>; 0 for never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int EverySteps { get; init => field = Limits.AtLeast(0, value, nameof(EverySteps)); } = 10;

    /// <summary>Every so many epochs the distributions of weights and gradients are written; 0 for never.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int HistogramsEvery { get; init => field = Limits.AtLeast(0, value, nameof(HistogramsEvery)); } = 1;

    /// <summary>Samples whose loss is differentiated for the distributions of gradients; null for none. They are not learnt from.</summary>
    public Batch? GradientSamples { get; init; }

    /// <summary>What the run is started with: texts, numbers and booleans by name; empty for nothing.</summary>
    public IReadOnlyDictionary<string, object> Hyperparameters { get; init; } = new Dictionary<string, object>();

    /// <summary>Writes something of one's own when an epoch is over, such as pictures: the writer of the run's folder and the epoch.</summary>
    public Action<EventWriter, EpochResult>? EpochEnd { get; init; }

    /// <inheritdoc/>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(start);
        Dispose();
        run = new EventWriter(folder, clock);
        train = new EventWriter(Path.Combine(folder, TrainFolder), clock);
        if (start.Previous.Count > 0 || start.SamplesDone > 0)
        {
            train.Resume(trainer.Optimizer.Step + 1);
        }
        else
        {
            WriteStart(run, trainer);
        }

        Flush();
    }

    /// <inheritdoc/>
    public override void OnBatchEnd(Trainer trainer, BatchResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (EverySteps > 0 && result.Step % EverySteps == 0)
        {
            train!.Scalar("step_loss", result.Loss, result.Step);
        }
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(trainer);
        ArgumentNullException.ThrowIfNull(result);
        WriteScores(train!, result.Train, result.Epoch);
        train!.Scalar("epoch_learning_rate", result.LearningRate, result.Epoch);
        if (result.Validation is { } scores)
        {
            validation ??= new EventWriter(Path.Combine(folder, ValidationFolder), clock);
            WriteScores(validation, scores, result.Epoch);
        }

        if (HistogramsEvery > 0 && result.Epoch % HistogramsEvery == 0)
        {
            WriteHistograms(trainer, result.Epoch);
        }

        EpochEnd?.Invoke(run!, result);
        Flush();
    }

    /// <inheritdoc/>
    public override void OnTrainingEnd(Trainer trainer)
    {
        if (Hyperparameters.Count > 0)
        {
            run!.EndHyperparameters();
        }

        Dispose();
    }

    /// <summary>Closes the files; a run that is cancelled or fails leaves that to its caller.</summary>
    public void Dispose()
    {
        run?.Dispose();
        train?.Dispose();
        validation?.Dispose();
        (run, train, validation) = (null, null, null);
    }

    private static void WriteScores(EventWriter writer, Scores scores, int epoch)
    {
        foreach ((string name, double value) in scores)
        {
            writer.Scalar($"epoch_{name}", value, epoch);
        }
    }

    private void WriteStart(EventWriter writer, Trainer trainer)
    {
        if (Hyperparameters.Count > 0)
        {
            string[] names = [Scores.LossName, .. trainer.Metrics.Select(metric => metric.Name)];
            writer.Hyperparameters(Hyperparameters, [.. names.Select(name => $"{ValidationFolder}/epoch_{name}")]);
        }

        if (GraphOf(trainer.Model) is { } graph)
        {
            writer.Graph(graph);
        }
    }

    // A network of layers says what goes in; the inputs of another module are known only when it runs.
    private static Graph? GraphOf(Module model) => model is Sequential network
        ? Compilation.Trace(inputs => [network.Forward(inputs[0])], new TensorType(network.InputType, [1, .. network.InputShape]))
        : null;

    private void WriteHistograms(Trainer trainer, int epoch)
    {
        foreach ((string name, Parameter parameter) in trainer.Model.NamedParameters)
        {
            train!.Histogram($"weights/{name}", parameter.Value, epoch);
        }

        if (GradientSamples is { Targets: { } targets } samples)
        {
            WriteGradients(trainer, samples.Input, targets, epoch);
        }
    }

    private void WriteGradients(Trainer trainer, Tensor input, Tensor targets, int epoch)
    {
        KeyValuePair<string, Parameter>[] parameters = [.. trainer.Model.TrainableParameters];
        (_, Tensor[] gradients) = Gradients.ValueAndGradient(
            () => trainer.Loss.PerSample(trainer.Model.Forward(input), targets).Mean(), [.. parameters.Select(pair => pair.Value.Value)]);
        for (int index = 0; index < gradients.Length; index++)
        {
            train!.Histogram($"gradients/{parameters[index].Key}", gradients[index], epoch);
        }
    }

    private void Flush()
    {
        run?.Flush();
        train?.Flush();
        validation?.Flush();
    }
}
