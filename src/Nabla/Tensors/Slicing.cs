namespace Nabla;

/// <summary>What an indexer takes of one axis: one element, a range, each nth of a range, or a new axis.</summary>
/// <example>
/// <code>
/// Tensor last = x[.., ^1];                             // the last column, without its axis
/// Tensor middle = x[1..^1, Slicing.Every(.., 2)];      // rows without the first and the last, each second column
/// Tensor mirrored = x[.., Slicing.Every(.., -1)];      // columns from the last to the first
/// </code>
/// </example>
public readonly record struct Slicing
{
    private Slicing(SlicingKind kind, Range range, int step)
    {
        Kind = kind;
        Range = range;
        Step = step;
    }

    /// <summary>As many whole axes as the others leave.</summary>
    public static Slicing Ellipsis { get; } = new(SlicingKind.Ellipsis, .., 1);

    /// <summary>A new axis of size 1.</summary>
    public static Slicing NewAxis { get; } = new(SlicingKind.NewAxis, .., 1);

    internal SlicingKind Kind { get; }

    internal Range Range { get; }

    internal int Step { get; }

    /// <summary>Each <paramref name="step"/>th element of a range; with a negative step from its end backwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is zero.</exception>
    public static Slicing Every(Range range, int step) => step != 0
        ? new Slicing(SlicingKind.Range, range, step)
        : throw new ArgumentOutOfRangeException(nameof(step), step, "A step is not zero.");

    /// <summary>One element; its axis is not in the result.</summary>
    public static implicit operator Slicing(int index) => new(SlicingKind.Element, index < 0 ? ^-index..^(-index - 1) : index..(index + 1), 1);

    /// <summary>One element; its axis is not in the result.</summary>
    public static implicit operator Slicing(Index index) =>
        new(SlicingKind.Element, index.IsFromEnd ? ^index.Value..^(index.Value - 1) : index.Value..(index.Value + 1), 1);

    /// <summary>The elements of a range.</summary>
    public static implicit operator Slicing(Range range) => new(SlicingKind.Range, range, 1);

    /// <summary>As it is written in an indexer.</summary>
    public override string ToString() => Kind switch
    {
        SlicingKind.Ellipsis => "...",
        SlicingKind.NewAxis => "new",
        SlicingKind.Element => $"{Range.Start}",
        _ => Step == 1 ? $"{Range}" : $"{Range} by {Step}",
    };
}

/// <summary>The kinds of <see cref="Slicing"/>.</summary>
internal enum SlicingKind
{
    /// <summary>A range of an axis.</summary>
    Range,

    /// <summary>One element of an axis.</summary>
    Element,

    /// <summary>Whole axes.</summary>
    Ellipsis,

    /// <summary>A new axis.</summary>
    NewAxis,
}
