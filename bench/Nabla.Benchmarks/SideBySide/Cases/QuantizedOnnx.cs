using Nabla.Layers;
using Nabla.Peers.Onnx;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>A value of an ONNX model, its scale and its shape, channels first.</summary>
internal readonly record struct OnnxBytes(string Name, float Scale, Shape Shape);

/// <summary>The same quantised network as an ONNX model: pairs of QuantizeLinear and DequantizeLinear at each place and around the weights.</summary>
/// <param name="writer">Where the ops go.</param>
/// <param name="ranges">The ranges of the places.</param>
internal sealed class QuantizedOnnx(OnnxWriter writer, IReadOnlyDictionary<int, (float Least, float Largest)> ranges) : QuantizedWalk<OnnxBytes>
{
    /// <summary>The model for batches of a size, ending with probabilities.</summary>
    public static byte[] Write(Sequential network, int batch, IReadOnlyDictionary<int, (float Least, float Largest)> ranges)
    {
        Shape input = [batch, network.InputShape[2], network.InputShape[0], network.InputShape[1]];
        OnnxWriter writer = new(input);
        return writer.Finish(new QuantizedOnnx(writer, ranges).Run(network, new(OnnxWriter.Input, 0, input)).Name, [batch, network.OutputShape[0]]);
    }

    /// <inheritdoc/>
    protected override OnnxBytes Convolve(OnnxBytes x, Tensor kernel, Tensor? bias, int stride, int padding)
    {
        (Tensor bytes, Tensor scale) = ByteScale.OfWeights(kernel);
        string weights = writer.Dequantize(writer.Constant(bytes.Transpose(3, 2, 0, 1)), writer.Constant(scale), writer.Constant(Tensor.Zeros(scale.Shape, DataType.Int8)), 0);
        string result = writer.ConvolutionOf(x.Name, weights, bias is null ? null : Bias(bias, scale, x.Scale), kernel.Shape, stride, padding);
        int Size(int size, int window) => ((size + (2 * padding) - window) / stride) + 1;
        return new(result, 0, [x.Shape[0], kernel.Shape[3], Size(x.Shape[2], kernel.Shape[0]), Size(x.Shape[3], kernel.Shape[1])]);
    }

    /// <inheritdoc/>
    protected override OnnxBytes Multiply(OnnxBytes x, Tensor kernel, Tensor bias)
    {
        Tensor ordered = x.Shape.Rank == 4 ? PeerLayers.ChannelsFirstKernel(kernel, x.Shape[2], x.Shape[3]) : kernel;
        (Tensor bytes, Tensor scale) = ByteScale.OfWeights(ordered);
        string weights = writer.Dequantize(writer.Constant(bytes), writer.Constant(scale), writer.Constant(Tensor.Zeros(scale.Shape, DataType.Int8)), 1);
        return new(writer.Plain("Gemm", x.Name, weights, Bias(bias, scale, x.Scale)), 0, [x.Shape[0], kernel.Shape[1]]);
    }

    /// <inheritdoc/>
    protected override OnnxBytes Rectify(OnnxBytes x) => x with { Name = writer.Plain("Relu", x.Name) };

    /// <inheritdoc/>
    protected override OnnxBytes Pool(OnnxBytes x, int size, int place)
    {
        OnnxBytes seen = See(x, place);
        return seen with { Name = writer.MaxPool(seen.Name, size), Shape = [x.Shape[0], x.Shape[1], x.Shape[2] / size, x.Shape[3] / size] };
    }

    /// <inheritdoc/>
    protected override OnnxBytes Join(OnnxBytes learnt, OnnxBytes shortcut, int place) =>
        learnt with { Name = writer.Plain("Add", See(learnt, place).Name, shortcut.Name) };

    /// <inheritdoc/>
    protected override OnnxBytes Average(OnnxBytes x) => new(writer.Plain("Flatten", writer.Plain("GlobalAveragePool", x.Name)), 0, [x.Shape[0], x.Shape[1]]);

    /// <inheritdoc/>
    protected override OnnxBytes Flatten(OnnxBytes x) => x with { Name = writer.Plain("Flatten", x.Name) };

    /// <inheritdoc/>
    protected override OnnxBytes Rows(OnnxBytes x) => x with { Name = writer.Plain("Softmax", x.Name) };

    /// <inheritdoc/>
    protected override OnnxBytes See(OnnxBytes x, int place)
    {
        (float scale, byte zeroPoint) = ByteScale.Of(ranges[place]);
        (string step, string zero) = (writer.Constant(Tensor.Scalar(scale)), writer.Constant(Tensor.Scalar(zeroPoint)));
        return x with { Name = writer.Dequantize(writer.Plain("QuantizeLinear", x.Name, step, zero), step, zero, null), Scale = scale };
    }

    // As the runtime's integer ops want it: int32 in steps of both scales.
    private string Bias(Tensor bias, Tensor weightScale, float scale)
    {
        Tensor step = weightScale * scale;
        return writer.Dequantize(writer.Constant((bias / step).Round().To(DataType.Int32)), writer.Constant(step), writer.Constant(Tensor.Zeros(step.Shape, DataType.Int32)), 0);
    }
}
