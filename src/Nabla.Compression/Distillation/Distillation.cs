using Nabla.Data;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Metrics;
using Nabla.Transforms;

namespace Nabla.Compression;

/// <summary>
/// A student that learns from the answers of a teacher as well as from labels (Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015,
/// arXiv 1503.02531): <c>(1 - alpha) * loss(labels) + alpha * T^2 * KL(softmax(teacher / T), softmax(student / T))</c>, and what
/// <see cref="DistillationOptions.HiddenStates"/> and <see cref="DistillationOptions.Attentions"/> add. It is a module, so a <see cref="Training.Trainer"/>
/// trains it like any other; in use it is the student alone. The teacher is part of the compiled step, computes as in use and never changes.
/// </summary>
/// <example>
/// <code>
/// Distillation distillation = new(student, teacher, new DistillationOptions { Temperature = 4, Alpha = 0.9 });
/// Trainer trainer = new(distillation, distillation.Mix(new SparseCategoricalCrossEntropy()), new Adam(0.001), new Accuracy());
/// trainer.Fit(train, validation);
/// ModelFolder.Save("student", new SavedModel("student", student));
/// </code>
/// </example>
public sealed class Distillation : Module
{
    private readonly Teacher teacher;
    private readonly MatchedLayers matches;

    /// <summary>Puts a student before a teacher.</summary>
    /// <param name="student">What is trained.</param>
    /// <param name="teacher">
    /// What is learnt from: a network, the one of a saved model, or one of an ONNX file. Its answers have the shape of the student's.
    /// </param>
    /// <param name="options">What is learnt; null for the defaults.</param>
    /// <exception cref="ArgumentException">The answers or the parts to be matched do not fit together; the message names the first that does not.</exception>
    public Distillation(Sequential student, Module teacher, DistillationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(teacher);
        Options = options ?? new DistillationOptions();
        Student = Register("student", student);
        this.teacher = new Teacher(teacher, Options);
        matches = new MatchedLayers(student, this.teacher, Options, (name, layer, input, key) => Register(name, layer, input, key));
        RequireSameAnswers(student);
    }

    /// <summary>What is trained.</summary>
    public Sequential Student { get; }

    /// <summary>What is learnt.</summary>
    public DistillationOptions Options { get; }

    /// <summary>The loss for a trainer: that of the labels with its share, and where answers are kept that of the soft targets.</summary>
    /// <param name="labels">The loss of the labels. Its share alone is what validation says.</param>
    public Loss Mix(Loss labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return new MixedLoss(labels, Options);
    }

    /// <summary>The samples to train on: with <see cref="DistillationOptions.CachesAnswers"/> each with the teacher's answer beside its target, else as they are.</summary>
    /// <param name="samples">The samples, each with a target.</param>
    /// <param name="cancellationToken">Ends the answering.</param>
    public Dataset<Sample> Prepare(Dataset<Sample> samples, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Options.CachesAnswers ? KeptAnswers.Of(teacher, samples, cancellationToken) : samples;
    }

    /// <summary>A metric that reads the labels of prepared samples; of others it says what it always does.</summary>
    public static Metric Judge(Metric metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return new LabelMetric(metric);
    }

    /// <inheritdoc/>
    protected override Tensor Compute(Tensor input, ForwardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (!context.Training)
        {
            return Student.Forward(input, context);
        }

        Tensor outputs = matches.Compute(input, context, out Tensor? answers);
        if (!Options.CachesAnswers && Options.Alpha > 0)
        {
            context.AddLoss(SoftTargets.Difference(outputs, answers ?? teacher.Answer(input), Options) * Options.Alpha);
        }

        return outputs;
    }

    private void RequireSameAnswers(Sequential student)
    {
        Tensor input = Tensor.Zeros([1, .. student.InputShape], student.InputType);
        Shape taught = Tape.Pause(() => teacher.Answer(input)).Shape;
        Shape answered = [1, .. student.OutputShape];
        if (taught != answered)
        {
            throw new ArgumentException($"The student answers with {Layer.Batched(student.OutputShape)}, but its teacher with {Layer.Batched(taught.Without(0))}.");
        }
    }
}
