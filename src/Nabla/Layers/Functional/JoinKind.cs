namespace Nabla.Layers;

/// <summary>How several outputs become one.</summary>
internal enum JoinKind
{
    Add,
    Subtract,
    Multiply,
    Average,
    Maximum,
    Minimum,
    Concatenate,
}

/// <summary>The joining of outputs.</summary>
internal static class Joining
{
    /// <summary>What must hold of outputs that are joined.</summary>
    public static string Condition(this JoinKind kind) => kind switch
    {
        JoinKind.Concatenate => "outputs that differ in the joined axis alone",
        JoinKind.Subtract => "two outputs whose shapes broadcast to one",
        _ => "outputs whose shapes broadcast to one",
    };

    /// <summary>The shape of one joined output, without the batch; null when they cannot be joined.</summary>
    /// <param name="kind">How they are joined.</param>
    /// <param name="axis">The axis of a batch along which they are concatenated, or its number from the end; for other kinds without meaning.</param>
    /// <param name="samples">The shapes of the outputs, without the batch.</param>
    public static Shape? ShapeOf(this JoinKind kind, int axis, IReadOnlyList<Shape> samples)
    {
        return kind == JoinKind.Concatenate ? Concatenated(axis, samples)
            : kind == JoinKind.Subtract && samples.Count != 2 ? null
            : samples.Skip(1).Aggregate((Shape?)samples[0], (shape, next) => shape?.Rank == next.Rank ? Shape.Broadcast(shape, next) : null);
    }

    /// <summary>The outputs as one.</summary>
    /// <param name="kind">How they are joined.</param>
    /// <param name="axis">The axis of a batch along which they are concatenated; for other kinds without meaning.</param>
    /// <param name="outputs">The outputs.</param>
    public static Tensor Apply(this JoinKind kind, int axis, Tensor[] outputs) => kind switch
    {
        JoinKind.Add => outputs.Aggregate((left, right) => left + right),
        JoinKind.Subtract => outputs[0] - outputs[1],
        JoinKind.Multiply => outputs.Aggregate((left, right) => left * right),
        JoinKind.Average => outputs.Aggregate((left, right) => left + right) * (1.0 / outputs.Length),
        JoinKind.Maximum => outputs.Aggregate((left, right) => left.Maximum(right)),
        JoinKind.Minimum => outputs.Aggregate((left, right) => left.Minimum(right)),
        _ => ShapeOps.Concatenate(axis, outputs),
    };

    private static Shape? Concatenated(int axis, IReadOnlyList<Shape> samples)
    {
        Shape first = samples[0];
        int place = axis < 0 ? axis + first.Rank : axis - 1;
        return axis != 0 && place >= 0 && place < first.Rank
            && samples.All(sample => sample.Rank == first.Rank && sample.With(place, 0) == first.With(place, 0))
                ? first.With(place, checked(samples.Sum(sample => sample[place])))
                : null;
    }
}
