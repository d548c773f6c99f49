namespace Nabla.Onnx;

/// <summary>
/// A binary floating-point format of at most 16 bits, whose numbers are kept in float32: a sign (unless it has none), exponent and fraction. Formats of 8
/// bits: Micikevicius et al., FP8 Formats for Deep Learning, 2022 (arXiv 2209.05433); those that end in UZ: Noune et al., 8-bit Numerical Formats for
/// Deep Neural Networks, 2022 (arXiv 2206.02915); of 4 bits and E8M0: Open Compute Project, Microscaling Formats 1.0.
/// </summary>
/// <param name="FractionBits">The bits of the fraction.</param>
/// <param name="LeastExponent">The exponent of the smallest normal number; subnormal ones lie below at its distance.</param>
/// <param name="Largest">The largest finite number.</param>
internal sealed record FloatFormat(int FractionBits, int LeastExponent, double Largest)
{
    private static readonly Dictionary<int, FloatFormat> Formats = new()
    {
        [OnnxTypes.Float16] = new(10, -14, 65504) { HasInfinity = true },
        [OnnxTypes.BFloat16] = new(7, -126, BitConverter.UInt32BitsToSingle(0x7F7F0000)) { HasInfinity = true },
        [OnnxTypes.Float8E4M3FN] = new(3, -6, 448),
        [OnnxTypes.Float8E4M3FNUZ] = new(3, -7, 240) { HasNegativeZero = false },
        [OnnxTypes.Float8E5M2] = new(2, -14, 57344) { HasInfinity = true },
        [OnnxTypes.Float8E5M2FNUZ] = new(2, -15, 57344) { HasNegativeZero = false },
        [OnnxTypes.Float4E2M1] = new(1, 0, 6) { HasNotANumber = false },
        [OnnxTypes.Float8E8M0] = new(0, -127, Math.ScaleB(1, 127)) { HasSign = false },
    };

    /// <summary>Whether it has infinities; what is too large becomes not-a-number where it has none.</summary>
    public bool HasInfinity { get; init; }

    /// <summary>Whether it has not-a-number; where it has none, not-a-number becomes zero and what is too large the largest number.</summary>
    public bool HasNotANumber { get; init; } = true;

    /// <summary>Whether it has a zero with a sign.</summary>
    public bool HasNegativeZero { get; init; } = true;

    /// <summary>Whether it has signs, zeros and numbers below the smallest normal one; the format of scales has none of them.</summary>
    public bool HasSign { get; init; } = true;

    /// <summary>The format of a type; null where the type is none of these.</summary>
    public static FloatFormat? Of(int type) => Formats.GetValueOrDefault(type);

    /// <summary>The number that bits stand for.</summary>
    public float Decode(int bits, int width)
    {
        if (!HasSign)
        {
            return bits == 0xFF ? float.NaN : (float)Math.ScaleB(1, bits + LeastExponent);
        }

        int magnitude = bits & ((1 << (width - 1)) - 1);
        double sign = bits >> (width - 1) == 0 ? 1 : -1;
        if (!HasNegativeZero && sign < 0 && magnitude == 0)
        {
            return float.NaN;
        }

        (int exponent, int fraction) = (magnitude >> FractionBits, magnitude & ((1 << FractionBits) - 1));
        double value = exponent == 0
            ? Math.ScaleB(fraction, LeastExponent - FractionBits)
            : Math.ScaleB(fraction + (1 << FractionBits), LeastExponent + exponent - 1 - FractionBits);
        return value <= Largest ? (float)(sign * value)
            : HasInfinity && fraction == 0 ? (float)(sign * double.PositiveInfinity) : float.NaN;
    }

    /// <summary>A near number of the format.</summary>
    /// <param name="value">The number.</param>
    /// <param name="saturate">Whether what is too large becomes the largest number, else infinity or not-a-number.</param>
    /// <param name="rounding">Which of the two around it.</param>
    public float Round(float value, bool saturate, MidpointRounding rounding = MidpointRounding.ToEven)
    {
        if (float.IsNaN(value) || (!HasSign && value < 0))
        {
            return HasNotANumber ? float.NaN : 0;
        }

        if (!HasSign && value == 0)
        {
            return (float)Math.ScaleB(1, LeastExponent);
        }

        double rounded = value;
        if (float.IsFinite(value) && value != 0)
        {
            double quantum = Math.ScaleB(1, Math.Max(Math.ILogB(value), LeastExponent) - FractionBits);
            rounded = Math.Round(value / quantum, rounding) * quantum;
        }

        return Math.Abs(rounded) > Largest ? TooLarge(Math.Sign(rounded), saturate)
            : rounded == 0 && !HasNegativeZero ? 0
            : (float)rounded;
    }

    /// <summary>As <see cref="Round(float, bool, MidpointRounding)"/>, of all elements of a float32 tensor whose values are known.</summary>
    public Tensor Round(Tensor known, bool saturate, MidpointRounding rounding = MidpointRounding.ToEven) =>
        Tensor.From(Array.ConvertAll(known.ToArray<float>(), value => Round(value, saturate, rounding)), known.Shape);

    private float TooLarge(int sign, bool saturate) =>
        saturate || !HasNotANumber ? (float)(sign * Largest)
        : HasInfinity ? sign * float.PositiveInfinity
        : float.NaN;
}
