using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Elementwise;
using Nabla.Ops.Losses;
using Nabla.Transforms;

namespace Nabla.Onnx.Tests.Export;

/// <summary>Cases for ops that no layer uses, or uses in one way alone.</summary>
internal static class OpCases
{
    private const int Columns = 5;

    private static readonly Lstm Memory = Built(new Lstm(3) { ReturnSequences = true }, 9, 6);

    public static IEnumerable<ExportCase> All() => [.. Functions(), .. Pairs(), .. Integers(), .. Moves(), .. Reductions(), .. Others()];

    private static IEnumerable<ExportCase> Functions() =>
    [
        Unary("Exp", x => x.Exp()), Unary("Expm1", x => x.Expm1()), Unary("Sin", x => x.Sin()), Unary("Cos", x => x.Cos()), Unary("Tan", x => x.Clip(-1, 1).Tan()),
        Unary("Atan", x => x.Atan()), Unary("Erf", x => x.Erf()), Unary("Abs", x => x.Abs()), Unary("Sign", x => x.Sign()), Unary("Negate", x => -x),
        Unary("Round", x => (x * 3).Round()), Unary("Floor", x => x.Floor()), Unary("Ceiling", x => x.Ceiling()), Unary("Square", x => x.Square()),
        Unary("Clip", x => x.Clip(-0.5, 0.7)), Unary("Log", x => (x.Abs() + 0.1).Log()), Unary("Log1p", x => x.Abs().Log1p()), Unary("Sqrt", x => x.Abs().Sqrt()),
        Unary("Rsqrt", x => (x.Abs() + 0.1).Rsqrt()), Unary("Reciprocal", x => (x.Abs() + 0.1).Reciprocal()), Unary("PowerOf", x => x.Abs().Pow(1.7)),
        Unary("Cast", x => (x * 3).To(DataType.Int32).To(DataType.Float32)),
    ];

    private static IEnumerable<ExportCase> Pairs() =>
    [
        Binary("Arithmetic", (x, y) => [x + y, x - y, x * y, x / (y.Abs() + 0.5)]),
        Binary("Extremes", (x, y) => [x.Maximum(y), x.Minimum(y)]),
        Binary("Pow", (x, y) => [x.Abs().Pow(y)]),
        Binary("Gate", (x, y) => [new Binary<Gate>(default).Apply(x, y)[0]]),
        Binary("LogisticLoss", (x, y) => [new Binary<LogisticLoss>(default).Apply(x, y.Abs().Clip(0, 1))[0]]),
        Binary("Comparisons", (x, y) => [x > y, x >= y, x < y, x <= y, x.Round().Equal(y.Round()), x.Round().NotEqual(y.Round())]),
        Binary("Logic", (x, y) => [(x > 0).LogicalAnd(y > 0), (x > 0).LogicalOr(y > 0), (x > 0).LogicalXor(y > 0), (x > 0).LogicalNot(), (x > 0).Where(x, y)]),
        Binary("Softmax and its logarithm", (x, y) => [x.Softmax(0), (x + y).LogSoftmax(), y.LogSumExp([1])]),
    ];

    private static IEnumerable<ExportCase> Integers() =>
    [
        OfIntegers("Integers", x => [x + x, x * x, (x - 2).Abs(), -x, x.Maximum(x.Sum([1], keepDimensions: true).To(DataType.Int32)), x.Clip(1, 2)], DataType.Int32),
        OfIntegers("Long integers", x => [x + x, x.Sum([1]), x.Prod([1]), x.To(DataType.Float32), x.Greater(x.Max([1], keepDimensions: true) - 1)], DataType.Int64),
        OfIntegers("Bytes", x => [x + x, x.Maximum(x * x), x.Greater(x.Max([1], keepDimensions: true)), x.To(DataType.Float32)], DataType.UInt8),
        OfIntegers("OneHot", x => [new Nabla.Ops.Indexing.OneHot(4, DataType.Float32).Apply(x)[0], new Nabla.Ops.Indexing.OneHot(5, DataType.Int32).Apply(x)[0]], DataType.Int32),
        OfIntegers("TakeAlongAxis", x => [Table().BroadcastTo([x.Shape[0], 4, Columns]).TakeAlongAxis(x.ExpandDimensions(1), 1)], DataType.Int32),
        OfIntegers("Gather of an axis", x => [Table().Gather(1, x)], DataType.Int32),
        OfIntegers("ScatterAdd", x => [Tensor.Ones([4, 2]).ScatterAdd(0, x.Reshape(-1), x.To(DataType.Float32).Reshape(-1, 1).BroadcastTo([x.ElementCount, 2]))], DataType.Int32) with { OldestOpset = 16 },
    ];

    private static IEnumerable<ExportCase> Moves() =>
    [
        Unary("Slices in steps", x => new Nabla.Ops.Shapes.Slice([0, 1], [x.Shape[0], 2], [1, 2]).Apply(x)[0]),
        Unary("Flip", x => x.Flip(1)),
        Unary("Pad", x => x.Pad(1, 2, 1, PadMode.Constant, 0.5)),
        Unary("Pad by mirrors", x => x.Pad(1, 2, 1, PadMode.Reflect)),
        Unary("Pad by edges", x => x.Pad(1, 2, 1, PadMode.Edge)),
        Unary("Transpose", x => x.Transpose(1, 0) * 2),
        Unary("Repeat", x => x.ExpandDimensions(1).BroadcastTo([x.Shape[0], 3, Columns])),
        Unary("CumulativeSum", x => new Nabla.Ops.Shapes.CumulativeSum(1, FromEnd: true).Apply(x)[0]),
        Unary("Constants of the batch", x => x + Tensor.Full([x.Shape[0], 1], 2) + (Tensor.Ones([x.Shape[0], Columns]) * x.Shape[0])),
        Unary("The batch alone", x => Tensor.Full([x.Shape[0], 2], 3) + x.Slice(1, 0, 1)),
    ];

