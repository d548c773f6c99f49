using System.Collections;
using System.Runtime.CompilerServices;

namespace Nabla.Graphs.Free;

/// <summary>A shape some of whose sizes are free. Compared by value.</summary>
[CollectionBuilder(typeof(FreeShape), nameof(Create))]
internal sealed class FreeShape : IReadOnlyList<FreeSize>, IEquatable<FreeShape>
{
    private readonly FreeSize[] sizes;

    private FreeShape(FreeSize[] sizes) => this.sizes = sizes;

    /// <summary>How many axes there are.</summary>
    public int Count => sizes.Length;

    /// <summary>The shape, where no size is free; else null.</summary>
    public Shape? Fixed => Array.TrueForAll(sizes, size => size.Fixed is not null) ? [.. sizes.Select(size => size.Fixed!.Value)] : null;

    /// <summary>The size along an axis, counted from the first.</summary>
    public FreeSize this[int axis] => sizes[axis];

    /// <summary>A shape of sizes.</summary>
    public static FreeShape Create(ReadOnlySpan<FreeSize> sizes) => new(sizes.ToArray());

    /// <summary>The shape for given free sizes.</summary>
    public Shape At(IReadOnlyDictionary<string, int> free) => [.. sizes.Select(size => size.At(free))];

    /// <inheritdoc/>
    public IEnumerator<FreeSize> GetEnumerator() => ((IEnumerable<FreeSize>)sizes).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => sizes.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(FreeShape? other) => other is not null && sizes.AsSpan().SequenceEqual(other.sizes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FreeShape);

    /// <inheritdoc/>
    public override int GetHashCode() => sizes.Aggregate(sizes.Length, HashCode.Combine);

    /// <summary>As in <c>[batch, time, 64]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", sizes.Select(size => size.ToString()))}]";
}
