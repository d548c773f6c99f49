using System.Numerics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Adds the sums of slices, first to last.</summary>
internal static unsafe class SliceSums<T, TVector, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int PieceElements = 8 * 1024;

    /// <summary>target[i] = the sum of sums[slice * size + i]; the target may be the first slice.</summary>
    public static void Add(T* sums, T* target, nint size, int slices)
    {
        if (slices > 1)
        {
            int parts = (int)((size + PieceElements - 1) / PieceElements);
            WorkerPool.Run(parts, new Piece(sums, target, size, slices, parts));
        }
    }

    private readonly struct Piece(T* sums, T* target, nint size, int slices, int parts) : IPieceBody
    {
        public void Run(int part)
        {
            nint index = (nint)((long)size * part / parts);
            nint end = (nint)((long)size * (part + 1) / parts);
            for (; index <= end - TLanes.Count; index += TLanes.Count)
            {
                TVector sum = TLanes.Load(sums + index);
                for (int slice = 1; slice < slices; slice++)
                {
                    sum = TLanes.Add(sum, TLanes.Load(sums + (slice * size) + index));
                }

                TLanes.Store(target + index, sum);
            }

            for (; index < end; index++)
            {
                T sum = sums[index];
                for (int slice = 1; slice < slices; slice++)
                {
                    sum += sums[(slice * size) + index];
                }

                target[index] = sum;
            }
        }
    }
}
