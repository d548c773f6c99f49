using Nabla.Data;
using Nabla.Transforms;

namespace Nabla.Compression;

/// <summary>
/// Targets with a teacher's answers behind them, float32 <c>[..., 1 + classes]</c>: the label, which such a number holds exactly up to 2^24, and the logits.
/// </summary>
internal static class KeptAnswers
{
    private const int BatchSize = 256;

    // One number is no choice between classes.
    private const int FewestClasses = 2;

    /// <summary>Whether targets hold answers beside labels.</summary>
    public static bool Holds(Tensor outputs, Tensor targets) =>
        targets.DataType == DataType.Float32 && targets.Rank == outputs.Rank && targets.Shape[-1] == outputs.Shape[-1] + 1;

    /// <summary>The labels, int32 where answers are classes: <c>[batch, ...]</c>.</summary>
    public static Tensor LabelsOf(Tensor targets)
    {
        Tensor labels = targets.Slice(-1, 0, 1).Squeeze(-1);
        return targets.Shape[-1] > FewestClasses ? labels.To(DataType.Int32) : labels;
    }

    /// <summary>The answers, <c>[batch, ..., classes]</c>.</summary>
    public static Tensor AnswersOf(Tensor targets) => targets.Slice(-1, 1, targets.Shape[-1] - 1);

    /// <summary>The samples, each with the teacher's answer beside its target; in memory.</summary>
    public static Dataset<Sample> Of(Teacher teacher, Dataset<Sample> samples, CancellationToken cancellationToken)
    {
        Func<Tensor, Tensor> answer = Compilation.Compile(input => teacher.Answer(input));
        List<Sample> kept = [];
        List<Sample> waiting = [];
        foreach (Sample sample in samples.Epoch(0))
        {
            cancellationToken.ThrowIfCancellationRequested();
            waiting.Add(sample);
            if (waiting.Count == BatchSize)
            {
                Answer();
            }
        }

        if (waiting.Count > 0)
        {
            Answer();
        }

        return Dataset.FromEnumerable(kept);

        void Answer()
        {
            Tensor answers = answer(ShapeOps.Stack(0, [.. waiting.Select(sample => sample.Input)]));
            kept.AddRange(waiting.Select((sample, index) => sample with { Target = Join(sample, answers.Slice(0, index, 1).Squeeze(0)) }));
            waiting.Clear();
        }
    }

    private static Tensor Join(Sample sample, Tensor answer)
    {
        Tensor target = sample.Target ?? throw new ArgumentException("A student that learns from labels needs a target for each sample.");
        Shape rows = answer.Shape.Without(-1);
        return target.ElementCount == rows.ElementCount
            ? ShapeOps.Concatenate(-1, target.To(DataType.Float32).Reshape([.. rows, 1]), answer.To(DataType.Float32))
            : throw new ArgumentException($"Answers {answer.Shape} are kept beside one label for each row, but a target has shape {target.Shape}.");
    }
}
