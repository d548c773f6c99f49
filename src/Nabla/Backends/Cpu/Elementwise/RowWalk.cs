using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>
/// How a broadcast result is walked: neighbouring axes that all inputs treat alike become one, the innermost is a row, the others are
/// counted through. A row is contiguous, or one repeated value, in each input. Pieces are cut by shape alone.
/// </summary>
internal readonly struct RowWalk
{
    /// <summary>The most inputs.</summary>
    public const int MostInputs = 3;

    private const int MostAxes = 16;
    private const int PieceElements = 1 << 14;
    private const int ShortRow = 48;

    private readonly Axes axes;
    private readonly Places places;
    private readonly long segments;
    private readonly long runs;
    private readonly long runsPerPiece;

    private RowWalk(in Axes found, int count, int elements, int inputs)
    {
        axes = found;
        OuterRank = count - 1;
        Inner = found[OuterRank].Size;
        long rows = Inner == 0 ? 0 : elements / Inner;
        segments = (Inner + PieceElements - 1) / PieceElements;
        runs = rows * segments;
        runsPerPiece = segments > 1 ? 1 : PieceElements / Math.Max(1, Inner);
        Pieces = (int)((runs + runsPerPiece - 1) / runsPerPiece);
        IsShort = OuterRank > 0 && Inner < ShortRow;
        for (int input = 0; input < inputs; input++)
        {
            places[input] = FindPlace(input);
            Collects |= places[input] == OperandPlace.Apart;
        }
    }

    /// <summary>The axes outside of a row.</summary>
    public int OuterRank { get; }

    /// <summary>The elements of a row.</summary>
    public int Inner { get; }

    public int Pieces { get; }

    /// <summary>Whether there are many rows that are short for vectors: <see cref="RowGroups"/> walks them faster.</summary>
    public bool IsShort { get; }

    /// <summary>Whether the rows of some input must be collected.</summary>
    public bool Collects { get; }

    /// <summary>Finds the walk over a result of which each input is a part that repeats.</summary>
    public static RowWalk Of(Shape result, params ReadOnlySpan<Shape> inputs)
    {
        Axes found = default;
        int count = 0;
        Span<long> steps = [1, 1, 1];
        for (int back = 1; back <= result.Rank; back++)
        {
            Axis axis = new() { Size = result[-back] };
            for (int input = 0; input < inputs.Length; input++)
            {
                int size = back <= inputs[input].Rank ? inputs[input][-back] : 1;
                axis.Strides[input] = size == 1 ? 0 : steps[input];
                steps[input] *= size;
            }

            count = axis.Size == 1 ? count : Join(ref found, count, axis, inputs.Length);
        }

        if (count == 0)
        {
            found[count++] = new Axis { Size = 1 };
        }

        ((Span<Axis>)found)[..count].Reverse();
        return new RowWalk(found, count, result.ElementCount, inputs.Length);
    }

    /// <summary>Whether an input repeats one value along each row.</summary>
    public bool Repeats(int input) => axes[OuterRank].Strides[input] == 0;

    /// <summary>Where the elements of an input are found.</summary>
    public OperandPlace PlaceOf(int input) => places[input];

    /// <summary>Stands on the first run of a piece.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="index">Room for <see cref="OuterRank"/> numbers.</param>
    [UnscopedRef]
    public RowCursor Start(int piece, Span<int> index)
    {
        long run = piece * runsPerPiece;
        (long row, long segment) = Math.DivRem(run, segments);
        int skipped = (int)segment * PieceElements;
        RowCursor cursor = new(in this, index)
        {
            Count = segments > 1 ? Math.Min(PieceElements, Inner - skipped) : Inner,
            Target = (row * Inner) + skipped,
            Remaining = Math.Min(runsPerPiece, runs - run),
        };
        cursor.Seek(row, skipped);
        return cursor;
    }

    [UnscopedRef]
    internal ref readonly Axis this[int axis] => ref axes[axis];

    private OperandPlace FindPlace(int input)
    {
        long step = 1;
        bool inPlace = true;
        bool same = true;
        for (int axis = OuterRank; axis >= 0; axis--)
        {
            inPlace &= axes[axis].Strides[input] == step;
            same &= axis == OuterRank || axes[axis].Strides[input] == 0;
            step *= axes[axis].Size;
        }

        return inPlace ? OperandPlace.InPlace : same ? OperandPlace.SameInAllRows : OperandPlace.Apart;
    }

    // Axes are added from the innermost on; an outer one joins when each input goes on in the same way.
    private static int Join(ref Axes found, int count, in Axis outer, int inputs)
    {
        if (count > 0)
        {
            ref Axis last = ref found[count - 1];
            bool joins = true;
            for (int input = 0; input < inputs; input++)
            {
                joins &= outer.Strides[input] == last.Strides[input] * last.Size;
            }

            if (joins)
            {
                last.Size *= outer.Size;
                return count;
            }
        }

        found[count] = count < MostAxes ? outer : throw new NotSupportedException($"A broadcast repeats at most {MostAxes} groups of axes.");
        return count + 1;
    }

    /// <summary>Steps through the runs of a piece; a run is a row or a part of a long one.</summary>
    internal ref struct RowCursor
    {
        private readonly ref readonly RowWalk walk;
        private readonly Span<int> index;
        private Steps offsets;

        internal RowCursor(in RowWalk walk, Span<int> index)
        {
            this.walk = ref walk;
            this.index = index;
        }

        /// <summary>The elements of the run.</summary>
        public int Count { get; init; }

        /// <summary>Where the run begins in the result.</summary>
        public long Target { get; set; }

        /// <summary>The runs from this one on.</summary>
        public long Remaining { get; set; }

        /// <summary>Where the run begins in an input.</summary>
        public readonly long this[int input] => offsets[input];

        /// <summary>Goes to the next run.</summary>
        /// <returns>False behind the last.</returns>
        public bool Next()
        {
            if (--Remaining <= 0)
            {
                return false;
            }

            Target += Count;
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                ref readonly Axis outer = ref walk[axis];
                bool wraps = ++index[axis] == outer.Size;
                Move(outer, wraps ? 1 - outer.Size : 1);
                if (!wraps)
                {
                    return true;
                }

                index[axis] = 0;
            }

            return true;
        }

        /// <summary>Goes on by some runs where only the place in the result matters.</summary>
        public void Skip(int count)
        {
            Remaining -= count;
            Target += (long)count * Count;
        }

        internal void Seek(long row, int skipped)
        {
            Move(walk[walk.OuterRank], skipped);
            for (int axis = index.Length - 1; axis >= 0; axis--)
            {
                ref readonly Axis outer = ref walk[axis];
                (row, long at) = Math.DivRem(row, outer.Size);
                index[axis] = (int)at;
                Move(outer, at);
            }
        }

        private void Move(in Axis axis, long steps)
        {
            for (int input = 0; input < MostInputs; input++)
            {
                offsets[input] += axis.Strides[input] * steps;
            }
        }
    }

    internal struct Axis
    {
        public int Size;
        public Steps Strides;
    }

    [InlineArray(MostInputs)]
    internal struct Steps
    {
        private long first;
    }

    [InlineArray(MostInputs)]
    private struct Places
    {
        private OperandPlace first;
    }

    [InlineArray(MostAxes)]
    private struct Axes
    {
        private Axis first;
    }
}
