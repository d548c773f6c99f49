namespace Nabla.Graphs;

/// <summary>A size of an input: a number, or a name for one that stays open, such as <c>"batch"</c>.</summary>
public readonly record struct GraphSize
{
    private GraphSize(int? number, string? name, int? largest) => (Number, Name, Largest) = (number, name, largest);

    /// <summary>The number; null where the size is open.</summary>
    public int? Number { get; }

    /// <summary>The name of an open size; null for a number.</summary>
    public string? Name { get; }

    /// <summary>The largest that an open size may be; null where there is no limit.</summary>
    public int? Largest { get; }

    /// <summary>A fixed size.</summary>
    public static implicit operator GraphSize(int number) => new(number, null, null);

    /// <summary>An open size without a limit.</summary>
    public static implicit operator GraphSize(string name) => new(null, name, null);

    /// <summary>An open size with a limit, as a sequence has whose positions come from a table.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="largest">The largest that it may be, 4 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 4.</exception>
    public static GraphSize UpTo(string name, int largest)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(largest, 4);
        return new(null, name, largest);
    }

    /// <summary>The number or the name.</summary>
    public override string ToString() => Name ?? $"{Number}";
}
