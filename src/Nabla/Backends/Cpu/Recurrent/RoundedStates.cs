// States in steps of 1/127 of the largest number that they can have: 1, or that of the state that a sequence begins with. As bytes they stand around
// 128. The float form and the bytes come from the same multiplication and rounding, so they are the same numbers.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Nabla.Ops.Recurrent;

namespace Nabla.Backends.Cpu.Recurrent;

/// <summary>Rounds the states of recurrent networks.</summary>
internal static unsafe class RoundedStates
{
    /// <summary>The byte of zero.</summary>
    public const int ZeroPoint = 128;

    private const int BytesAtATime = 16;

    /// <summary>From one number to the next, in a sequence that begins with a state.</summary>
    public static float ScaleOf(ReadOnlySpan<float> first)
    {
        float largest = 1;
        foreach (float value in first)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        return largest / Recurrence.LargestStep;
    }

    /// <summary>The nearest multiples of a scale.</summary>
    /// <param name="states">The states, whole vectors.</param>
    /// <param name="target">Where they go.</param>
    /// <param name="count">How many.</param>
    /// <param name="scale">The scale.</param>
    public static void Round(float* states, float* target, int count, float scale)
    {
        Vector512<float> inverse = Vector512.Create(1 / scale);
        for (int index = 0; index < count; index += Vector512<float>.Count)
        {
            (Vector512.Round(Vector512.Load(states + index) * inverse) * scale).Store(target + index);
        }
    }

    /// <summary>The same as bytes.</summary>
    /// <inheritdoc cref="Round"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Quantize(float* states, byte* target, int count, float scale)
    {
        Vector256<float> inverse = Vector256.Create(1 / scale);
        for (int index = 0; index < count; index += BytesAtATime)
        {
            Vector256<short> narrow = Vector256.NarrowWithSaturation(Steps(states + index, inverse), Steps(states + index + (BytesAtATime / 2), inverse));
            Vector128.Narrow(narrow.GetLower(), narrow.GetUpper()).Store((sbyte*)target + index);
        }
    }

    // What is no number becomes the least.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Steps(float* states, Vector256<float> inverse)
    {
        Vector256<float> steps = Vector256.Round(Vector256.Load(states) * inverse);
        Vector256<float> held = Vector256.MinNative(Vector256.MaxNative(steps, Vector256.Create((float)-Recurrence.LargestStep)), Vector256.Create((float)Recurrence.LargestStep));
        return Vector256.ConvertToInt32Native(held) + Vector256.Create(ZeroPoint);
    }
}
