using Nabla.Backends.Cpu.Quantized;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Pooling;
using Nabla.Ops.Products;
using Nabla.Ops.Quantization;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Passes;

/// <summary>
/// Multiplies bytes where a product or convolution reads two dequantised operands, the weights steady: the sums are exact, where the float ones are
/// rounded, so results differ by at most one quantum. What is behind (rectifier, clip, pooling, what a shortcut brings, the next quantisation) goes with
/// it, so that chains of layers hand on bytes. Numbers that were only made to look quantised count as dequantised ones.
/// </summary>
internal static class QuantizedProductPass
{
    /// <summary>The same function within a quantum, with products of bytes.</summary>
    public static Graph MultiplyQuantized(this Graph graph)
    {
        Readers readers = Readers.In(graph);
        Steadiness steady = new(graph.Writes);
        return graph.Rewrite((node, inputs, builder) => node.Op switch
        {
            Convolution or PooledConvolution or DenseProduct or MatMul => Multiplied(node, inputs, readers, steady, builder),
            Unary<Relu> => Bounded(node, inputs[0], 0, float.PositiveInfinity, readers, builder),
            Unary<Clip> clip => Bounded(node, inputs[0], (float)clip.Function.Low, (float)clip.Function.High, readers, builder),
            MaxPooling pooling => Pooled(node, pooling, inputs[0], readers, builder),
            Binary<Add> => Joined(node, inputs, 0, readers, builder) ?? Joined(node, inputs, 1, readers, builder),
            Quantize { Axis: null } => Requantized(node, inputs, readers, builder),
            _ => null,
        });
    }

    private static IReadOnlyList<Value>? Multiplied(Node node, Value[] inputs, Readers readers, Steadiness steady, GraphBuilder builder)
    {
        bool isUsed = node.Results.Skip(1).Any(result => readers.Keeps(result) || readers.Of(result).Count > 0);
        if (isUsed || !steady.Holds(node.Inputs[1]) || steady.Holds(node.Inputs[0]) || WindowOf(node.Op, inputs) is not { } shape
            || !(inputs[1] is Result { Node.Op: Dequantize or Transpose } || readers.IsReadOnce(node.Inputs[1]))
            || QuantizedOperand.Of(inputs[1], builder) is not { } weights || QuantizedOperand.Of(inputs[0], builder) is not { } bytes
            || weights.AsColumns(inputs[1].Type.Shape[-1], builder) is not { } columns || bytes.AsRows(shape.Convolution is null) is not { } rows)
        {
            return null;
        }

        QuantizedWindow window = shape with { MostParts = columns.IsSymmetric ? 2 : 4 };
        if (window.IsDepthwise && !columns.IsSymmetric)
        {
            return null;
        }

        IReadOnlyList<Result> packed = builder.Add(QuantizedProductKernels.PackingOf(window), columns.Bytes, columns.ZeroPoint);
        QuantizedProduct op = OpOf(node.Op, inputs.Length, window);
        Value[] read = [rows.Bytes, packed[0], packed[1], columns.Scale, rows.Scale, rows.ZeroPoint, .. inputs[2..]];
        return op.Residual == QuantizedResidual.Numbers ? Add(op, read[..^1], read[^1], builder) : builder.Add(op, read);
    }

    // The window of a product that bytes have a kernel for; sums of so many steps fit int32.
    private static QuantizedWindow? WindowOf(Ops.Op op, Value[] inputs)
    {
        const int MostSteps = 1 << 15;
        Shape weights = inputs[1].Type.Shape;
        bool isProduct = op is DenseProduct || (op is MatMul { TransposeLeft: false, TransposeRight: false } && weights.Rank == 2 && inputs[0].Type.Shape.Rank == 2);
        Convolution? convolution = op switch { Convolution plain => plain.Linear, PooledConvolution pooled => pooled.Convolution.Linear, _ => null };
        bool fits = inputs[0].Type.DataType == DataType.Float32 && weights.ElementCount > 0 && weights.ElementCount / weights[-1] <= MostSteps;
        if (!fits || !(isProduct || convolution is not null))
        {
            return null;
        }

        QuantizedWindow window = new(convolution, weights, MostParts: 2);
        return window with { IsTiled = QuantizedProductKernels.Tiles(window, inputs[0].Type.Shape, (op as PooledConvolution)?.Pooling) };
    }

