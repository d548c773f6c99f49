using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Speed;

/// <summary>How fast the machine reads and writes memory that is in no cache: a = b + s c over large arrays (McCalpin's triad, STREAM, 1995).</summary>
internal static unsafe class MemoryBandwidth
{
    private const int Count = 1 << 23;
    private const int PieceSize = 1 << 16;

    /// <summary>Runs the triad once.</summary>
    /// <param name="arrays">Three arrays of <see cref="Count"/> numbers, as <see cref="Arrays"/> makes them.</param>
    /// <returns>The bytes read and written.</returns>
    public static double Work(Tensor[] arrays)
    {
        WorkerPool.Run(Count / PieceSize, new Piece((float*)arrays[0].Storage.Pointer, (float*)arrays[1].Storage.Pointer, (float*)arrays[2].Storage.Pointer));
        GC.KeepAlive(arrays);
        return 3.0 * sizeof(float) * Count;
    }

    /// <summary>The memory that the triad works on.</summary>
    public static Tensor[] Arrays() => [.. Enumerable.Range(0, 3).Select(_ => Tensor.Zeros([Count]))];

    private readonly struct Piece(float* a, float* b, float* c) : IPieceBody
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int piece)
        {
            Vector512<float> scale = Vector512.Create(0.5f);
            nint end = (nint)(piece + 1) * PieceSize;
            for (nint index = (nint)piece * PieceSize; index < end; index += Vector512<float>.Count)
            {
                (Vector512.Load(b + index) + (scale * Vector512.Load(c + index))).Store(a + index);
            }
        }
    }
}
