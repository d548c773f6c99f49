using System.Globalization;

namespace Nabla.Graphs.Free;

/// <summary>A factor times free sizes; without names a plain number.</summary>
internal sealed record FreeTerm(long Factor, IReadOnlyList<string> Names)
{
    /// <summary>As in <c>4*batch*time</c>.</summary>
    public override string ToString() => Names.Count > 0 && Factor == 1
        ? string.Join('*', Names)
        : string.Join('*', [Factor.ToString(CultureInfo.InvariantCulture), .. Names]);
}

/// <summary>A size in terms of free ones: a sum of terms, each free size at most once in each, such as <c>batch*time + 1</c>. Compared by value.</summary>
internal sealed class FreeSize : IEquatable<FreeSize>
{
    private readonly string text;

    /// <summary>The sum of terms of different names.</summary>
    public FreeSize(params IEnumerable<FreeTerm> terms)
    {
        Terms = [.. terms.Where(term => term.Factor != 0).OrderByDescending(term => term.Names.Count)];
        text = Terms.Count == 0 ? "0" : string.Join(" + ", Terms);
    }

    /// <summary>The terms, those of most names first; none for 0.</summary>
    public IReadOnlyList<FreeTerm> Terms { get; }

    /// <summary>The number, where it depends on no free size; else null.</summary>
    public int? Fixed => Terms.All(term => term.Names.Count == 0) ? (int)Terms.Sum(term => term.Factor) : null;

    /// <summary>The free size that it is, without factor and addend; else null.</summary>
    public string? Name => Terms is [{ Factor: 1, Names: [{ } name] }] ? name : null;

    /// <summary>All free sizes in it.</summary>
    public IEnumerable<string> Names => Terms.SelectMany(term => term.Names).Distinct();

    /// <summary>A fixed size.</summary>
    public static implicit operator FreeSize(int size) => new(new FreeTerm(size, []));

    /// <summary>A free size itself.</summary>
    public static implicit operator FreeSize(string name) => new(new FreeTerm(1, [name]));

    /// <summary>What is left of a size when another is taken away.</summary>
    public static FreeSize operator -(FreeSize left, FreeSize right) => new(
        left.Terms.Concat(right.Terms.Select(term => term with { Factor = -term.Factor }))
            .GroupBy(term => string.Join('*', term.Names))
            .Select(same => new FreeTerm(same.Sum(term => term.Factor), same.First().Names)));

    /// <summary>What it is for given free sizes.</summary>
    public int At(IReadOnlyDictionary<string, int> sizes) =>
        checked((int)Terms.Sum(term => term.Names.Aggregate(term.Factor, (product, name) => checked(product * sizes[name]))));

    /// <inheritdoc/>
    public bool Equals(FreeSize? other) => other is not null && text == other.text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as FreeSize);

    /// <inheritdoc/>
    public override int GetHashCode() => text.GetHashCode(StringComparison.Ordinal);

    /// <summary>As in <c>4*batch*time + 2*batch + 1</c>.</summary>
    public override string ToString() => text;
}