    private static QuantizedProduct OpOf(Ops.Op op, int inputs, QuantizedWindow window) => op switch
    {
        Convolution plain => new(window, plain.HasBias(inputs), plain.Residual ? QuantizedResidual.Numbers : QuantizedResidual.None, LowOf(plain.Relu)),
        PooledConvolution pooled => new(window, inputs > 2, Low: LowOf(pooled.Convolution.Relu), Pooling: pooled.Pooling),
        DenseProduct dense => new(window, HasBias: true, Low: LowOf(dense.Rectifies)),
        _ => new(window),
    };

    private static float LowOf(bool rectifies) => rectifies ? 0 : float.NegativeInfinity;

    // What is added is read as bytes where it is such.
    private static IReadOnlyList<Value> Add(QuantizedProduct op, Value[] inputs, Value added, GraphBuilder builder) =>
        QuantizedOperand.Of(added, builder)?.AsRows(mayBeRows: false) is { } bytes
            ? builder.Add(op with { Residual = QuantizedResidual.Bytes }, [.. inputs, bytes.Bytes, bytes.Scale, bytes.ZeroPoint])
            : builder.Add(op with { Residual = QuantizedResidual.Numbers }, [.. inputs, added]);

    private static (QuantizedProduct Op, Node Node)? Open(Value old, Value value, Readers readers) =>
        value is Result { Node: { Op: QuantizedProduct { GivesBytes: false } op } node } && readers.IsReadOnce(old) ? (op, node) : null;

    private static bool IsUnbounded(QuantizedProduct op) => float.IsNegativeInfinity(op.Low) && float.IsPositiveInfinity(op.High);

    private static IReadOnlyList<Value>? Bounded(Node node, Value input, float low, float high, Readers readers, GraphBuilder builder) =>
        Open(node.Inputs[0], input, readers) is var (op, product) && IsUnbounded(op) ? builder.Add(op with { Low = low, High = high }, [.. product.Inputs]) : null;

    private static IReadOnlyList<Value>? Pooled(Node node, MaxPooling pooling, Value input, Readers readers, GraphBuilder builder) =>
        Open(node.Inputs[0], input, readers) is ({ Pooling: null, Residual: QuantizedResidual.None, Window.Convolution: not null } op, var product)
        && !readers.Keeps(node.Results[1]) && readers.Of(node.Results[1]).Count == 0
            ? Pooled(op with { Pooling = pooling }, [.. product.Inputs], builder)
            : null;

    // Tiles do not hold every pooling's windows.
    private static IReadOnlyList<Value> Pooled(QuantizedProduct op, Value[] inputs, GraphBuilder builder)
    {
        if (!op.Window.IsTiled || QuantizedProductKernels.Tiles(op.Window, inputs[0].Type.Shape, op.Pooling))
        {
            return builder.Add(op, inputs);
        }

        QuantizedWindow window = op.Window with { IsTiled = false };
        IReadOnlyList<Result> packed = builder.Add(QuantizedProductKernels.PackingOf(window), [.. ((Result)inputs[1]).Node.Inputs]);
        return builder.Add(op with { Window = window }, [inputs[0], packed[0], packed[1], .. inputs[3..]]);
    }

    private static IReadOnlyList<Value>? Joined(Node node, Value[] inputs, int side, Readers readers, GraphBuilder builder) =>
        Open(node.Inputs[side], inputs[side], readers) is ({ Pooling: null, Residual: QuantizedResidual.None } op, var product)
        && IsUnbounded(op) && inputs[1 - side].Type == inputs[side].Type
            ? Add(op, [.. product.Inputs], inputs[1 - side], builder)
            : null;

    private static IReadOnlyList<Value>? Requantized(Node node, Value[] inputs, Readers readers, GraphBuilder builder) =>
        Open(node.Inputs[0], inputs[0], readers) is var (op, product) && inputs[1].Type.Shape.Rank == 0 && node.Results[0].Type.DataType == DataType.UInt8
            ? builder.Add(op with { GivesBytes = true }, [.. product.Inputs, inputs[1], inputs[2]])
            : null;
}
