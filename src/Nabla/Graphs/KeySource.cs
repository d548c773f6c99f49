namespace Nabla.Graphs;

/// <summary>Where a symbolic random key gets its bits from in each run.</summary>
internal abstract class KeySource
{
    /// <summary>The bits in the current run.</summary>
    public abstract ulong Current { get; }
}

/// <summary>A key that the caller gives to each run.</summary>
internal sealed class KeyArgument : KeySource
{
    private ulong current;

    /// <inheritdoc/>
    public override ulong Current => Tracer.Current is null
        ? current
        : throw new InvalidOperationException("The bits of a random key were read while a function is traced, when it has none yet: use the key's own functions.");

    /// <summary>Sets the key of the next run.</summary>
    public void Set(RandomKey key) => current = key.Value;
}

/// <summary>What folding a number into another symbolic key gives.</summary>
internal sealed class FoldedKey(KeySource parent, long data) : KeySource
{
    private readonly KeySource parent = parent;
    private readonly long data = data;

    /// <inheritdoc/>
    public override ulong Current => new RandomKey(parent.Current).Fold(data).Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FoldedKey other && parent.Equals(other.parent) && data == other.data;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(parent, data);
}
