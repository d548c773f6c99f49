using Nabla.Graphs;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Pooling;
using Nabla.Ops.Products;

namespace Nabla.Onnx.Tests.Export;

/// <summary>Products of bytes in both forms. Where bytes come out they may differ by one: runtimes round the same sums in other places.</summary>
internal static class QuantizedCases
{
    private const double OneQuantum = 1;
    private const double SmallShare = 0.02;
    private const int Largest = 63;

    private static readonly Shape Images = [7, 5, 4];

    public static IEnumerable<ExportCase> All() => Enum.GetValues<QuantizedForm>().SelectMany(form => OfBytes(form).Concat(OfFloats(form)));

    private static IEnumerable<ExportCase> OfBytes(QuantizedForm form) =>
    [
        Bytes("convolution", form, Images, Kernel([3, 3, 4, 6]), Biases(6), 0, 9, (x, kernel, bias) => x.Conv2D(kernel, bias, padding: Padding.Same).Relu()),
        Bytes("convolution and rectifier", form, Images, Kernel([3, 3, 4, 6]), Biases(6), 0, 9, (x, kernel, bias) => Convolve(x, kernel, bias, relu: true)),
        Bytes("convolution in strides and groups", form, Images, Kernel([3, 3, 2, 6]), Biases(6), -8, 9, (x, kernel, bias) => x.Conv2D(kernel, bias, stride: 2, groups: 2)),
        Bytes("convolution without bias", form, Images, Kernel([2, 2, 4, 3]), Biases(3), -8, 9, (x, kernel, _) => x.Conv2D(kernel)),
        Bytes("convolution and pooling", form, Images, Kernel([2, 2, 4, 5]), Biases(5), 0, 9, (x, kernel, bias) =>
            new PooledConvolution(new Convolution(new Window(), 1, Relu: true), new MaxPooling(new(2, 2), new Window(2, 2))).Apply(x, kernel, bias)[0]),
        Bytes("convolution and shortcut", form, Images, Kernel([3, 3, 4, 4]), Biases(4), 0, 12, (x, kernel, bias) =>
            new Convolution(new Window(1, 1, 1, 1, 1, 1), 1, Relu: true, Residual: true).Apply(x, kernel, bias, x)[0]),
        Bytes("product with a bias", form, [9], Kernel([9, 6]), Biases(6), 0, 9, (x, kernel, bias) => new DenseProduct(Rectifies: true).Apply(x, kernel, bias)[0]),
        Bytes("product", form, [9], Kernel([9, 6]), Biases(6), -7, 9, (x, kernel, _) => x.MatMul(kernel)),
        Bytes("product of a transposed kernel", form, [9], Kernel([6, 9], axis: 0), Biases(6), -7, 9, (x, kernel, _) => x.MatMul(kernel, transposeRight: true)),
    ];

