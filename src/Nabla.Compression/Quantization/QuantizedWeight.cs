namespace Nabla.Compression;

/// <summary>Weights as integers of one byte around zero.</summary>
/// <param name="Values">The integers, in the shape of the weights.</param>
/// <param name="Scale">What they are multiplied by: one for each output, or one without axes.</param>
internal sealed record QuantizedWeight(Tensor Values, Tensor Scale)
{
    /// <summary>The nearest integers, of two equally near ones the even one.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="axis">The axis of the outputs.</param>
    /// <param name="options">Bits, and whether each output has a scale of its own.</param>
    public static QuantizedWeight Of(Tensor weights, int axis, QuantizationOptions options)
    {
        Tensor scale = ScaleOf(weights, axis, options);
        return new(weights.Quantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8), options.PerChannel ? axis : null), scale);
    }

    /// <summary>The scale with which the largest weight is the largest integer; 1 where all weights are zero.</summary>
    public static Tensor ScaleOf(Tensor weights, int axis, QuantizationOptions options)
    {
        int[] others = [.. Enumerable.Range(0, weights.Rank).Where(other => !options.PerChannel || other != axis)];
        Tensor largest = weights.Abs().Max(others) / LargestOf(options.Bits);
        return largest + largest.Equal(0).To(DataType.Float32);
    }

    /// <summary>The largest integer of so many bits, one of them the sign; the least is its negative.</summary>
    public static int LargestOf(int bits) => (1 << (bits - 1)) - 1;
}
