using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Optimizers;

namespace Nabla.Training;

/// <summary>Trains, judges and uses a model.</summary>
/// <example>
/// <code>
/// Trainer trainer = new(model, new SparseCategoricalCrossEntropy(), new Adam(0.001), new Accuracy());
/// History history = trainer.Fit(train, validation, new FitOptions { Epochs = 10, Callbacks = [new EarlyStopping()] });
/// Scores scores = trainer.Evaluate(test);
/// </code>
/// </example>
public sealed class Trainer
{
    /// <summary>A trainer of a model.</summary>
    /// <param name="model">What is trained.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="optimizer">What changes the weights.</param>
    /// <param name="metrics">What else tells how good the model is; without any, what is usual for the loss.</param>
    /// <exception cref="ArgumentException">Two metrics have one name, or one is called as the loss.</exception>
    public Trainer(Module model, Loss loss, Optimizer optimizer, params Metric[] metrics)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(metrics);
        (Model, Loss, Optimizer) = (model, loss, optimizer);
        Evaluation = new Evaluation(this);
        Metrics = metrics.Length > 0 ? [.. metrics] : DefaultMetrics.For(loss);
        HashSet<string> names = [Scores.LossName];
        foreach (Metric metric in Metrics)
        {
            if (!names.Add(metric.Name))
            {
                throw new ArgumentException($"Each metric needs a name of its own, but '{metric.Name}' is there twice.", nameof(metrics));
            }
        }
    }

    /// <summary>What is trained.</summary>
    public Module Model { get; }

    /// <summary>What is made small.</summary>
    public Loss Loss { get; }

    /// <summary>What changes the weights.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>What else tells how good the model is.</summary>
    public IReadOnlyList<Metric> Metrics { get; }

    /// <summary>
    /// Whether passes through the model are traced once for each shape of a batch and then run as graphs, which is faster and gives the same
    /// bits; otherwise they run op by op, where a debugger sees each value.
    /// </summary>
    public bool Compile { get; init; } = true;

    /// <summary>Uses the model as it is.</summary>
    internal Evaluation Evaluation { get; }

    /// <summary>Whether a callback has ended training.</summary>
    internal bool Stopped { get; set; }

    /// <summary>The figures of the epoch that is being trained; null outside epochs.</summary>
    internal ScoreKeeper? Running { get; set; }

    /// <summary>Ends training after the current epoch.</summary>
    public void Stop() => Stopped = true;

    /// <summary>Trains, and validates after each epoch.</summary>
    /// <param name="train">What to learn from: inputs, targets and, where given, weights.</param>
    /// <param name="validation">What to validate with; null for none.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellationToken">Ends training after the current step, with a checkpoint if one was asked for.</param>
    /// <returns>All epochs, those of the run that was resumed included.</returns>
    /// <exception cref="ArgumentException">A dataset is empty, targets are missing, or shapes do not fit: said before the first step.</exception>
    /// <exception cref="InvalidOperationException">
    /// The forward pass reads a parameter that is not part of the model, or the loss does not depend on a trainable one.
    /// </exception>
    /// <exception cref="TrainingException">
    /// The loss is not finite: the message says in which step and behind which layer, and the model is as it was before that step. Or a parameter is not
    /// finite when an epoch is over.
    /// </exception>
    /// <exception cref="TrainingCanceledException">Training was cancelled.</exception>
    public History Fit(Dataset<Sample> train, Dataset<Sample>? validation = null, FitOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        return new FitLoop(this, train, validation, options ?? new FitOptions(), cancellationToken).Run();
    }

    /// <summary>Trains on tensors that are in memory.</summary>
    /// <param name="inputs"><c>[samples, ...]</c></param>
    /// <param name="targets"><c>[samples, ...]</c></param>
    /// <param name="options">How; null for the defaults. The seed decides which samples validate too.</param>
    /// <param name="validationSplit">The share of the samples that validate, drawn at random, from 0 (none) up to but not including 1.</param>
    /// <param name="cancellationToken">Ends training after the current step, with a checkpoint if one was asked for.</param>
    /// <inheritdoc cref="Fit(Dataset{Sample}, Dataset{Sample}?, FitOptions?, CancellationToken)"/>
    public History Fit(Tensor inputs, Tensor targets, FitOptions? options = null, double validationSplit = 0, CancellationToken cancellationToken = default)
    {
        Dataset<Sample> samples = Dataset.FromTensors(inputs, targets);
        if (validationSplit == 0)
        {
            return Fit(samples, null, options, cancellationToken);
        }

        options ??= new FitOptions();
        (Dataset<Sample> train, Dataset<Sample> validation) = samples.TrainValidationSplit(validationSplit, options.Seed);
        return Fit(train, validation, options, cancellationToken);
    }

    /// <summary>How good the model is on samples.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="buckets">How texts of different lengths become batches; null when all samples are of one length.</param>
    /// <exception cref="ArgumentException">There are no samples, or one has no target.</exception>
    public Scores Evaluate(Dataset<Sample> samples, LengthBuckets? buckets = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Running is { } running ? running.Aside(() => Evaluation.Score(samples, buckets)) : Evaluation.Score(samples, buckets);
    }

    /// <summary>How good the model is on tensors that are in memory, both <c>[samples, ...]</c>.</summary>
    public Scores Evaluate(Tensor inputs, Tensor targets) => Evaluate(Dataset.FromTensors(inputs, targets));

    /// <summary>The answers for all samples, <c>[samples, ...]</c>.</summary>
    /// <exception cref="ArgumentException">There are no samples.</exception>
    public Tensor Predict(Dataset<Sample> samples)
    {
        Tensor[] outputs = [.. PredictBatches(samples).Select(pair => pair.Outputs)];
        return outputs.Length > 0 ? ShapeOps.Concatenate(0, outputs) : throw new ArgumentException("The dataset has no samples to answer.", nameof(samples));
    }

    /// <summary>The answers for inputs, both <c>[samples, ...]</c>; many inputs go through the model in batches.</summary>
    public Tensor Predict(Tensor inputs) => Predict(Dataset.FromTensors(inputs));

    /// <summary>The answers for all samples, one batch after the other, each computed when it is asked for.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="buckets">
    /// What texts of different lengths are filled up to; their order stays, so that a batch has those that follow each other. Null when all samples are of
    /// one length.
    /// </param>
    public IEnumerable<(Batch Batch, Tensor Outputs)> PredictBatches(Dataset<Sample> samples, LengthBuckets? buckets = null)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Evaluation.Outputs(samples, buckets);
    }
}
