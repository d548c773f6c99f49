// Two booleans come from each random word. The words for an element depend on its number alone, so pieces may be made by any thread.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Random;

/// <summary>Makes random booleans, 64 at a time.</summary>
internal static unsafe class MaskWords
{
    private const int Block = 64;
    private const int WordsTogether = 512;
    private const int Together = 2 * WordsTogether;
    private const int PieceElements = 32 * Together;

    /// <summary>Fills a tensor with booleans of which a share of 65536 is true.</summary>
    public static void Fill(RandomKey key, Tensor output, int share)
    {
        int count = output.ElementCount;
        int pieces = (int)(((long)count + PieceElements - 1) / PieceElements);
        WorkerPool.Run(pieces, new Pieces(key.Value, (ushort)(share - 1), output.Pointer<byte>(), count));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Draw(ushort* numbers, ushort last, byte* target, int count)
    {
        Vector512<ushort> limit = Vector512.Create(last);
        int index = 0;
        for (; index <= count - Block; index += Block)
        {
            Booleans(numbers + index, limit).Store(target + index);
        }

        for (; index < count; index++)
        {
            target[index] = numbers[index] <= last ? (byte)1 : (byte)0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<byte> Booleans(ushort* numbers, Vector512<ushort> limit)
    {
        Vector512<ushort> first = Vector512.LessThanOrEqual(Vector512.Load(numbers), limit);
        Vector512<ushort> second = Vector512.LessThanOrEqual(Vector512.Load(numbers + Vector512<ushort>.Count), limit);
        return Vector512.Narrow(first, second) & Vector512<byte>.One;
    }

    private readonly struct Pieces(ulong key, ushort last, byte* output, int count) : IPieceBody
    {
        public void Run(int piece)
        {
            uint* words = stackalloc uint[WordsTogether];
            long end = Math.Min(count, (piece + 1L) * PieceElements);
            for (long at = (long)piece * PieceElements; at < end; at += Together)
            {
                PhiloxWords.Write(key, (ulong)at / 2, words, WordsTogether);
                Draw((ushort*)words, last, output + at, (int)Math.Min(Together, end - at));
            }
        }
    }
}
