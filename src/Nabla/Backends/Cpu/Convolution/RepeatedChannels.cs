using System.Numerics;

namespace Nabla.Backends.Cpu.Convolution;

/// <summary>Images in which each channel stands several times, one behind the other.</summary>
internal static unsafe class RepeatedChannels<T>
    where T : unmanaged, INumberBase<T>
{
    private const int PieceElements = 1 << 15;

    /// <summary>target[element * times + i] = source[element].</summary>
    public static void Write(T* source, nint elements, int times, T* target) =>
        WorkerPool.Run(Pieces(elements), new WritePiece(source, elements, times, target));

    /// <summary>target[element] = the sum of source[element * times + i], first to last.</summary>
    public static void Fold(T* source, nint elements, int times, T* target) =>
        WorkerPool.Run(Pieces(elements), new FoldPiece(source, elements, times, target));

    private static int Pieces(nint elements) => (int)((elements + PieceElements - 1) / PieceElements);

    private readonly struct WritePiece(T* source, nint elements, int times, T* target) : IPieceBody
    {
        public void Run(int piece)
        {
            nint end = Math.Min(elements, ((nint)piece + 1) * PieceElements);
            for (nint element = (nint)piece * PieceElements; element < end; element++)
            {
                new Span<T>(target + (element * times), times).Fill(source[element]);
            }
        }
    }

    private readonly struct FoldPiece(T* source, nint elements, int times, T* target) : IPieceBody
    {
        public void Run(int piece)
        {
            nint end = Math.Min(elements, ((nint)piece + 1) * PieceElements);
            for (nint element = (nint)piece * PieceElements; element < end; element++)
            {
                T sum = source[element * times];
                for (int index = 1; index < times; index++)
                {
                    sum += source[(element * times) + index];
                }

                target[element] = sum;
            }
        }
    }
}
