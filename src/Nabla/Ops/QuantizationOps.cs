using Nabla.Ops.Quantization;

namespace Nabla;

/// <summary>
/// Numbers in steps of a scale, as bytes: <c>x</c> is about <c>(q - zeroPoint) * scale</c>. A scale and a zero point are scalars, or vectors along an
/// axis, or, where no axis is named, one for each row: the shape of <c>x</c> without its last axis. Source: ONNX, QuantizeLinear and DequantizeLinear.
/// </summary>
public static class QuantizationOps
{
    /// <summary><c>x / scale</c>, rounded to the nearest integer, halves to even, plus the zero point, held within what bytes have; NaN becomes the zero point.</summary>
    /// <param name="x">float32, of any shape.</param>
    /// <param name="scale">The size of a step, float32 and above zero.</param>
    /// <param name="zeroPoint">What zero becomes, of the scale's shape; its type, uint8 or int8, is the result's.</param>
    /// <param name="axis">The axis that scale and zero point are along; negative ones count from the last.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit; the message quotes them.</exception>
    public static Tensor Quantize(this Tensor x, Tensor scale, Tensor zeroPoint, int? axis = null) =>
        new Quantize(FromFront(x, axis)).ApplyOne(x, scale, zeroPoint);

    /// <summary><c>(q - zeroPoint) * scale</c>, float32.</summary>
    /// <param name="q">uint8 or int8, of any shape.</param>
    /// <param name="scale">The size of a step, float32.</param>
    /// <param name="zeroPoint">What stands for zero, of the type of <paramref name="q"/> and the scale's shape.</param>
    /// <param name="axis">The axis that scale and zero point are along; negative ones count from the last.</param>
    /// <exception cref="ArgumentException">Shapes or types do not fit; the message quotes them.</exception>
    public static Tensor Dequantize(this Tensor q, Tensor scale, Tensor zeroPoint, int? axis = null) =>
        new Dequantize(FromFront(q, axis)).ApplyOne(q, scale, zeroPoint);

    /// <summary>
    /// What is left of <paramref name="x"/> when it was quantised: <see cref="Quantize"/>, then <see cref="Dequantize"/>. For training its gradient is that
    /// of the identity where the bytes hold <paramref name="x"/>, and zero where they do not; scale and zero point have none. Sources: Bengio et al.,
    /// Estimating or propagating gradients through stochastic neurons, 2013; Jacob et al., Quantization and training of neural networks, 2018.
    /// </summary>
    /// <inheritdoc cref="Quantize"/>
    public static Tensor FakeQuantize(this Tensor x, Tensor scale, Tensor zeroPoint, int? axis = null) =>
        new FakeQuantize(FromFront(x, axis)).ApplyOne(x, scale, zeroPoint);

    /// <summary>
    /// Quantises to uint8 by the range of what comes, widened to hold zero: the scale is its length over 255 (1 where it has none), and the zero point
    /// <c>-least / scale</c>, rounded. Source: ONNX, DynamicQuantizeLinear.
    /// </summary>
    /// <param name="x">float32, of any shape but with elements.</param>
    /// <param name="perRow">Whether each row, along the last axis, has a range of its own, so that its bytes do not depend on the other rows.</param>
    /// <returns>The bytes, and scale and zero point: scalars, or of the shape without the last axis.</returns>
    /// <exception cref="ArgumentException">The type does not fit, or there are no elements to have a range.</exception>
    public static (Tensor Quantized, Tensor Scale, Tensor ZeroPoint) QuantizeDynamically(this Tensor x, bool perRow = false) =>
        new QuantizeDynamically(perRow).Apply(x) is [var quantized, var scale, var zeroPoint] ? (quantized, scale, zeroPoint) : throw new InvalidOperationException();

    private static int? FromFront(Tensor x, int? axis)
    {
        ArgumentNullException.ThrowIfNull(x);
        return axis is { } given ? x.Shape.Axis(given) : null;
    }
}