    private static IEnumerable<ExportCase> Reductions() =>
    [
        Unary("Sum", x => x.Sum([1])), Unary("Mean", x => x.Mean([1], keepDimensions: true)), Unary("Mean of all", x => x.Mean()), Unary("Max", x => x.Max([1])),
        Unary("Min", x => x.Min([0])), Unary("Prod", x => x.Prod([1])), Unary("Variance", x => x.Variance([1])), Unary("Any", x => (x > 1).Any([1]).To(DataType.Float32)),
        Unary("All", x => (x > -1).All([1]).To(DataType.Float32)), Unary("ArgMax", x => x.ArgMax()), Unary("ArgMin", x => x.ArgMin(0)),
    ];

    private static IEnumerable<ExportCase> Others() =>
    [
        Binary("Products of the batch", (x, y) =>
        [
            x.MatMul(y, transposeRight: true), x.MatMul(y, transposeLeft: true), x.Reshape(-1, 1, Columns).MatMul(y.Reshape(-1, Columns, 1)),
        ]),
        Binary("A scan with what is around it", (x, y) => [.. Running(x, y, reverse: false), .. Running(x, y, reverse: true)]),
        ExportCase.Of(
            "Attention with a bias", x => [x[0].Attend(x[1], x[1], bias: x[2], scale: 0.3), x[0].Attend(x[1], x[1], causal: true, lengths: x[3])],
            [
                new("q", DataType.Float32, "batch", 3, 4, 2), new("k", DataType.Float32, "batch", 5, 2, 2), new("bias", DataType.Float32, 1, 4, 3, 5),
                new("lengths", DataType.Int32, "batch"),
            ],
            batch => [Random(1, batch, 3, 4, 2), Random(2, batch, 5, 2, 2), Random(3, 1, 4, 3, 5), RandomKey.FromSeed(4).Integers([batch], 0, 6)]),
        ExportCase.Of(
            "Convolution with a residual",
            x => [new Convolution(new Window(PadTop: 1, PadBottom: 1, PadLeft: 1, PadRight: 1), 1, Relu: true, Residual: true).Apply(x[0], Random(5, 3, 3, 2, 2), x[0])[0]],
            [new("x", DataType.Float32, "batch", 4, 5, 2)], batch => [Random(1, batch, 4, 5, 2)]),
        ExportCase.Of(
            "Convolution over images of any size", x => [x[0].Conv2D(Random(5, 3, 3, 2, 4), padding: 1).Relu().MaxPool2D(3, 1, 1).Mean([1, 2])],
            [new("x", DataType.Float32, "batch", "height", "width", 2)], batch => [Random(1, batch, 4 + batch, 5, 2)]),
        ExportCase.Of(
            "LSTM with states", x => States(x),
            [new("x", DataType.Float32, "batch", GraphSize.UpTo("time", 9), 6), new("h", DataType.Float32, "batch", 3), new("c", DataType.Float32, "batch", 3)],
            batch => [Random(1, batch, 3 + batch, 6), Random(2, batch, 3), Random(3, batch, 3)]),
    ];

    private static Tensor[] States(Tensor[] x)
    {
        RecurrentOutput output = Memory.Run(x[0], new RecurrentState(x[1], x[2]));
        return [output.Sequence, output.State.Hidden, output.State.Cell!];
    }

    private static Lstm Built(Lstm layer, params int[] sample)
    {
        layer.Build(sample, RandomKey.FromSeed(7));
        return layer;
    }

    private static Tensor[] Running(Tensor x, Tensor y, bool reverse)
    {
        ScanResult result = Scanning.Scan(
            (state, slice) => ([(state[0] * 0.5) + slice[0]], [(state[0] * y.Slice(1, 0, 1).Squeeze(1)).Tanh()]), [y.Slice(1, 1, 1).Squeeze(1)], [x], reverse);
        return [.. result.States, .. result.Outputs];
    }

    private static Tensor Table() => Random(9, 4, Columns);

    private static Tensor Random(int seed, params int[] shape) => RandomKey.FromSeed(seed).Normal(shape);

    private static ExportCase Unary(string name, Func<Tensor, Tensor> function) => ExportCase.Of(
        name, x => [function(x[0])], [new("x", DataType.Float32, "batch", Columns)], batch => [Random(1, batch, Columns)]);

    private static ExportCase Binary(string name, Func<Tensor, Tensor, Tensor[]> function) => ExportCase.Of(
        name, x => function(x[0], x[1]), [new("x", DataType.Float32, "batch", Columns), new("y", DataType.Float32, "batch", Columns)],
        batch => [Random(1, batch, Columns), Random(2, batch, Columns)]);

    private static ExportCase OfIntegers(string name, Func<Tensor, Tensor[]> function, DataType dataType) => ExportCase.Of(
        name, x => function(x[0]), [new("x", dataType, "batch", Columns)], batch => [RandomKey.FromSeed(1).Integers([batch, Columns], 0, 4).To(dataType)]);
}
