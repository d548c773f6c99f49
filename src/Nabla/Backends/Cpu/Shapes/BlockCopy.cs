// Every move of elements is a copy between two blocks of one shape with steps of their own along each axis. Axes on which both
// sides go on alike are one. The innermost axis and one more make a plane: when both sides are contiguous its rows are copied as
// they are; in a transpose the second axis is the one that the source runs along, and the plane is walked in tiles of 16 x 16,
// which stay in the first-level cache. The other axes are counted through. Planes are cut into units by shape alone.
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Shapes;

/// <summary>Copies a block of elements between different steps.</summary>
internal unsafe struct BlockCopy
{
    private const int MostAxes = 16;
    private const int Tile = 16;
    private const int UnitElements = 1 << 14;
    private const int FewColumns = 4;

    private Axes axes;
    private int count;
    private Axis rows;
    private Axis columns;
    private int unitRows;
    private int unitColumns;
    private long rowUnits;
    private long columnUnits;
    private long units;
    private long unitsPerPiece;

    /// <summary>Copies all elements of a shape.</summary>
    /// <param name="shape">The shape of both sides.</param>
    /// <param name="source">The first element of the source.</param>
    /// <param name="sourceSteps">The elements from one to the next along each axis; negative ones go backwards.</param>
    /// <param name="target">The first element of the target.</param>
    /// <param name="targetSteps">The same for the target.</param>
    public static void Run<T>(Shape shape, T* source, ReadOnlySpan<long> sourceSteps, T* target, ReadOnlySpan<long> targetSteps)
        where T : unmanaged
    {
        if (shape.ElementCount == 0)
        {
            return;
        }

        BlockCopy copy = default;
        copy.Join(shape, sourceSteps, targetSteps);
        copy.FindPlane();
        copy.Cut();
        WorkerPool.Run((int)((copy.units + copy.unitsPerPiece - 1) / copy.unitsPerPiece), new Pieces<T>(copy, source, target));
    }