    private static IEnumerable<ExportCase> OfFloats(QuantizedForm form)
    {
        Weight first = Kernel([3, 3, 1, 4]);
        Weight second = Kernel([4 * 3 * 4, 5]);
        Tensor firstBias = Biases(4);
        Tensor secondBias = Biases(5);
        PooledConvolution pooled = new(new Convolution(new Window(), 1, Relu: true), new MaxPooling(new(2, 2), new Window(2, 2)));
        yield return Case("network of bytes", form, [10, 8, 1], SmallShare, x =>
        {
            Tensor images = Bytes(pooled.Apply(Between(x, -4, 4), first.Value, firstBias)[0], 0, 6);
            Tensor rows = images.Reshape(x.Shape[0], -1).Dequantize(Scale(0, 6), ZeroPoint(0, 6));
            return new DenseProduct(Rectifies: false).Apply(rows, second.Value, secondBias)[0].Softmax();
        });
        Weight kernel = Kernel([9, 6]);
        Tensor bias = Biases(6);
        yield return Case("product of rows with ranges of their own", form, [9], SmallShare, x =>
        {
            (Tensor rows, Tensor scale, Tensor zeroPoint) = x.QuantizeDynamically(perRow: true);
            return new DenseProduct(Rectifies: true).Apply(rows.Dequantize(scale, zeroPoint), kernel.Value, bias)[0];
        });
        GroupedFormat format = new(4, 4, 9);
        Cell packed = new("kernel_packed", RandomKey.FromSeed(8).Integers([format.PackedRows, 6], 0, 256, DataType.UInt8));
        Cell scales = new("kernel_scale", RandomKey.FromSeed(9).Normal([format.Groups, 6]));
        yield return Case("product of weights in few bits", form, [9], 1e-5, x => new GroupedProduct(format).Apply(x, packed.Value, scales.Value)[0]);
        yield return Case("columns of weights in few bits", form, [9], 1e-5, x => new GroupedColumns(format).Apply(x.Abs().Clip(0, 5).To(DataType.Int32), packed.Value, scales.Value)[0]);
        yield return Case("numbers rounded to bytes", form, [9], 1e-5, x => x.FakeQuantize(Scale(-2, 2), ZeroPoint(-2, 2)) + 1);
    }

    private static ExportCase Bytes(
        string name, QuantizedForm form, Shape sample, Weight kernel, Tensor bias, double low, double high, Func<Tensor, Tensor, Tensor, Tensor> product) =>
        Case(name, form, sample, OneQuantum, x => Bytes(product(Between(x, -4, 4), kernel.Value, bias), low, high)) with { IsAbsolute = true };

    private static ExportCase Case(string name, QuantizedForm form, Shape sample, double tolerance, Func<Tensor, Tensor> function)
    {
        Func<Tensor[], Tensor[]> whole = inputs => [function(inputs[0])];
        GraphInput[] inputs = [new("x", DataType.Float32, ["batch", .. sample.Select(size => (GraphSize)size)])];
        return new($"Quantised {name}, {form}", whole, options => OnnxExport.ToBytes(whole, inputs, options with { Quantized = form }), (batch, _, seed) => [RandomKey.FromSeed(seed).Normal([batch, .. sample])], [])
        {
            Tolerance = tolerance,
        };
    }

    private static Tensor Convolve(Tensor x, Tensor kernel, Tensor bias, bool relu) => new Convolution(new Window(), 1, relu).Apply(x, kernel, bias)[0];

    private static Tensor Between(Tensor x, double low, double high) => Bytes(x, low, high).Dequantize(Scale(low, high), ZeroPoint(low, high));

    private static Tensor Bytes(Tensor x, double low, double high) => x.Quantize(Scale(low, high), ZeroPoint(low, high));

    private static Tensor Scale(double low, double high) => Tensor.Scalar((float)((high - low) / 255));

    private static Tensor ZeroPoint(double low, double high) => Tensor.Scalar((byte)Math.Round(-low * 255 / (high - low)));

    private static Tensor Biases(int outputs) => RandomKey.FromSeed(7).Normal([outputs]);

    private static Weight Kernel(Shape shape, int? axis = null)
    {
        int outputs = axis ?? shape.Rank - 1;
        Tensor bytes = RandomKey.FromSeed(5).Integers(shape, -Largest, Largest + 1).To(DataType.Int8);
        double size = Math.Sqrt(shape.ElementCount / shape[outputs]) * Largest;
        return new Weight(new Cell("kernel", bytes), new Cell("kernel_scale", RandomKey.FromSeed(6).Uniform([shape[outputs]], 0.5 / size, 2.5 / size)), outputs);
    }

    // Parameters, so that tracing does not compute with them.
    private sealed record Weight(Cell Bytes, Cell Scale, int Axis)
    {
        public Tensor Value => Bytes.Value.Dequantize(Scale.Value, Tensor.Zeros(Scale.Type.Shape, DataType.Int8), Axis);
    }
}
