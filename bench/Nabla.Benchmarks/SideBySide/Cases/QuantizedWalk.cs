using Nabla.Layers;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>
/// Goes through a network of images layer by layer as it is quantised: batch normalisation folded into weights, and the places named at which numbers
/// become bytes, each with a range that was seen at it. What a layer computes is up to the heirs.
/// </summary>
/// <typeparam name="T">What stands for a tensor.</typeparam>
internal abstract class QuantizedWalk<T>
{
    private const float Epsilon = 1e-5f;

    private int places;

    /// <summary>The network's answer, probabilities.</summary>
    public T Run(Sequential network, T x)
    {
        places = 0;
        return Rows(Along(network.Layers, See(x, places++)));
    }

    /// <summary>A convolution.</summary>
    protected abstract T Convolve(T x, Tensor kernel, Tensor? bias, int stride, int padding);

    /// <summary>A product of rows.</summary>
    protected abstract T Multiply(T x, Tensor kernel, Tensor bias);

    /// <summary>The rectifier.</summary>
    protected abstract T Rectify(T x);

    /// <summary>The largest of each window, whose range is known at a place.</summary>
    protected abstract T Pool(T x, int size, int place);

    /// <summary>What a block learnt, whose range is known at a place, added to a shortcut.</summary>
    protected abstract T Join(T learnt, T shortcut, int place);

    /// <summary>The mean of each channel.</summary>
    protected abstract T Average(T x);

    /// <summary>All elements of an image in a row.</summary>
    protected abstract T Flatten(T x);

    /// <summary>Softmax.</summary>
    protected abstract T Rows(T x);

    /// <summary>Numbers as bytes of the range of a place.</summary>
    protected abstract T See(T x, int place);

    private T Along(IReadOnlyList<Layer> layers, T x)
    {
        for (int index = 0; index < layers.Count; index++)
        {
            Layer? next = index + 1 < layers.Count ? layers[index + 1] : null;
            bool isLast = next is null;
            switch (layers[index])
            {
                case Conv2D convolution:
                    (Tensor kernel, Tensor? bias) = next is BatchNorm normalization ? Folded(convolution, normalization) : (convolution.Value("kernel"), convolution.Value("bias"));
                    index += next is BatchNorm ? 1 : 0;
                    x = Convolve(x, kernel, bias, convolution.Stride.Height, convolution.Padding.Top);
                    bool follows = index + 1 < layers.Count && layers[index + 1] is Activation;
                    index += follows ? 1 : 0;
                    x = follows || convolution.Activation == ActivationKind.Relu ? Rectify(x) : x;
                    if (index + 1 < layers.Count && layers[index + 1] is MaxPool2D)
                    {
                        index++;
                        x = Pool(x, 2, places);
                    }

                    x = index + 1 < layers.Count ? See(x, places++) : x;
                    break;
                case Residual residual:
                    x = See(Block(residual, x), places++);
                    break;
                case Dense dense:
                    x = Multiply(x, dense.Value("kernel"), dense.Value("bias"));
                    x = isLast ? x : See(Rectify(x), places++);
                    break;
                case GlobalAveragePool2D:
                    x = See(Average(x), places++);
                    break;
                case Nabla.Layers.Flatten:
                    x = Flatten(x);
                    break;
                default:
                    throw new NotSupportedException(layers[index].GetType().Name);
            }
        }

        return x;
    }

    private T Block(Residual residual, T x)
    {
        T shortcut = residual.Children.TryGetValue("shortcut", out Module? projected) ? See(Along(((Chain)projected).Layers, x), places++) : x;
        T learnt = Along(((Chain)residual.Children["body"]).Layers, x);
        return Rectify(Join(learnt, shortcut, places++));
    }

    private static (Tensor Kernel, Tensor Bias) Folded(Conv2D convolution, BatchNorm normalization)
    {
        Tensor factor = normalization.Value("scale") / (normalization.Value("variance") + Epsilon).Sqrt();
        return (convolution.Value("kernel") * factor, normalization.Value("bias") - (normalization.Value("mean") * factor));
    }
}

