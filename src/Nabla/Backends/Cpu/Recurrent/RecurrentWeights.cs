// The recurrent kernel is multiplied once a step, so it is packed once a sequence: panels two vectors wide that a tile reads from front to
// back, each gate beginning at a whole vector. A single sequence has nothing to reuse: it reads the kernel in place where it has whole vectors.
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>A matrix that is multiplied at each step, packed.</summary>
internal readonly unsafe struct RecurrentWeights<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private readonly T* panels;
    private readonly T* inPlace;
    private readonly int steps;
    private readonly int columns;

    private RecurrentWeights(T* panels, T* inPlace, int steps, int columns)
    {
        this.panels = panels;
        this.inPlace = inPlace;
        this.steps = steps;
        this.columns = columns;
    }

    private static int Width => 2 * TLanes.Count;

    /// <summary>How many elements the packed matrix has.</summary>
    public static nint Size(int steps, int columns) => (nint)steps * ((columns + Width - 1) / Width * Width);

    /// <summary>The kernel <c>[units, gates * units]</c> for the product with states, each gate <paramref name="padded"/> columns wide.</summary>
    public static RecurrentWeights<T, TVector, TLanes> Forward(T* kernel, int units, int padded, int gates, bool oneRow, T* target)
    {
        if (oneRow && padded == units)
        {
            return new(null, kernel, units, gates * units);
        }

        new Span<T>(target, (int)Size(units, gates * padded)).Clear();
        for (int gate = 0; gate < gates; gate++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                (int panel, int column) = Math.DivRem((gate * padded) + unit, Width);
                Copy(kernel + (gate * units) + unit, gates * units, units, target + ((nint)panel * units * Width) + column);
            }
        }

        return new(target, null, units, gates * padded);
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

        return new(target, null, steps, padded);
    }

    /// <summary>target = left matrix + bias, or target += left matrix without a bias.</summary>
    public void Multiply(int rows, T* left, int leftStride, T* target, int targetStride, T* bias)
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
        if (inPlace is not null)
        {
            MultiplyRow(tile, left, target, bias);
            return;
        }

        tile.RightStride = Width;
        int tiles = (rows + TLanes.TileRows - 1) / TLanes.TileRows;
        for (int column = 0; column < columns; column += Width)
        {
            tile.Right = panels + ((nint)column * steps);
            tile.Bias = bias is null ? null : bias + column;
            for (int part = 0; part < tiles; part++)
            {
                int row = ProductGrid.Cut(rows, tiles, part);
                tile.Left = left + ((nint)row * leftStride);
                tile.Target = target + ((nint)row * targetStride) + column;
                RegisterTile<T, TVector, TLanes>.Run(ProductGrid.Cut(rows, tiles, part + 1) - row, columns - column >= Width, &tile);
            }
        }
    }

    private void MultiplyRow(TileWork<T> tile, T* left, T* target, T* bias)
    {
        int most = RowTile<T, TVector, TLanes>.MostVectors * TLanes.Count;
        tile.Left = left;
        tile.RightStride = columns;
        for (int column = 0; column < columns; column += most)
        {
            tile.Right = inPlace + column;
            tile.Target = target + column;
            tile.Bias = bias is null ? null : bias + column;
            RowTile<T, TVector, TLanes>.Run(Math.Min(most, columns - column) / TLanes.Count, &tile);
        }
    }

    private static void Copy(T* source, int stride, int count, T* target)
    {
        for (int step = 0; step < count; step++, source += stride, target += Width)
        {
            *target = *source;
        }
    }
}
