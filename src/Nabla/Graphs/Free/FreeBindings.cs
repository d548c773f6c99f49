namespace Nabla.Graphs.Free;

/// <summary>
/// Numbers for free sizes at which a function is traced: for each free size two, in all combinations, from which a sum of products of free sizes follows,
/// and last a third of each, the largest, against which it is checked.
/// </summary>
internal sealed class FreeBindings
{
    private static readonly int[][] Unlimited = [[2, 3, 5], [6, 7, 11], [12, 13, 17]];

    private readonly IReadOnlyList<FreeName> names;
    private readonly int[][] numbers;

    private FreeBindings(IReadOnlyList<FreeName> names, int[][] numbers)
    {
        (this.names, this.numbers) = (names, numbers);
        int combinations = 1 << names.Count;
        IEnumerable<IReadOnlyDictionary<string, int>> grid = Enumerable.Range(0, combinations).Select(bits => Bind(name => numbers[name][(bits >> name) & 1]));
        All = names.Count == 0 ? [.. grid] : [.. grid, Bind(name => numbers[name][2])];
    }

    /// <summary>The free sizes.</summary>
    public IReadOnlyList<FreeName> Names => names;

    /// <summary>The sizes of each binding by name; the last are the largest.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, int>> All { get; }

    /// <summary>Bindings to try one after the other, where one happens to agree with a size that is not free.</summary>
    /// <exception cref="ArgumentException">A limit leaves too few sizes to tell how others depend on them.</exception>
    public static IEnumerable<FreeBindings> Candidates(IReadOnlyList<FreeName> names)
    {
        int[][][] choices = [.. names.Select(Choices)];
        for (int attempt = 0; attempt < Unlimited.Length; attempt++)
        {
            yield return new FreeBindings(names, [.. choices.Select(choice => choice[attempt])]);
        }
    }

    /// <summary>A number in terms of the free sizes, from what it is at each binding; null if it is no sum of products of them.</summary>
    public FreeSize? Fit(IReadOnlyList<long> values)
    {
        long[] factors = [.. values.Take(1 << names.Count)];
        for (int name = 0; name < names.Count; name++)
        {
            if (!Differentiate(factors, name))
            {
                return null;
            }
        }

        FreeSize size = new(factors.Select((factor, bits) => new FreeTerm(factor, [.. names.Where((_, name) => ((bits >> name) & 1) != 0).Select(name => name.Name)])));
        return size.At(All[^1]) == values[^1] ? size : null;
    }

    // From values at both numbers of a name to what does not depend on it and the factor of what does.
    private bool Differentiate(long[] factors, int name)
    {
        (int low, int high) = (numbers[name][0], numbers[name][1]);
        for (int bits = 0; bits < factors.Length; bits++)
        {
            int other = bits | (1 << name);
            if (bits != other)
            {
                (long slope, long rest) = Math.DivRem(factors[other] - factors[bits], high - low);
                if (rest != 0)
                {
                    return false;
                }

                (factors[bits], factors[other]) = (factors[bits] - (slope * low), slope);
            }
        }

        return true;
    }

    private static int[][] Choices(FreeName name)
    {
        if (name.Largest is not { } largest)
        {
            return Unlimited;
        }

        return largest > 3
            ? [[largest - 2, largest - 1, largest], [Math.Max(2, (largest / 2) - 1), Math.Max(3, largest / 2), largest], [2, 3, largest]]
            : throw new ArgumentException($"The size '{name.Name}' of at most {largest} cannot be free: that needs 4 at least. Give it a fixed size.");
    }

    private Dictionary<string, int> Bind(Func<int, int> number) => Enumerable.Range(0, names.Count).ToDictionary(name => names[name].Name, number);
}
