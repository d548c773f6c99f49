// Rows are put in the order of their indices by counting, eleven bits of the index at a time, lowest first: rows of one index keep their order.
// The cost grows with the rows, not with the table.
namespace Nabla.Backends.Cpu.Indexing;

/// <summary>Rows in the order of their indices, in working memory of the thread.</summary>
internal readonly unsafe struct RowOrder
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;

    private readonly int* order;
    private readonly int* starts;

    private RowOrder(int* order, int* starts, int groups)
    {
        this.order = order;
        this.starts = starts;
        Groups = groups;
    }

    /// <summary>How many different indices there are.</summary>
    public int Groups { get; }

    /// <summary>Puts rows in order.</summary>
    /// <param name="indices">The index of each row, from 0 to <paramref name="size"/>; rows with the last one do not count.</param>
    /// <param name="count">How many rows there are.</param>
    /// <param name="size">The rows of the table.</param>
    /// <param name="found">Takes the different indices, ascending, and <paramref name="size"/> behind them.</param>
    /// <param name="most">The room for different indices.</param>
    public static RowOrder Of(int* indices, int count, int size, int* found, int most)
    {
        int* order = Scratch.Get<int>(ScratchUse.Terms, 2 * (nint)count);
        int* starts = Scratch.Get<int>(ScratchUse.TermCounts, Math.Max(most + 1, Digits));
        order = Sort(indices, count, size, order, order + count, starts);
        return new RowOrder(order, starts, FindGroups(indices, count, size, order, starts, found, most));
    }

    /// <summary>The positions of the rows of a group, ascending.</summary>
    public ReadOnlySpan<int> Positions(int group) => new(order + starts[group], starts[group + 1] - starts[group]);

    /// <summary>The positions of the rows in the order of their indices.</summary>
    private static int* Sort(int* indices, int count, int size, int* order, int* spare, int* places)
    {
        for (int position = 0; position < count; position++)
        {
            order[position] = position;
        }

        for (int shift = 0; size >> shift > 0; shift += DigitBits)
        {
            new Span<int>(places, Digits).Clear();
            for (int position = 0; position < count; position++)
            {
                places[(indices[position] >> shift) & (Digits - 1)]++;
            }

            int before = 0;
            for (int digit = 0; digit < Digits; digit++)
            {
                (places[digit], before) = (before, before + places[digit]);
            }

            for (int position = 0; position < count; position++)
            {
                spare[places[(indices[order[position]] >> shift) & (Digits - 1)]++] = order[position];
            }

            int* sorted = spare;
            spare = order;
            order = sorted;
        }

        return order;
    }

    /// <summary>Where the rows of each group begin, and behind the last one where they end; returns the number of groups.</summary>
    private static int FindGroups(int* indices, int count, int size, int* order, int* starts, int* found, int most)
    {
        int groups = 0;
        int position = 0;
        for (; position < count && indices[order[position]] < size; position++)
        {
            int index = indices[order[position]];
            if (groups == 0 || found[groups - 1] != index)
            {
                starts[groups] = position;
                found[groups++] = index;
            }
        }

        starts[groups] = position;
        new Span<int>(found + groups, most - groups).Fill(size);
        return groups;
    }
}
