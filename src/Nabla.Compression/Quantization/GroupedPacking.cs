using Nabla.Ops.Products;

namespace Nabla.Compression;

/// <summary>Makes integers of few bits of weights.</summary>
internal static class GroupedPacking
{
    /// <summary>
    /// The nearest integers and their scales. The weight of a group that is farthest from zero becomes the least integer, of which there is one more than of
    /// the largest, so a scale may be negative.
    /// </summary>
    /// <param name="weights"><c>[inputs, outputs]</c>, finite.</param>
    /// <param name="format">How they are held.</param>
    public static (Tensor Packed, Tensor Scales) Pack(Tensor weights, GroupedFormat format)
    {
        int outputs = weights.Shape[1];
        byte[] packed = new byte[format.PackedRows * outputs];
        float[] scales = new float[format.Groups * outputs];
        ReadOnlySpan<float> values = weights.AsSpan<float>();
        for (int group = 0; group < format.Groups; group++)
        {
            int first = group * format.Group;
            int end = Math.Min(format.Inputs, first + format.Group);
            Span<float> groupScales = scales.AsSpan(group * outputs, outputs);
            FindScales(values[(first * outputs)..(end * outputs)], groupScales, format.Zero);
            for (int input = first; input < end; input++)
            {
                Round(values.Slice(input * outputs, outputs), groupScales, format, input, packed);
            }
        }

        return (Tensor.From(packed, [format.PackedRows, outputs]), Tensor.From(scales, [format.Groups, outputs]));
    }

    private static void FindScales(ReadOnlySpan<float> values, Span<float> scales, int zero)
    {
        for (int index = 0; index < values.Length; index++)
        {
            ref float farthest = ref scales[index % scales.Length];
            farthest = Math.Abs(values[index]) > Math.Abs(farthest) ? values[index] : farthest;
        }

        for (int output = 0; output < scales.Length; output++)
        {
            scales[output] /= -zero;
        }
    }

    private static void Round(ReadOnlySpan<float> values, ReadOnlySpan<float> scales, GroupedFormat format, int input, byte[] packed)
    {
        bool halves = format.Bits == 4;
        int start = (halves ? input / 2 : input) * values.Length;
        int shift = halves && input % 2 == 1 ? 4 : 0;
        for (int output = 0; output < values.Length; output++)
        {
            int level = scales[output] == 0 ? 0 : (int)MathF.Round(values[output] / scales[output]);
            packed[start + output] |= (byte)(Math.Clamp(level + format.Zero, 0, (2 * format.Zero) - 1) << shift);
        }
    }
}
