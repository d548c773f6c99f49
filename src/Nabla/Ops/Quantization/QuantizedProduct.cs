using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;

namespace Nabla.Ops.Quantization;

/// <summary>What a quantised product multiplies: windows of images, or rows where there is no convolution.</summary>
/// <param name="Convolution">The convolution, linear; null for a product of <c>[rows, inputs]</c> with <c>[inputs, units]</c>.</param>
/// <param name="Weights">The shape of the weights.</param>
/// <param name="MostParts">In how many parts large weights may be cut so that sums fit 16 bits: 2 for int8 without a zero point, else 4.</param>
/// <param name="IsTiled">Whether tiles of results are computed by Winograd's algorithm, if the weights let the sums be told.</param>
internal sealed record QuantizedWindow(Convolution? Convolution, Shape Weights, int MostParts, bool IsTiled = false)
{
    private const int MostNarrowInputs = 4;
    private const int MostNarrowSteps = 256;
    private const int NarrowOutputs = 16;

    /// <summary>The results of a pixel or row.</summary>
    public int Outputs => Weights[-1];

    /// <summary>Whether each channel is convolved alone.</summary>
    public bool IsDepthwise => Convolution is { Groups: > 1 } convolution && Weights[2] == 1 && convolution.Groups == Weights[3];

    /// <summary>Whether so few channels are convolved that float32 holds all sums exactly, and is faster than bytes.</summary>
    public bool IsNarrow => Convolution is { Groups: 1 } && Weights[2] <= MostNarrowInputs && Weights.ElementCount <= (long)Weights[3] * MostNarrowSteps
        && Weights[3] % NarrowOutputs == 0;

    /// <summary>The shape of the results of some bytes.</summary>
    public Shape Results(Shape bytes) => Convolution is null
        ? [bytes[0], Outputs]
        : Convolution.Infer([new(DataType.Float32, bytes), new(DataType.Float32, Weights)])[0].Shape;
}

/// <summary>
/// Weights of one byte, zero points taken off, in the order in which the kernels of bytes read them, and the sum of each column's: <c>[bytes]</c> and
/// <c>[outputs]</c>. Inputs: the weights, their zero point, a scalar or <c>[outputs]</c>.
/// </summary>
/// <param name="Window">What reads them.</param>
/// <param name="Bytes">The bytes that come out.</param>
internal sealed record QuantizedPacking(QuantizedWindow Window, long Bytes) : Op
{
    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs) =>
        [new(DataType.Int8, [checked((int)Bytes)]), new(DataType.Int32, [Window.Outputs])];

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw FilterPacking.Late(this);
}

/// <summary>What is added to the results of a quantised product.</summary>
internal enum QuantizedResidual
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>float32 numbers.</summary>
    Numbers,

    /// <summary>uint8, with a scale and a zero point.</summary>
    Bytes,
}

/// <summary>
/// A product or convolution of uint8 with packed weights of one byte. The sums are exact; they are scaled in float32, a bias and a residual are
/// added, the result is held between bounds, pooled if it is, and given as float32 or, quantised, as uint8. Inputs: the bytes, the packed weights, their
/// columns' sums, their scales <c>[outputs]</c>, the scale and the zero point of the bytes (in a product one or one a row), then a bias <c>[outputs]</c>,
/// a residual (bytes with their scale and zero point), and the scale and zero point of the results, as far as there are such.
/// </summary>
/// <param name="Window">What is multiplied.</param>
/// <param name="HasBias">Whether a bias is added.</param>
/// <param name="Residual">What else is added.</param>
/// <param name="Low">The least result.</param>
/// <param name="High">The largest result.</param>
/// <param name="Pooling">The max-pooling behind it all; null for none.</param>
/// <param name="GivesBytes">Whether the results are quantised.</param>
internal sealed record QuantizedProduct(
    QuantizedWindow Window, bool HasBias = false, QuantizedResidual Residual = QuantizedResidual.None, float Low = float.NegativeInfinity,
    float High = float.PositiveInfinity, MaxPooling? Pooling = null, bool GivesBytes = false) : Op
{
    /// <summary>Where the bias stands among the inputs.</summary>
    public const int BiasAt = 6;

    /// <summary>Where the residual stands.</summary>
    public int ResidualAt => BiasAt + (HasBias ? 1 : 0);

    /// <summary>Where the scale of the results stands.</summary>
    public int ResultAt => ResidualAt + Residual switch { QuantizedResidual.None => 0, QuantizedResidual.Numbers => 1, _ => 3 };

    /// <inheritdoc/>
    public override TensorType[] Infer(ReadOnlySpan<TensorType> inputs)
    {
        int expected = ResultAt + (GivesBytes ? 2 : 0);
        if (inputs.Length != expected || inputs[0].DataType != DataType.UInt8)
        {
            throw Error($"expects {expected} inputs, uint8 first, but got {string.Join(", ", inputs.ToArray())}.");
        }

        Shape sums = Window.Results(inputs[0].Shape);
        if (Residual != QuantizedResidual.None && inputs[ResidualAt].Shape != sums)
        {
            throw Error($"expects a residual of {sums} but got {inputs[ResidualAt]}.");
        }

        TensorType result = new(DataType.Float32, sums);
        return [(Pooling?.Infer([result])[0] ?? result) with { DataType = GivesBytes ? DataType.UInt8 : DataType.Float32 }];
    }

    /// <inheritdoc/>
    public override Tensor?[] Gradient(Tensor[] inputs, Tensor[] outputs, Tensor?[] cotangents, ReadOnlySpan<bool> wanted) => throw FilterPacking.Late(this);

    /// <inheritdoc/>
    internal override double MultiplyAdds(ReadOnlySpan<TensorType> inputs, ReadOnlySpan<TensorType> outputs) =>
        (double)Window.Results(inputs[0].Shape).ElementCount * (Window.Weights.ElementCount / Math.Max(1, Window.Outputs));
}
