namespace Nabla.Formats;

/// <summary>Floating-point numbers of 8 and 16 bits, as bits.</summary>
internal static class SmallFloats
{
    private const int BFloat16Shift = 16;
    private const ushort BFloat16NotANumber = 0x7FC0;

    /// <summary>The values of the 256 numbers of <see cref="StoredType.Float8E4M3"/>.</summary>
    public static float[] Float8E4M3 { get; } = Table(OfFloat8E4M3);

    /// <summary>The values of the 256 numbers of <see cref="StoredType.Float8E5M2"/>: the upper halves of 16-bit ones.</summary>
    public static float[] Float8E5M2 { get; } = Table(bits => (float)BitConverter.UInt16BitsToHalf((ushort)(bits << 8)));

    /// <summary>The values of the 256 numbers of <see cref="StoredType.Float8E8M0"/>.</summary>
    public static float[] Float8E8M0 { get; } = Table(bits => bits == byte.MaxValue ? float.NaN : MathF.ScaleB(1, bits - 127));

    /// <summary>The value of a number of <see cref="StoredType.BFloat16"/>.</summary>
    public static float OfBFloat16(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << BFloat16Shift);

    /// <summary>The nearest number of <see cref="StoredType.BFloat16"/>; of two the even one.</summary>
    public static ushort ToBFloat16(double value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(ToOdd(value));
        return double.IsNaN(value)
            ? (ushort)(((bits >> BFloat16Shift) & 0x8000) | BFloat16NotANumber)
            : (ushort)((bits + 0x7FFF + ((bits >> BFloat16Shift) & 1)) >> BFloat16Shift);
    }

    // Rounded towards zero, with the last bit set when something was lost: a second rounding then sees which side of the middle the value was on.
    private static float ToOdd(double value)
    {
        float near = (float)value;
        if (near == value || !double.IsFinite(value))
        {
            return near;
        }

        uint bits = BitConverter.SingleToUInt32Bits(near);
        return BitConverter.UInt32BitsToSingle((Math.Abs((double)near) > Math.Abs(value) ? bits - 1 : bits) | 1);
    }

    // Sign, four bits of exponent with bias 7, three of fraction; all ones is no number, and there is no infinity.
    private static float OfFloat8E4M3(byte bits)
    {
        int exponent = (bits >> 3) & 0xF;
        int fraction = bits & 7;
        float size = (exponent, fraction) switch
        {
            (0xF, 7) => float.NaN,
            (0, _) => MathF.ScaleB(fraction, -9),
            _ => MathF.ScaleB(8 + fraction, exponent - 10),
        };
        return (bits & 0x80) == 0 ? size : -size;
    }

    private static float[] Table(Func<byte, float> value) => [.. Enumerable.Range(0, 256).Select(bits => value((byte)bits))];
}