    private void Join(Shape shape, ReadOnlySpan<long> sourceSteps, ReadOnlySpan<long> targetSteps)
    {
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            Axis next = new(shape[axis], sourceSteps[axis], targetSteps[axis]);
            if (next.Size == 1)
            {
                continue;
            }

            if (count > 0 && axes[count - 1].Source == next.Source * next.Size && axes[count - 1].Target == next.Target * next.Size)
            {
                axes[count - 1] = next with { Size = axes[count - 1].Size * next.Size };
            }
            else
            {
                axes[count++] = count < MostAxes ? next : throw new NotSupportedException($"A move of elements has at most {MostAxes} groups of axes.");
            }
        }
    }

    private void FindPlane()
    {
        (columns, rows) = (new Axis(1, 1, 1), new Axis(1, 0, 0));
        if (count > 0)
        {
            columns = axes[--count];
        }

        if (count > 0)
        {
            int second = count - 1;
            for (int axis = 0; columns.Source != 1 && axis < count; axis++)
            {
                second = axes[axis].Source == 1 ? axis : second;
            }

            rows = axes[second];
            count--;
            for (int axis = second; axis < count; axis++)
            {
                axes[axis] = axes[axis + 1];
            }
        }
    }

    private void Cut()
    {
        unitColumns = Math.Min(columns.Size, IsTransposed ? UnitElements / Tile : UnitElements);
        unitRows = Math.Clamp(UnitElements / unitColumns / Tile * Tile, IsTransposed ? Tile : 1, Math.Max(Tile, rows.Size));
        rowUnits = (rows.Size + unitRows - 1) / unitRows;
        columnUnits = (columns.Size + unitColumns - 1) / unitColumns;
        units = rowUnits * columnUnits;
        for (int axis = 0; axis < count; axis++)
        {
            units *= axes[axis].Size;
        }

        unitsPerPiece = Math.Max(1, UnitElements / ((long)unitColumns * Math.Min(unitRows, rows.Size)));
    }

    private readonly bool IsTransposed => rows.Source == 1 && columns.Target == 1 && columns.Source != 1;

    private readonly void CopyUnit<T>(long unit, T* source, T* target)
        where T : unmanaged
    {
        (unit, long columnUnit) = Math.DivRem(unit, columnUnits);
        (unit, long rowUnit) = Math.DivRem(unit, rowUnits);
        for (int axis = count - 1; axis >= 0; axis--)
        {
            Axis outer = axes[axis];
            (unit, long index) = Math.DivRem(unit, outer.Size);
            source += index * outer.Source;
            target += index * outer.Target;
        }

        int firstRow = (int)rowUnit * unitRows;
        int firstColumn = (int)columnUnit * unitColumns;
        source += (firstRow * rows.Source) + (firstColumn * columns.Source);
        target += (firstRow * rows.Target) + (firstColumn * columns.Target);
        CopyPlane(source, target, Math.Min(unitRows, rows.Size - firstRow), Math.Min(unitColumns, columns.Size - firstColumn));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void CopyPlane<T>(T* source, T* target, int rowCount, int columnCount)
        where T : unmanaged
    {
        if (columns.Source == 1 && columns.Target == 1)
        {
            for (int row = 0; row < rowCount; row++)
            {
                CopyRow(source + (row * rows.Source), target + (row * rows.Target), columnCount);
            }

            return;
        }

        if (IsTransposed && columnCount <= FewColumns)
        {
            CopyFew(source, target, rowCount, columnCount);
            return;
        }

        for (int row = 0; row < rowCount; row += Tile)
        {
            for (int column = 0; column < columnCount; column += Tile)
            {
                CopyTile(
                    source + (row * rows.Source) + (column * columns.Source), target + (row * rows.Target) + (column * columns.Target),
                    Math.Min(Tile, rowCount - row), Math.Min(Tile, columnCount - column));
            }
        }
    }

    // Images of few channels: each line of the source is walked alone.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void CopyFew<T>(T* source, T* target, int rowCount, int columnCount)
        where T : unmanaged
    {
        nint step = (nint)rows.Target;
        if (columnCount == 3)
        {
            T* second = source + columns.Source;
            T* third = second + columns.Source;
            for (int row = 0; row < rowCount; row++, target += step)
            {
                target[0] = source[row];
                target[1] = second[row];
                target[2] = third[row];
            }

            return;
        }

        for (int column = 0; column < columnCount; column++, source += columns.Source)
        {
            for (int row = 0; row < rowCount; row++)
            {
                target[(row * step) + column] = source[row];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyRow<T>(T* source, T* target, int count)
        where T : unmanaged
    {
        // A call costs more than to copy a few elements here.
        if (count > 8)
        {
            new ReadOnlySpan<T>(source, count).CopyTo(new Span<T>(target, count));
            return;
        }

        for (int index = 0; index < count; index++)
        {
            target[index] = source[index];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void CopyTile<T>(T* source, T* target, int rowCount, int columnCount)
        where T : unmanaged
    {
        (long sourceRow, long sourceColumn, long targetRow, long targetColumn) = (rows.Source, columns.Source, rows.Target, columns.Target);
        if (IsTransposed && rowCount == Tile && columnCount == Tile)
        {
            TransposeTile(source, sourceColumn, target, targetRow);
            return;
        }

        if (targetColumn == 1 && columnCount == Tile)
        {
            for (int row = 0; row < rowCount; row++)
            {
                CopyApart(source + (row * sourceRow), sourceColumn, target + (row * targetRow));
            }

            return;
        }

        for (int row = 0; row < rowCount; row++)
        {
            for (int column = 0; column < columnCount; column++)
            {
                target[(row * targetRow) + (column * targetColumn)] = source[(row * sourceRow) + (column * sourceColumn)];
            }
        }
    }

    private static void CopyApart<T>(T* source, long step, T* target)
        where T : unmanaged
    {
        for (int column = 0; column < Tile; column += 4)
        {
            target[column] = source[0];
            target[column + 1] = source[step];
            target[column + 2] = source[2 * step];
            target[column + 3] = source[3 * step];
            source += 4 * step;
        }
    }

    // Each line of the source is read once and whole: with large powers of two between them the cache could not hold them all.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void TransposeTile<T>(T* source, long sourceColumn, T* target, long targetRow)
        where T : unmanaged
    {
        T* lines = stackalloc T[Tile * Tile];
        for (int column = 0; column < Tile; column++)
        {
            Unsafe.CopyBlockUnaligned(lines + (column * Tile), source + (column * sourceColumn), (uint)(Tile * sizeof(T)));
        }

        for (int row = 0; row < Tile; row++)
        {
            CopyApart(lines + row, Tile, target + (row * targetRow));
        }
    }

    private readonly record struct Axis(int Size, long Source, long Target);

    [InlineArray(MostAxes)]
    private struct Axes
    {
        private Axis first;
    }

    private readonly struct Pieces<T>(BlockCopy copy, T* source, T* target) : IPieceBody
        where T : unmanaged
    {
        public void Run(int piece)
        {
            long end = Math.Min(copy.units, (piece + 1) * copy.unitsPerPiece);
            for (long unit = piece * copy.unitsPerPiece; unit < end; unit++)
            {
                copy.CopyUnit(unit, source, target);
            }
        }
    }
}
