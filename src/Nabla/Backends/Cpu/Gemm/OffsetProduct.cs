// A matrix product whose left operand is given by offsets: element (i, p) stands at left[rows[i] + steps[p]]. The right operand
// is packed into panels of two vectors, zeros beyond the last column, so that no step of the inner loop asks where it is.
using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>The right operand of a product in panels that the tile reads from front to back.</summary>
internal sealed unsafe class Panels<T>
    where T : unmanaged
{
    private readonly Storage storage;

    /// <summary>Memory for <paramref name="steps"/> x <paramref name="columns"/> elements.</summary>
    public Panels(int steps, int columns)
    {
        Steps = steps;
        Columns = columns;
        Count = (columns + Width - 1) / Width;
        storage = Storage.Allocate((long)Count * steps * Width * sizeof(T));
    }

    public static int Width => Tile.Columns<T>();

    public int Steps { get; }

    public int Columns { get; }

    public int Count { get; }

    public T* this[int panel] => (T*)storage.Pointer + ((nint)panel * Steps * Width);

    /// <summary>Copies steps of a matrix whose element (p, j) stands at source[p * stepStride + j * columnStride].</summary>
    public void Pack(T* source, nint stepStride, nint columnStride, int firstStep, int stepCount)
    {
        for (int panel = 0; panel < Count; panel++)
        {
            int width = Math.Min(Width, Columns - (panel * Width));
            T* target = this[panel] + ((nint)firstStep * Width);
            T* from = source + (panel * Width * columnStride);
            for (int p = 0; p < stepCount; p++, target += Width, from += stepStride)
            {
                Copy(from, columnStride, target, width);
            }
        }
    }

    private static void Copy(T* from, nint stride, T* target, int width)
    {
        if (stride == 1)
        {
            Unsafe.CopyBlockUnaligned(target, from, (uint)(width * sizeof(T)));
        }
        else
        {
            for (int column = 0; column < width; column++)
            {
                target[column] = from[column * stride];
            }
        }

        new Span<T>(target + width, Width - width).Clear();
    }
}

/// <summary>Multiplies rows given by offsets with packed panels.</summary>
internal static unsafe class OffsetProduct
{
    private const int StepBlock = 512;

    /// <summary>target[i * targetStride + j] = sum over p of left[rows[i] + steps[p]] * panels[p, j], for <paramref name="rowCount"/> rows.</summary>
    public static void Multiply<T>(T* left, long* rows, int rowCount, int* steps, Panels<T> panels, T* target, nint targetStride)
        where T : unmanaged
    {
        int width = Panels<T>.Width;
        T* tile = Scratch.Get<T>(ScratchUse.EdgeTile, Tile.Rows * width);
        T** pointers = stackalloc T*[Tile.Rows];
        for (int panel = 0; panel < panels.Count; panel++)
        {
            int columns = Math.Min(width, panels.Columns - (panel * width));
            for (int row = 0; row < rowCount; row += Tile.Rows)
            {
                int living = Math.Min(Tile.Rows, rowCount - row);
                for (int index = 0; index < Tile.Rows; index++)
                {
                    pointers[index] = left + rows[row + Math.Min(index, living - 1)];
                }

                for (int step = 0; step < panels.Steps; step += StepBlock)
                {
                    int count = Math.Min(StepBlock, panels.Steps - step);
                    Tile.Multiply(pointers, steps + step, count, panels[panel] + ((nint)step * width), width, tile, step > 0);
                }

                Store(tile, width, target + (row * targetStride) + (panel * width), targetStride, living, columns);
            }
        }

        GC.KeepAlive(panels);
    }

    private static void Store<T>(T* tile, int width, T* target, nint stride, int rows, int columns)
        where T : unmanaged
    {
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(target + (row * stride), tile + (row * width), (uint)(columns * sizeof(T)));
        }
    }
}