/// <summary>The range of the numbers at each place.</summary>
internal sealed class MeasuringWalk : QuantizedTensors
{
    /// <summary>The least and the largest number of each place, zero among them.</summary>
    public Dictionary<int, (float Least, float Largest)> Ranges { get; } = [];

    /// <inheritdoc/>
    protected override Tensor Join(Tensor learnt, Tensor shortcut, int place) => base.Join(See(learnt, place), shortcut, place);

    /// <inheritdoc/>
    protected override Tensor Weights(Tensor kernel) => kernel;

    /// <inheritdoc/>
    protected override Tensor See(Tensor x, int place)
    {
        Ranges[place] = (Math.Min(0, x.Min().Item<float>()), Math.Max(0, x.Max().Item<float>()));
        return x;
    }
}

/// <summary>A range as scale and zero point of uint8.</summary>
internal readonly record struct ByteScale(float Scale, byte ZeroPoint)
{
    /// <summary>The largest weight; sums of bytes times weights of 7 bits fit 16 bits.</summary>
    public const int LargestWeight = 63;

    /// <summary>The scale of a range that holds zero.</summary>
    public static ByteScale Of((float Least, float Largest) range)
    {
        float scale = Math.Max((range.Largest - range.Least) / byte.MaxValue, 1e-9f);
        return new(scale, (byte)Math.Clamp(MathF.Round(-range.Least / scale), 0, byte.MaxValue));
    }

    /// <summary>Weights as int8 with a scale for each of the last axis.</summary>
    public static (Tensor Bytes, Tensor Scale) OfWeights(Tensor kernel)
    {
        Tensor scale = kernel.Abs().Max([.. Enumerable.Range(0, kernel.Rank - 1)]) * (1.0 / LargestWeight);
        return (kernel.Quantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8), -1), scale);
    }
}

/// <summary>Nabla's ops: what an executable makes products of bytes of.</summary>
internal class QuantizedTensors : QuantizedWalk<Tensor>
{
    /// <inheritdoc/>
    protected override Tensor Convolve(Tensor x, Tensor kernel, Tensor? bias, int stride, int padding) => x.Conv2D(Weights(kernel), bias, stride, padding);

    /// <inheritdoc/>
    protected override Tensor Multiply(Tensor x, Tensor kernel, Tensor bias) => x.MatMul(Weights(kernel)) + bias;

    /// <inheritdoc/>
    protected override Tensor Rectify(Tensor x) => x.Relu();

    /// <inheritdoc/>
    protected override Tensor Pool(Tensor x, int size, int place) => x.MaxPool2D(size);

    /// <inheritdoc/>
    protected override Tensor Join(Tensor learnt, Tensor shortcut, int place) => learnt + shortcut;

    /// <inheritdoc/>
    protected override Tensor Average(Tensor x) => x.Mean([1, 2]);

    /// <inheritdoc/>
    protected override Tensor Flatten(Tensor x) => x.Reshape(x.Shape[0], -1);

    /// <inheritdoc/>
    protected override Tensor Rows(Tensor x) => x.Softmax();

    /// <inheritdoc/>
    protected override Tensor See(Tensor x, int place) => x;

    /// <summary>Weights as they are multiplied.</summary>
    protected virtual Tensor Weights(Tensor kernel)
    {
        (Tensor bytes, Tensor scale) = ByteScale.OfWeights(kernel);
        return bytes.Dequantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8), -1);
    }
}

/// <summary>Nabla's ops with bytes at each place.</summary>
/// <param name="ranges">The ranges of the places.</param>
internal sealed class QuantizedNetwork(IReadOnlyDictionary<int, (float Least, float Largest)> ranges) : QuantizedTensors
{
    /// <inheritdoc/>
    protected override Tensor See(Tensor x, int place)
    {
        (float scale, byte zeroPoint) = ByteScale.Of(ranges[place]);
        return x.Quantize(Tensor.Scalar(scale), Tensor.Scalar(zeroPoint)).Dequantize(Tensor.Scalar(scale), Tensor.Scalar(zeroPoint));
    }
}
