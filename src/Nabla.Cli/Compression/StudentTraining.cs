using Nabla.Cli.Recipes;
using Nabla.Compression;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Training;

namespace Nabla.Cli.Compression;

/// <summary>Trains a student from a teacher, and the same student from labels alone to compare with.</summary>
internal sealed class StudentTraining(SavedModel teacher, TuningData data, DistillSettings settings)
{
    // The target of a sample whose label the student is not told.
    private const int Untold = -1;

    /// <summary>A student with its initial weights.</summary>
    public SavedModel CreateStudent() => teacher with { Name = $"{teacher.Name}-student", Network = CreateNetwork() };

    /// <summary>Trains a student from the teacher and the labels.</summary>
    public void Distil(SavedModel student, IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        Distillation distillation = new(student.Network, teacher.Network, Options);
        Metric[] metrics = [.. Question.Of(teacher).CreateMetrics().Select(Readable)];
        Dataset<Sample> samples = distillation.Prepare(settings.Labels is { } count ? Hide(data.Train, count) : data.Train, cancellationToken);
        Trainer trainer = new(distillation, distillation.Mix(LossOfLabels()), settings.Training.CreateOptimizer(samples), metrics);
        settings.Training.Fit(trainer, Shifted(samples), data.Test, callbacks, cancellationToken);
    }

    /// <summary>Trains a student from the labels alone, as many steps.</summary>
    public void TrainAlone(SavedModel student, IReadOnlyList<Callback> callbacks, CancellationToken cancellationToken)
    {
        Question question = Question.Of(teacher);
        Dataset<Sample> samples = settings.Labels is { } count ? AsMany(data.Train, count) : data.Train;
        Trainer trainer = new(student.Network, question.CreateLoss(), settings.Training.CreateOptimizer(samples), question.CreateMetrics());
        settings.Training.Fit(trainer, Shifted(samples), data.Test, callbacks, cancellationToken);
    }

    // What a model answers decides how it is learnt from. Samples that change have no answer that could be kept.
    private DistillationOptions Options => settings.Options with
    {
        AnswersAreNumbers = teacher.Task == PredictionTask.Regression,
        FromLogits = teacher.Task == PredictionTask.LanguageModel,
        CachesAnswers = teacher.Task != PredictionTask.LanguageModel && settings.Shift == 0,
    };

    private Sequential CreateNetwork() => settings.Student switch
    {
        null => StudentArchitecture.Shrink(teacher.Network, settings.Share, settings.Training.Seed),
        DistillSettings.Same => StudentArchitecture.Renew(teacher.Network, settings.Training.Seed),
        { } file => StudentArchitecture.Read(file, settings.Training.Seed),
    };

    private Loss LossOfLabels() => settings.Labels is null ? Question.Of(teacher).CreateLoss() : new SparseCategoricalCrossEntropy(ignoreIndex: Untold);

    private Metric Readable(Metric metric) => Distillation.Judge(settings.Labels is not null && metric is Accuracy ? new Accuracy(ignoreIndex: Untold) : metric);

    private Dataset<Sample> Shifted(Dataset<Sample> samples) =>
        settings.Shift > 0 ? RandomShift.Apply(samples, settings.Shift, settings.Training.Seed) : samples;

    private HashSet<int> Told(Dataset<Sample> samples, int count) =>
        [.. Dataset.SplitIndices(samples.Count!.Value, (double)count / samples.Count.Value, settings.Training.Seed).First];

    private Dataset<Sample> Hide(Dataset<Sample> samples, int count)
    {
        HashSet<int> told = Told(samples, count);
        return Dataset.FromEnumerable([.. samples.Epoch(0).Select((sample, index) => told.Contains(index) ? sample : sample with { Target = Tensor.Scalar(Untold) })]);
    }

    // The samples with labels, so often that an epoch has as many steps.
    private Dataset<Sample> AsMany(Dataset<Sample> samples, int count)
    {
        Dataset<Sample> told = samples.Select([.. Told(samples, count).Order()]);
        return told.Repeat((samples.Count!.Value + count - 1) / count).Take(samples.Count.Value);
    }
}
