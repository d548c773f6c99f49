// The recurrent kernel is multiplied once a step, so it is packed once a call: panels two vectors wide that a tile reads from front to back, each gate
// beginning at a whole vector. A single sequence has nothing to reuse: it reads rows of the kernel, with vectors of 64 bytes as they are, in place where
// its gates have whole vectors. What a tile of narrower vectors reads of a row is too short to come from the second-level cache at full speed: for some
// steps and more the kernel is packed in panels as wide as that tile.
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>A matrix that is multiplied at each step, packed.</summary>
internal readonly unsafe struct RecurrentWeights<T, TVector, TLanes> : IRecurrentProduct<T>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int StepsWorthPacking = 8;

    private readonly T* panels;
    private readonly T* rows;
    private readonly int steps;
    private readonly int columns;
    private readonly int rowWidth;

    /// <summary>Describes a matrix of which one of the two is given: panels, or rows cut into pieces of some columns.</summary>
    private RecurrentWeights(T* panels, T* rows, int rowWidth, int steps, int columns)
    {
        this.panels = panels;
        this.rows = rows;
        this.rowWidth = rowWidth;
        this.steps = steps;
        this.columns = columns;
    }

    /// <summary>The columns of a panel: ranges of columns begin at multiples of it.</summary>
    public static int Width => 2 * TLanes.Count;

    private static int RowWidth => RowTile<T, TVector, TLanes>.MostVectors * TLanes.Count;

    public static bool Cuts(int units) => true;

    /// <summary>How many elements the packed matrix has.</summary>
    public static nint Size(int steps, int columns) => (nint)steps * ((columns + RowWidth - 1) / RowWidth * RowWidth);

    /// <summary>The kernel <c>[units, gates * units]</c> for the product with states, each gate <paramref name="padded"/> columns wide.</summary>
    public static RecurrentWeights<T, TVector, TLanes> Forward(T* kernel, int units, int padded, int gates, int batch, int time, T* target)
    {
        int columns = gates * padded;
        bool panelled = batch > 1 || (time >= StepsWorthPacking && TLanes.Count < Vector512<T>.Count);
        if (!panelled && padded == units)
        {
            return new(null, kernel, columns, units, columns);
        }

        int width = batch > 1 ? Width : panelled ? RowWidth : columns;
        new Span<T>(target, (int)Size(units, columns)).Clear();
        for (int row = 0; row < units; row++)
        {
            for (int gate = 0; gate < gates; gate++, kernel += units)
            {
                PackRow(new Span<T>(kernel, units), gate * padded, new Panels(target + ((nint)row * width), width, (nint)units * width));
            }
        }

        return batch > 1 ? new(target, null, 0, units, columns) : new(null, target, width, units, columns);
    }

    /// <summary>The kernel turned, for the product with the gradients of gates, each <paramref name="padded"/> steps long.</summary>
    public static RecurrentWeights<T, TVector, TLanes> Backward(T* kernel, int units, int padded, int gates, T* target)
    {
        int steps = gates * padded;
        new Span<T>(target, (int)Size(steps, padded)).Clear();
        for (int unit = 0; unit < units; unit++)
        {
            (int panel, int column) = Math.DivRem(unit, Width);
            T* begin = target + ((nint)panel * steps * Width) + column;
            for (int gate = 0; gate < gates; gate++)
            {
                Copy(kernel + ((nint)unit * gates * units) + (gate * units), 1, units, begin + ((nint)gate * padded * Width));
            }
        }

        return new(target, null, 0, steps, padded);
    }

    /// <summary>target = left matrix + bias, or target += left matrix without a bias.</summary>
    public void Multiply(int count, T* left, int leftStride, T* target, int targetStride, T* bias) =>
        Multiply(count, left, leftStride, target, targetStride, bias, 0, columns);

    public void Multiply(int first, int rows, T* states, int stride, T* sums, T* bias, int begin, int end)
    {
        if (end - begin == stride)
        {
            Multiply(rows, states, stride, sums, columns, bias, 0, columns);
            return;
        }

        for (int gate = 0; gate < columns; gate += stride)
        {
            Multiply(rows, states, stride, sums, columns, bias, gate + begin, gate + end);
        }
    }

    /// <summary>The same for the columns from <paramref name="begin"/> to <paramref name="end"/>.</summary>
    public void Multiply(int count, T* left, int leftStride, T* target, int targetStride, T* bias, int begin, int end)
    {
        TileWork<T> tile = new()
        {
            RowStride = leftStride,
            StepStride = 1,
            Segments = 1,
            SegmentLength = steps,
            TargetStride = targetStride,
            Accumulate = bias is null,
        };
        if (rows is not null)
        {
            MultiplyRow(tile, left, target, bias, begin, end);
            return;
        }

        tile.RightStride = Width;
        int tiles = (count + TLanes.TileRows - 1) / TLanes.TileRows;
        for (int column = begin; column < end; column += Width)
        {
            tile.Right = panels + ((nint)column * steps);
            tile.Bias = bias is null ? null : bias + column;
            for (int part = 0; part < tiles; part++)
            {
                int row = ProductGrid.Cut(count, tiles, part);
                tile.Left = left + ((nint)row * leftStride);
                tile.Target = target + ((nint)row * targetStride) + column;
                RegisterTile<T, TVector, TLanes>.Run(ProductGrid.Cut(count, tiles, part + 1) - row, end - column >= Width, &tile);
            }
        }
    }

    private void MultiplyRow(TileWork<T> tile, T* left, T* target, T* bias, int begin, int end)
    {
        tile.Left = left;
        tile.RightStride = rowWidth;
        for (int column = begin, count; column < end; column += count)
        {
            (int piece, int place) = Math.DivRem(column, rowWidth);
            count = Math.Min(Math.Min(RowWidth, rowWidth - place), end - column);
            tile.Right = rows + ((nint)piece * rowWidth * steps) + place;
            tile.Target = target + column;
            tile.Bias = bias is null ? null : bias + column;
            RowTile<T, TVector, TLanes>.Run(count / TLanes.Count, &tile);
        }
    }

    private static void PackRow(Span<T> source, int column, Panels target)
    {
        while (source.Length > 0)
        {
            (int panel, int place) = Math.DivRem(column, target.Width);
            int count = Math.Min(target.Width - place, source.Length);
            source[..count].CopyTo(new Span<T>(target.First + (panel * target.Distance) + place, count));
            source = source[count..];
            column += count;
        }
    }

    private static void Copy(T* source, int stride, int count, T* target)
    {
        for (int step = 0; step < count; step++, source += stride, target += Width)
        {
            *target = *source;
        }
    }

    /// <summary>One row of all panels.</summary>
    private readonly struct Panels(T* first, int width, nint distance)
    {
        public readonly T* First = first;
        public readonly int Width = width;
        public readonly nint Distance = distance;
    }
}
