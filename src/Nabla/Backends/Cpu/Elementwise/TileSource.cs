namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>
/// How the elements of an input that is repeated to a larger shape are found for a tile: as they lie, from a buffer in which a short period was
/// repeated beforehand, or written out for each tile.
/// </summary>
internal sealed unsafe class TileSource<T>
    where T : unmanaged
{
    private readonly int[] sizes;
    private readonly int[] strides;
    private readonly int inner;
    private readonly bool innerRepeats;

    /// <summary>Describes an input.</summary>
    /// <param name="input">Its shape.</param>
    /// <param name="result">The shape it is repeated to.</param>
    /// <param name="tile">The most elements of a tile.</param>
    public TileSource(Shape input, Shape result, int tile)
    {
        List<(int Size, int Stride)> axes = Axes(input, result);
        Period = input.ElementCount;
        bool periodic = axes.SkipWhile(axis => axis.Stride == 0).All(axis => axis.Stride > 0);
        Kind = Period == result.ElementCount ? SourceKind.Direct
            : !periodic ? SourceKind.WrittenOut
            : Period <= tile ? SourceKind.Repeated
            : SourceKind.Periodic;
        (inner, int last) = axes.Count > 0 ? axes[^1] : (1, 1);
        innerRepeats = last == 0;
        sizes = [.. axes.SkipLast(1).Select(axis => axis.Size)];
        strides = [.. axes.SkipLast(1).Select(axis => axis.Stride)];
    }

    /// <summary>How it is read.</summary>
    public SourceKind Kind { get; }

    /// <summary>After how many elements it begins again.</summary>
    public int Period { get; }

    /// <summary>The elements of the buffer it needs.</summary>
    public int BufferSize(int tile) => Kind switch
    {
        SourceKind.Repeated => tile + Period,
        SourceKind.WrittenOut => tile,
        _ => 0,
    };

    /// <summary>Fills the buffer of a repeated input; once for all tiles.</summary>
    public void Prepare(T* source, T* buffer, int tile)
    {
        if (Kind == SourceKind.Repeated)
        {
            for (int index = 0; index < tile + Period; index++)
            {
                buffer[index] = source[index % Period];
            }
        }
    }

    /// <summary>The elements from <paramref name="at"/> on.</summary>
    public T* Find(T* source, T* buffer, long at, int count)
    {
        switch (Kind)
        {
            case SourceKind.Direct:
                return source + at;
            case SourceKind.Repeated:
                return buffer + (at % Period);
            case SourceKind.Periodic:
                return source + (at % Period);
            default:
                WriteOut(source, buffer, at, count);
                return buffer;
        }
    }

    /// <summary>How many elements from <paramref name="at"/> on lie one behind the other.</summary>
    public int Reach(long at, int count) => Kind == SourceKind.Periodic ? (int)Math.Min(count, Period - (at % Period)) : count;

    private void WriteOut(T* source, T* buffer, long at, int count)
    {
        (long row, long column) = Math.DivRem(at, inner);
        for (int done = 0; done < count; row++, column = 0)
        {
            int run = (int)Math.Min(inner - column, count - done);
            T* start = source + Offset(row);
            if (innerRepeats)
            {
                new Span<T>(buffer + done, run).Fill(*start);
            }
            else
            {
                new Span<T>(start + column, run).CopyTo(new Span<T>(buffer + done, run));
            }

            done += run;
        }
    }

    private long Offset(long row)
    {
        long offset = 0;
        for (int axis = sizes.Length - 1; axis >= 0; axis--)
        {
            (row, long index) = Math.DivRem(row, sizes[axis]);
            offset += index * strides[axis];
        }

        return offset;
    }

    // The axes of the result with the input's stride in each, 0 where it repeats; neighbours that go on alike are one.
    private static List<(int Size, int Stride)> Axes(Shape input, Shape result)
    {
        List<(int Size, int Stride)> axes = [];
        int step = 1;
        for (int back = 1; back <= result.Rank; back++)
        {
            int size = back <= input.Rank ? input[-back] : 1;
            int stride = size == 1 ? 0 : step;
            step *= size;
            if (result[-back] == 1)
            {
                continue;
            }

            if (axes.Count > 0 && stride == axes[^1].Stride * axes[^1].Size)
            {
                axes[^1] = (axes[^1].Size * result[-back], axes[^1].Stride);
            }
            else
            {
                axes.Add((result[-back], stride));
            }
        }

        axes.Reverse();
        return axes;
    }
}

/// <summary>How an input of a fused op is read.</summary>
internal enum SourceKind
{
    /// <summary>It has an element for each of the result.</summary>
    Direct,

    /// <summary>A short period, repeated in a buffer beforehand.</summary>
    Repeated,

    /// <summary>A long period, read in place up to its end.</summary>
    Periodic,

    /// <summary>Anything else, written out for each tile.</summary>
    WrittenOut,
}
