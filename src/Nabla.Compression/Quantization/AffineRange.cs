namespace Nabla.Compression;

/// <summary>The values that 8-bit integers without sign stand for: from <c>(0 - ZeroPoint) * Scale</c> to <c>(255 - ZeroPoint) * Scale</c>.</summary>
/// <param name="Scale">From one value to the next.</param>
/// <param name="ZeroPoint">The integer of zero.</param>
internal readonly record struct AffineRange(float Scale, byte ZeroPoint)
{
    /// <summary>The largest integer.</summary>
    public const int Largest = byte.MaxValue;

    /// <summary>The finest integers that reach from one value to another and have zero among theirs.</summary>
    public static AffineRange Between(double low, double high)
    {
        (low, high) = (Math.Min(low, 0), Math.Max(high, 0));
        float scale = (float)((high - low) / Largest);
        return scale > 0 && float.IsFinite(scale)
            ? new AffineRange(scale, (byte)Math.Clamp(Math.Round(-low / scale), 0, Largest))
            : new AffineRange(1, 0);
    }

    /// <summary>The least and the largest value.</summary>
    public ActivationBounds Bounds => new(-ZeroPoint * (double)Scale, (Largest - ZeroPoint) * (double)Scale);

    /// <summary>The scale as a tensor without axes.</summary>
    public Tensor ScaleTensor => Tensor.Scalar(Scale);

    /// <summary>The zero point as a tensor without axes.</summary>
    public Tensor ZeroPointTensor => Tensor.Scalar(ZeroPoint);
}
