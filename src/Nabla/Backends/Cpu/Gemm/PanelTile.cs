using System.Runtime.CompilerServices;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>A register tile at any number of columns up to two vectors: what is not a whole vector goes through a buffer.</summary>
internal static unsafe class PanelTile<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>
    /// Computes <paramref name="rows"/> by <paramref name="columns"/> results. The right operand must have whole vectors at each step;
    /// the target and the bias need not.
    /// </summary>
    public static void Run(int rows, int columns, TileWork<T>* work)
    {
        bool wide = columns > TLanes.Count;
        if (columns == TLanes.Count || columns == 2 * TLanes.Count)
        {
            RegisterTile<T, TVector, TLanes>.Run(rows, wide, work);
        }
        else
        {
            RunEdge(rows, columns, wide, work);
        }
    }

    private static void RunEdge(int rows, int columns, bool wide, TileWork<T>* work)
    {
        int width = 2 * TLanes.Count;
        T* edge = Scratch.Get<T>(ScratchUse.EdgeTile, (TLanes.TileRows + 1) * width);
        TileWork<T> buffered = *work;
        buffered.Target = edge;
        buffered.TargetStride = width;
        uint bytes = (uint)(columns * sizeof(T));
        if (work->Bias is not null)
        {
            buffered.Bias = edge + (TLanes.TileRows * width);
            Unsafe.CopyBlockUnaligned(buffered.Bias, work->Bias, bytes);
        }

        for (int row = 0; work->Accumulate && row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(edge + (row * width), work->Target + (row * work->TargetStride), bytes);
        }

        RegisterTile<T, TVector, TLanes>.Run(rows, wide, &buffered);
        for (int row = 0; row < rows; row++)
        {
            Unsafe.CopyBlockUnaligned(work->Target + (row * work->TargetStride), edge + (row * width), bytes);
        }
    }
}
