using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Nabla.Backends.Cpu.Reductions;

/// <summary>Makes one number of the lanes of a vector.</summary>
internal static unsafe class LaneReduction
{
    /// <summary>All lanes combined, halves onto halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Across<T, TReducer>(Vector512<T> lanes)
        where T : unmanaged, INumber<T>
        where TReducer : IReducer
    {
        Vector256<T> half = TReducer.Combine(lanes.GetLower(), lanes.GetUpper());
        Vector128<T> quarter = TReducer.Combine(half.GetLower(), half.GetUpper());
        T* values = (T*)&quarter;
        for (int count = Vector128<T>.Count / 2; count > 0; count /= 2)
        {
            for (int lane = 0; lane < count; lane++)
            {
                values[lane] = TReducer.Combine(values[lane], values[lane + count]);
            }
        }

        return values[0];
    }

    /// <summary>The first elements from memory; the other lanes change nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> First<T, TReducer>(T* source, int count)
        where T : unmanaged, INumber<T>
        where TReducer : IReducer
    {
        Vector512<T> isFirst = Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(T.CreateTruncating(count)));
        return Vector512.ConditionalSelect(isFirst, Elementwise.Rows.LoadFirst(source, count), Vector512.Create(TReducer.Identity<T>()));
    }
}
