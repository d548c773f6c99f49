using System.Diagnostics;
using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Optimizers;
using Nabla.Transforms;

namespace Nabla.Training;

/// <summary>How a model is trained.</summary>
public sealed record FitOptions
{
    /// <summary>How often all samples are learnt from.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The samples of a step.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>What decides the order of the samples and what random layers do.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The epochs of an earlier run that this one goes on from, its state restored.</summary>
    public IReadOnlyList<EpochResult> Previous { get; init; } = [];

    /// <summary>Who follows the training.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init; } = [];
}

/// <summary>Trains and judges a classifier.</summary>
/// <param name="model">What is trained.</param>
/// <param name="loss">What is made small.</param>
/// <param name="optimizer">What changes the weights.</param>
public sealed class Trainer(Module model, Loss loss, Optimizer optimizer)
{
    private const int WaitingBatches = 4;
    private const int EvaluationBatch = 256;

    private bool stopped;

    /// <summary>What is trained.</summary>
    public Module Model => model;

    /// <summary>What changes the weights.</summary>
    public Optimizer Optimizer => optimizer;

    /// <summary>Ends training after the current epoch.</summary>
    public void Stop() => stopped = true;

    /// <summary>Trains, and validates after each epoch.</summary>
    /// <param name="train">What to learn from: inputs and int32 class indices.</param>
    /// <param name="validation">What to validate with.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends training between two steps.</param>
    /// <exception cref="TrainingException">The loss is not a number any more.</exception>
    public History Fit(Dataset<Sample> train, Dataset<Sample> validation, FitOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        Dataset<Batch> batches = train.Shuffle(options.Seed).Batch(options.BatchSize).Prefetch(WaitingBatches);
        int total = train.Count ?? 0;
        List<EpochResult> epochs = [.. options.Previous];
        stopped = false;
        for (int epoch = epochs.Count + 1; epoch <= options.Epochs && !stopped; epoch++)
        {
            Stopwatch watch = Stopwatch.StartNew();
            Totals totals = new();
            foreach (Batch batch in batches.Epoch(epoch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                totals.Add(TrainStep(batch, RandomKey.FromSeed(options.Seed).Fold(optimizer.Step)), batch.Count);
                BatchResult progress = new(epoch, totals.Samples, total, totals.Loss, totals.Accuracy);
                Notify(options, callback => callback.OnBatchEnd(this, progress));
            }

            (double validationLoss, double validationAccuracy) = Evaluate(validation);
            EpochResult result = new(epoch, totals.Loss, totals.Accuracy, validationLoss, validationAccuracy, watch.Elapsed.TotalSeconds);
            epochs.Add(result);
            Notify(options, callback => callback.OnEpochEnd(this, result));
        }

        Notify(options, callback => callback.OnTrainingEnd(this));
        return new History(epochs);
    }

    /// <summary>The mean loss and the share of samples answered right.</summary>
    public (double Loss, double Accuracy) Evaluate(Dataset<Sample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Totals totals = new();
        foreach (Batch batch in samples.Batch(EvaluationBatch).Prefetch(WaitingBatches).Epoch(0))
        {
            Tensor outputs = model.Forward(batch.Input);
            Tensor losses = loss.PerSample(outputs, Targets(batch));
            totals.Add((losses.Mean().ToDouble(), CountRight(outputs, Targets(batch))), batch.Count);
        }

        return (totals.Loss, totals.Accuracy);
    }

    /// <summary>The outputs for all samples, in batches, one after the other: <c>[samples, ...]</c> of each batch.</summary>
    public IEnumerable<(Batch Batch, Tensor Outputs)> Predict(Dataset<Sample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Batch(EvaluationBatch).Epoch(0).Select(batch => (batch, model.Forward(batch.Input)));
    }

    private static Tensor Targets(Batch batch) => batch.Targets ?? throw new ArgumentException("Training and evaluation need a target for each sample.");

    private static void Notify(FitOptions options, Action<Callback> call)
    {
        foreach (Callback callback in options.Callbacks)
        {
            call(callback);
        }
    }

    private static int CountRight(Tensor outputs, Tensor targets)
    {
        int classes = outputs.Shape[-1];
        ReadOnlySpan<float> scores = outputs.To(DataType.Float32).AsSpan<float>();
        ReadOnlySpan<int> labels = targets.AsSpan<int>();
        int right = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<float> scoresOfRow = scores.Slice(row * classes, classes);
            right += System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scoresOfRow) == labels[row] ? 1 : 0;
        }

        return right;
    }

    private (double Loss, int Right) TrainStep(Batch batch, RandomKey key)
    {
        KeyValuePair<string, Parameter>[] parameters = [.. model.TrainableParameters];
        ForwardContext context = new(training: true, key);
        Tensor targets = Targets(batch);
        Tensor? outputs = null;
        (Tensor mean, Tensor[] gradients) = Gradients.ValueAndGradient(
            () =>
            {
                outputs = model.Forward(batch.Input, context);
                return loss.PerSample(outputs, targets).Mean();
            },
            [.. parameters.Select(pair => pair.Value.Value)]);
        double value = mean.ToDouble();
        if (!double.IsFinite(value))
        {
            throw new TrainingException($"The loss became {value} in step {optimizer.Step + 1}: {FirstNotFinite(batch)}. Try a lower learning rate.");
        }

        optimizer.Apply(parameters, gradients);
        context.ApplyUpdates();
        return (value, CountRight(outputs!, targets));
    }

    private string FirstNotFinite(Batch batch)
    {
        if (!IsFinite(batch.Input))
        {
            return "the input has values that are not finite";
        }

        Tensor x = batch.Input;
        foreach ((string name, Module child) in model.Children)
        {
            x = child.Forward(x);
            if (!IsFinite(x))
            {
                return $"the first output that is not finite is that of layer '{name}' ({child.GetType().Name})";
            }
        }

        return "all layers give finite outputs";
    }

    private static bool IsFinite(Tensor x) => double.IsFinite((x - x).Sum().ToDouble());

    private sealed class Totals
    {
        private double loss;
        private int right;

        public int Samples { get; private set; }

        public double Loss => loss / Math.Max(1, Samples);

        public double Accuracy => (double)right / Math.Max(1, Samples);

        public void Add((double Loss, int Right) step, int samples)
        {
            loss += step.Loss * samples;
            right += step.Right;
            Samples += samples;
        }
    }
}

/// <summary>Training cannot go on; the message says in which step and why.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>An error without a message.</summary>
    public TrainingException()
    {
    }

    /// <summary>An error with a message.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>An error with its cause.</summary>
    public TrainingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
