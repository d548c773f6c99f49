// A row of scores is a whole number of 64-byte vectors; what lies behind the keys that a query sees becomes minus infinity, whose exponential is
// zero. Sums run in the lanes of one vector and are added in a fixed order.
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Elementwise.Kernels;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>What is done to the scores of one query and a block of keys.</summary>
internal static unsafe class ScoreRow<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Adds a bias and what the distance takes away, and hides keys from <paramref name="seen"/> on.</summary>
    /// <param name="scores">The scores of the block.</param>
    /// <param name="count">The keys of the block.</param>
    /// <param name="width">Whole vectors that hold them.</param>
    /// <param name="seen">How many of them the query sees.</param>
    /// <param name="bias">What is added, or null.</param>
    /// <param name="slope">What a step of distance takes away.</param>
    /// <param name="distance">From the first key of the block to the query.</param>
    public static void Mask(T* scores, int count, int width, int seen, T* bias, T slope, int distance)
    {
        int visible = Math.Clamp(seen, 0, count);
        for (int key = 0; bias is not null && key < visible; key++)
        {
            scores[key] += bias[key];
        }

        for (int key = 0; slope != T.Zero && key < visible; key++)
        {
            scores[key] -= slope * T.CreateTruncating(Math.Abs(distance - key));
        }

        if (visible < width)
        {
            new Span<T>(scores + visible, width - visible).Fill(T.NegativeInfinity);
        }
    }

    /// <summary>The largest of the scores and of what was the largest before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static T Largest(T* scores, int width, T before)
    {
        Vector512<T> lanes = Vector512.Create(before);
        for (int index = 0; index < width; index += Vector512<T>.Count)
        {
            lanes = Vector512.Max(lanes, Vector512.Load(scores + index));
        }

        return Lanes512.MaxAcross(lanes);
    }

    /// <summary>Replaces scores by the exponentials of what they differ by from a shift; returns their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static T Exponentials(T* scores, int width, T shift)
    {
        Vector512<T> shifts = Vector512.Create(T.IsInfinity(shift) ? T.Zero : shift);
        Vector512<T> sum = Vector512<T>.Zero;
        for (int index = 0; index < width; index += Vector512<T>.Count)
        {
            Vector512<T> exponential = Exponential.Exp(Vector512.Load(scores + index) - shifts);
            sum += exponential;
            exponential.Store(scores + index);
        }

        return Lanes512.SumAcross(sum);
    }

    /// <summary>x *= factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Scale(T* x, int width, T factor)
    {
        for (int index = 0; index < width; index += Vector512<T>.Count)
        {
            (Vector512.Load(x + index) * factor).Store(x + index);
        }
    }

    /// <summary>
    /// From scores s and the gradients g of weights to the weights p = exp(s - shift), written over s, and the gradients of scores p (g - mean), over g.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Backward(T* scores, T* gradients, int width, T shift, T mean)
    {
        Vector512<T> shifts = Vector512.Create(shift), means = Vector512.Create(mean);
        for (int index = 0; index < width; index += Vector512<T>.Count)
        {
            Vector512<T> weight = Exponential.Exp(Vector512.Load(scores + index) - shifts);
            weight.Store(scores + index);
            (weight * (Vector512.Load(gradients + index) - means)).Store(gradients + index);
        }
    }

    /// <summary>The sum of products.</summary>
    public static T Dot(T* x, T* y, int count)
    {
        int width = Vector512<T>.Count;
        int whole = count & -width;
        Vector512<T> lanes = Vector512<T>.Zero;
        for (int index = 0; index < whole; index += width)
        {
            lanes += Vector512.Load(x + index) * Vector512.Load(y + index);
        }

        T sum = Lanes512.SumAcross(lanes);
        for (int index = whole; index < count; index++)
        {
            sum += x[index] * y[index];
        }

        return sum;
    }

    /// <summary>target = source * factor, filled up with zeros to <paramref name="width"/>.</summary>
    public static void Copy(T* source, T* target, int count, int width, T factor)
    {
        int lanes = Vector512<T>.Count;
        int whole = count & -lanes;
        for (int index = 0; index < whole; index += lanes)
        {
            (Vector512.Load(source + index) * factor).Store(target + index);
        }

        for (int index = whole; index < count; index++)
        {
            target[index] = source[index] * factor;
        }

        new Span<T>(target + count, width - count).Clear();
    }
}
