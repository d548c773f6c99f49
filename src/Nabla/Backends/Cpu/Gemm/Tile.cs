// The one inner loop of matrix products and convolutions: 8 rows by two 64-byte vectors of results stay in sixteen registers
// while the inner axis is walked once. The left operand is read in place: row i at step p is rows[i][steps[p]], so that a
// matrix, a transposed one, the overlapping windows of an image and its pixels are all just tables of offsets. The right
// operand is a panel of two vectors a step. Each result is one chain of fused multiply-adds in the order of the steps.
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Computes a tile of <see cref="Rows"/> rows and <see cref="Columns{T}"/> columns.</summary>
internal static unsafe class Tile
{
    /// <summary>The rows of a tile.</summary>
    public const int Rows = 8;

    /// <summary>The columns of a tile: two vectors.</summary>
    public static int Columns<T>()
        where T : unmanaged => 2 * Vector512<T>.Count;

    /// <summary>target[i, j] = (accumulate ? target[i, j] : 0) + sum over p of rows[i][steps[p]] * panel[p, j].</summary>
    /// <param name="rows">Where each of the 8 rows of the left operand begins; rows that are not wanted may repeat another.</param>
    /// <param name="steps">The offset of each step within a row.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="panel">The right operand; each step has at least <see cref="Columns{T}"/> elements.</param>
    /// <param name="panelStride">The elements from one step of the panel to the next.</param>
    /// <param name="target">Where the results go: rows of <see cref="Columns{T}"/> elements, one after the other.</param>
    /// <param name="accumulate">Whether to go on from what is in <paramref name="target"/>.</param>
    public static void Multiply<T>(T** rows, int* steps, int count, T* panel, nint panelStride, T* target, bool accumulate)
        where T : unmanaged
    {
        T* row0 = rows[0], row1 = rows[1], row2 = rows[2], row3 = rows[3], row4 = rows[4], row5 = rows[5], row6 = rows[6], row7 = rows[7];
        int lanes = Vector512<T>.Count;
        Vector512<T> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        Vector512<T> c40 = default, c41 = default, c50 = default, c51 = default, c60 = default, c61 = default, c70 = default, c71 = default;
        if (accumulate)
        {
            (c00, c01, c10, c11) = (Load(target, 0), Load(target, 1), Load(target, 2), Load(target, 3));
            (c20, c21, c30, c31) = (Load(target, 4), Load(target, 5), Load(target, 6), Load(target, 7));
            (c40, c41, c50, c51) = (Load(target, 8), Load(target, 9), Load(target, 10), Load(target, 11));
            (c60, c61, c70, c71) = (Load(target, 12), Load(target, 13), Load(target, 14), Load(target, 15));
        }

        for (int p = 0; p < count; p++)
        {
            Vector512<T> b0 = Vector512.Load(panel);
            Vector512<T> b1 = Vector512.Load(panel + lanes);
            panel += panelStride;
            nint step = steps[p];
            Vector512<T> a = Vector512.Create(row0[step]);
            c00 = FusedMultiplyAdd(a, b0, c00);
            c01 = FusedMultiplyAdd(a, b1, c01);
            a = Vector512.Create(row1[step]);
            c10 = FusedMultiplyAdd(a, b0, c10);
            c11 = FusedMultiplyAdd(a, b1, c11);
            a = Vector512.Create(row2[step]);
            c20 = FusedMultiplyAdd(a, b0, c20);
            c21 = FusedMultiplyAdd(a, b1, c21);
            a = Vector512.Create(row3[step]);
            c30 = FusedMultiplyAdd(a, b0, c30);
            c31 = FusedMultiplyAdd(a, b1, c31);
            a = Vector512.Create(row4[step]);
            c40 = FusedMultiplyAdd(a, b0, c40);
            c41 = FusedMultiplyAdd(a, b1, c41);
            a = Vector512.Create(row5[step]);
            c50 = FusedMultiplyAdd(a, b0, c50);
            c51 = FusedMultiplyAdd(a, b1, c51);
            a = Vector512.Create(row6[step]);
            c60 = FusedMultiplyAdd(a, b0, c60);
            c61 = FusedMultiplyAdd(a, b1, c61);
            a = Vector512.Create(row7[step]);
            c70 = FusedMultiplyAdd(a, b0, c70);
            c71 = FusedMultiplyAdd(a, b1, c71);
        }

        Store(target, 0, c00, c01);
        Store(target, 1, c10, c11);
        Store(target, 2, c20, c21);
        Store(target, 3, c30, c31);
        Store(target, 4, c40, c41);
        Store(target, 5, c50, c51);
        Store(target, 6, c60, c61);
        Store(target, 7, c70, c71);
    }

    private static Vector512<T> FusedMultiplyAdd<T>(Vector512<T> a, Vector512<T> b, Vector512<T> c)
        where T : unmanaged => typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<double, T>();

    private static Vector512<T> Load<T>(T* target, int index)
        where T : unmanaged => Vector512.Load(target + (index * Vector512<T>.Count));

    private static void Store<T>(T* target, int row, Vector512<T> left, Vector512<T> right)
        where T : unmanaged
    {
        left.Store(target + (2 * row * Vector512<T>.Count));
        right.Store(target + (((2 * row) + 1) * Vector512<T>.Count));
    }
}
