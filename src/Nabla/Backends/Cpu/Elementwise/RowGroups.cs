namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>
/// Walks rows that are too short for vectors several at a time. An input that lies as the result does is read in place; one that is the same in
/// all rows is written out once for a group; any other is collected row by row.
/// </summary>
internal unsafe ref struct RowGroups
{
    /// <summary>The most elements of a group: room that an operand needs.</summary>
    public const int Elements = 256;

    /// <summary>The offsets of a group: room that the walk needs.</summary>
    public const int Offsets = Elements * RowWalk.MostInputs;

    private readonly ref readonly RowWalk walk;
    private readonly Span<long> offsets;
    private readonly int most;
    private RowWalk.RowCursor cursor;
    private int rows;
    private uint written;

    /// <summary>Stands before the first group of a piece.</summary>
    /// <param name="walk">A walk over short rows.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="index">Room for <see cref="RowWalk.OuterRank"/> numbers.</param>
    /// <param name="offsets">Room for <see cref="Offsets"/> numbers.</param>
    public RowGroups(in RowWalk walk, int piece, Span<int> index, Span<long> offsets)
    {
        this.walk = ref walk;
        this.offsets = offsets;
        most = Elements / walk.Inner;
        cursor = walk.Start(piece, index);
    }

    /// <summary>The elements of the group.</summary>
    public readonly int Count => rows * walk.Inner;

    /// <summary>Where the group begins in the result.</summary>
    public long Target { get; private set; }

    /// <summary>Goes to the next group.</summary>
    /// <returns>False behind the last.</returns>
    public bool Next()
    {
        int left = (int)Math.Min(most, cursor.Remaining);
        if (left <= 0)
        {
            return false;
        }

        Target = cursor.Target;
        rows = left;
        if (!walk.Collects)
        {
            cursor.Skip(rows);
            return true;
        }

        for (int row = 0; row < rows; row++)
        {
            for (int input = 0; input < RowWalk.MostInputs; input++)
            {
                offsets[(row * RowWalk.MostInputs) + input] = cursor[input];
            }

            cursor.Next();
        }

        return true;
    }

    /// <summary>The elements of an input for the group: in its memory or written to a buffer of <see cref="Elements"/>, which stays the same for all groups.</summary>
    public T* Operand<T>(int input, T* source, T* buffer)
        where T : unmanaged
    {
        switch (walk.PlaceOf(input))
        {
            case OperandPlace.InPlace:
                return source + Target;
            case OperandPlace.SameInAllRows when (written & (1u << input)) != 0:
                return buffer;
            case OperandPlace.SameInAllRows:
                written |= 1u << input;
                for (int row = 0; row < most; row++)
                {
                    Write(source, input, buffer + (row * walk.Inner));
                }

                return buffer;
            default:
                for (int row = 0; row < rows; row++)
                {
                    Write(source + offsets[(row * RowWalk.MostInputs) + input], input, buffer + (row * walk.Inner));
                }

                return buffer;
        }
    }

    private readonly void Write<T>(T* source, int input, T* target)
        where T : unmanaged
    {
        int step = walk.Repeats(input) ? 0 : 1;
        for (int index = 0; index < walk.Inner; index++)
        {
            target[index] = source[index * step];
        }
    }
}

/// <summary>Where the elements of an input are found.</summary>
internal enum OperandPlace
{
    /// <summary>It lies as the result does.</summary>
    InPlace,

    /// <summary>It is the same in all rows.</summary>
    SameInAllRows,

    /// <summary>Each row has a place of its own.</summary>
    Apart,
}
