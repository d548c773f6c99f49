using System.Numerics;
using System.Numerics.Tensors;

namespace Nabla.Metrics;

/// <summary>How targets say what is right.</summary>
internal enum TargetKind
{
    /// <summary>Each output has a target of its own: yes above one half, no below.</summary>
    YesOrNo,

    /// <summary>Each row of outputs has the index of its class.</summary>
    ClassIndex,

    /// <summary>Each row of outputs has a row of targets, largest at its class.</summary>
    OneHot,
}

/// <summary>What the shapes of outputs and targets say of a classifier: the rows to judge and the classes to choose from.</summary>
/// <param name="Kind">How targets say what is right.</param>
/// <param name="Rows">The answers: samples, or steps of sequences.</param>
/// <param name="Classes">The classes of an answer; 2 for yes or no.</param>
internal readonly record struct ClassLayout(TargetKind Kind, int Rows, int Classes)
{
    private const double Half = 0.5;

    /// <summary>Reads the layout off the shapes.</summary>
    /// <param name="metric">Who asks, for errors.</param>
    /// <param name="outputs">Scores <c>[batch, ..., classes]</c>, or <c>[batch, ..., 1]</c> or <c>[batch]</c> for yes or no.</param>
    /// <param name="targets">Class indices, one-hot rows, or yes and no.</param>
    /// <param name="eachOutput">Whether each output is a yes or no of its own, however many a sample has.</param>
    public static ClassLayout Of(string metric, Tensor outputs, Tensor targets, bool eachOutput)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(targets);
        int classes = outputs.Rank > 1 ? outputs.Shape[-1] : 1;
        if ((eachOutput || classes == 1) && SameButLastOne(outputs.Shape, targets.Shape))
        {
            return new ClassLayout(TargetKind.YesOrNo, outputs.ElementCount, 2);
        }

        int rows = outputs.ElementCount / Math.Max(1, classes);
        if (!eachOutput && classes > 1 && targets.Shape == outputs.Shape)
        {
            return new ClassLayout(TargetKind.OneHot, rows, classes);
        }

        return !eachOutput && classes > 1 && !targets.DataType.IsFloating && SameButLastOne(outputs.Shape.With(-1, 1), targets.Shape)
            ? new ClassLayout(TargetKind.ClassIndex, rows, classes)
            : throw new ArgumentException(
                $"{metric} expects integer classes [batch, ...] or one-hot targets for outputs [batch, ..., classes], or both of one shape for yes or no, "
                + $"but got outputs {outputs.Shape} and {targets.DataType.Label} targets {targets.Shape}.");
    }

    /// <summary>Whether two shapes are equal, a last axis of size 1 left out.</summary>
    public static bool SameButLastOne(Shape left, Shape right) => left == right || Core(left) == Core(right);

    /// <summary>The class that each row of outputs answers: the first of the largest, or yes (1) above the threshold.</summary>
    public int[] Answers(Tensor outputs, double threshold) => outputs.DataType == DataType.Float32
        ? AnswersOf(outputs, (float)threshold)
        : AnswersOf(outputs.To(DataType.Float64), threshold);

    /// <summary>The class that is right in each row; <paramref name="ignoreIndex"/> where the target says so.</summary>
    /// <exception cref="ArgumentException">A class is not among the classes.</exception>
    public int[] Truths(string metric, Tensor targets, int? ignoreIndex)
    {
        if (Kind == TargetKind.OneHot)
        {
            return Answers(targets, Half);
        }

        Tensor values = targets.To(DataType.Float64);
        int[] truths = new int[Rows];
        for (int row = 0; row < truths.Length; row++)
        {
            double value = values.Writable<double>()[row];
            truths[row] = value == ignoreIndex ? (int)value : Kind == TargetKind.YesOrNo ? (value > Half ? 1 : 0) : Checked(metric, value, row);
        }

        GC.KeepAlive(values);
        return truths;
    }

    private static Shape Core(Shape shape) => shape.Rank > 1 && shape[-1] == 1 ? shape.Without(-1) : shape;

    private int Checked(string metric, double value, int row) => value >= 0 && value < Classes
        ? (int)value
        : throw new ArgumentException($"{metric} expects classes from 0 to {Classes - 1} but got {value} in row {row}.");

    private int[] AnswersOf<T>(Tensor outputs, T threshold)
        where T : unmanaged, INumber<T>
    {
        int[] answers = new int[Rows];
        ReadOnlySpan<T> scores = outputs.Writable<T>();
        for (int row = 0; row < answers.Length; row++)
        {
            answers[row] = Kind == TargetKind.YesOrNo
                ? (scores[row] > threshold ? 1 : 0)
                : TensorPrimitives.IndexOfMax(scores.Slice(row * Classes, Classes));
        }

        GC.KeepAlive(outputs);
        return answers;
    }
}
