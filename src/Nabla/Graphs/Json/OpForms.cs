using System.Text.Json;
using Nabla.Ops;
using Nabla.Ops.Attentions;
using Nabla.Ops.Convolutions;
using Nabla.Ops.Indexing;
using Nabla.Ops.Losses;
using Nabla.Ops.Normalizations;
using Nabla.Ops.Pooling;
using Nabla.Ops.Products;
using Nabla.Ops.Quantization;
using Nabla.Ops.Recurrent;
using Nabla.Ops.Reductions;
using Nabla.Ops.Shapes;

namespace Nabla.Graphs.Json;

/// <summary>
/// The ops that may stand in a saved graph: all that a network computes with in use. Gradients, optimizers, random numbers and what passes make of ops
/// are none of them.
/// </summary>
internal static class OpForms
{
    private const int WindowNumbers = 8;
    private const int LargestStep = 1 << 20;

    private static readonly OpForm[] Structured =
    [
        new OpForm<Reshape>(nameof(Reshape), 1, 1, a => new(a.Sizes("shape", op => op.Shape))),
        new OpForm<BroadcastTo>(nameof(BroadcastTo), 1, 1, a => new(a.Sizes("shape", op => op.Shape))),
        new OpForm<Copy>(nameof(Copy), 1, 1, _ => new()),
        new OpForm<Cast>(nameof(Cast), 1, 1, a => new(a.Choice("type", op => op.To))),
        new OpForm<Transpose>(nameof(Transpose), 1, 1, a => new(a.Axes("axes", op => op.Axes, ascending: false))),
        new OpForm<Slice>(nameof(Slice), 1, 1, a => new(a.Sizes("start", op => op.Start), a.Sizes("size", op => op.Size), a.Sizes("step", op => op.Step))),
        new OpForm<Pad>(
            nameof(Pad), 1, 1,
            a => new(a.Sizes("start", op => op.Start), a.Sizes("size", op => op.Size), a.Sizes("step", op => op.Step), a.Number("value", op => op.Value))),
        new OpForm<Flip>(nameof(Flip), 1, 1, a => new(a.Axes("axes", op => op.Axes, ascending: false))),
        new OpForm<Concatenate>(nameof(Concatenate), 1, int.MaxValue, a => new(a.Axis("axis", op => op.Axis))),
        new OpForm<CumulativeSum>(nameof(CumulativeSum), 1, 1, a => new(a.Axis("axis", op => op.Axis), a.Flag("fromEnd", op => op.FromEnd))),
        new OpForm<Gather>(nameof(Gather), 2, 2, a => new(a.Axis("axis", op => op.Axis))),
        new OpForm<Scatter>("ScatterAdd", 2, 2, a => new(a.Axis("axis", op => op.Axis), a.Size("size", op => op.Size))),
        new OpForm<TakeAlongAxis>(nameof(TakeAlongAxis), 2, 2, a => new(a.Axis("axis", op => op.Axis))),
        new OpForm<AddAlongAxis>(
            nameof(AddAlongAxis), 2, 2, a => new(a.Axis("axis", op => op.Axis), a.Size("size", op => op.Size)),
            (_, inputs) => inputs[0].DataType != DataType.Bool && inputs[0].Shape == inputs[1].Shape && IsIndex(inputs[1])
                ? null : $"numbers and int32 or int64 indices of one shape, got {inputs[0]} and {inputs[1]}"),
        new OpForm<OneHot>(nameof(OneHot), 1, 1, a => new(a.Size("depth", op => op.Depth), a.Choice("type", op => op.DataType))),
        new OpForm<Sum>(nameof(Sum), 1, 1, a => new(a.Axes("axes", op => op.Axes, ascending: true))),
        new OpForm<Product>(nameof(Product), 1, 1, a => new(a.Axes("axes", op => op.Axes, ascending: true))),
        new OpForm<Max>(nameof(Max), 1, 1, a => new(a.Axes("axes", op => op.Axes, ascending: true))),
        new OpForm<Min>(nameof(Min), 1, 1, a => new(a.Axes("axes", op => op.Axes, ascending: true))),
        new OpForm<ArgExtreme>(nameof(ArgExtreme), 1, 1, a => new(a.Axis("axis", op => op.Axis), a.Flag("largest", op => op.Largest))),
        new OpForm<Softmax>(nameof(Softmax), 1, 1, a => new(a.Axis("axis", op => op.Axis))),
        new OpForm<LogSoftmax>(nameof(LogSoftmax), 1, 1, a => new(a.Axis("axis", op => op.Axis))),
        new OpForm<LogSumExp>(nameof(LogSumExp), 1, 1, a => new(a.Axis("axis", op => op.Axis))),
        new OpForm<MatMul>(nameof(MatMul), 2, 2, a => new(a.Flag("transposeLeft", op => op.TransposeLeft), a.Flag("transposeRight", op => op.TransposeRight))),
        new OpForm<DenseProduct>(nameof(DenseProduct), 3, 3, a => new(a.Flag("rectifies", op => op.Rectifies))),
        new OpForm<GroupedProduct>(nameof(GroupedProduct), 3, 3, a => new(Format(a, op => op.Format))),
        new OpForm<GroupedWhole>(nameof(GroupedWhole), 2, 2, a => new(Format(a, op => op.Format))),
        new OpForm<GroupedColumns>(nameof(GroupedColumns), 3, 3, a => new(Format(a, op => op.Format))),
        new OpForm<Convolution>(
            nameof(Convolution), 2, 4,
            a => new(Window(a, "window", op => op.Window), a.Integer("groups", op => op.Groups, least: 1), a.Flag("relu", op => op.Relu), a.Flag("residual", op => op.Residual)),
            (op, inputs) => inputs.Length <= (op.Residual ? 4 : 3) && inputs.Length >= (op.Residual ? 3 : 2) ? null : $"images, weights, a bias and what is added, got {inputs.Length} inputs"),
        new OpForm<ConvolutionInputGradient>(
            "TransposedConvolution", 2, 2,
            a => new(
                new Convolution(Window(a, "window", op => op.Forward.Window), a.Integer("groups", op => op.Forward.Groups, least: 1)),
                a.Sizes("images", op => op.Images))),
        new OpForm<MaxPooling>(nameof(MaxPooling), 1, 1, a => new(Size(a, "size", op => op.Size), Window(a, "window", op => op.Window))),
        new OpForm<AveragePooling>(nameof(AveragePooling), 1, 1, a => new(Size(a, "size", op => op.Size), Window(a, "window", op => op.Window))),
        new OpForm<PooledConvolution>(
            nameof(PooledConvolution), 2, 3,
            a => new(
                new Convolution(Window(a, "window", op => op.Convolution.Window), a.Integer("groups", op => op.Convolution.Groups, least: 1), a.Flag("relu", op => op.Convolution.Relu)),
                new MaxPooling(Size(a, "poolSize", op => op.Pooling.Size), Window(a, "poolWindow", op => op.Pooling.Window)))),
        new OpForm<BatchNormalization>(nameof(BatchNormalization), 3, 3, a => new(a.Number("epsilon", op => op.Epsilon), a.Flag("relu", op => op.Relu))),
        new OpForm<RowNormalization>(nameof(RowNormalization), 3, 3, a => new(a.Number("epsilon", op => op.Epsilon), a.Flag("centered", op => op.Centered))),
        new OpForm<Attention>(
            nameof(Attention), 3, 5,
            a => new(
                a.Number("scale", op => op.Scale), a.Flag("causal", op => op.Causal), a.Flag("alibi", op => op.Alibi), a.Flag("lengths", op => op.HasLengths),
                a.Flag("bias", op => op.HasBias)),
            (op, inputs) => Expect(inputs, 3 + (op.HasLengths ? 1 : 0) + (op.HasBias ? 1 : 0))),
        new OpForm<Rotary>(nameof(Rotary), 1, 1, a => new(a.Integer("start", op => op.Start), a.Number("theta", op => op.Theta), a.Flag("back", op => op.Back))
        {
            Scaling = a.Flag("scaled", op => op.Scaling is not null) ? Scaling(a) : null,
        }),
        new OpForm<Recurrence>(
            nameof(Recurrence), 5, 7,
            a => new(a.Choice("cell", op => op.Cell), a.Flag("reverse", op => op.Reverse), a.Flag("drops", op => op.Drops), a.Flag("roundsStates", op => op.RoundsStates)),
            (op, inputs) => Expect(inputs, op.FirstCell + 1 + (op.Drops ? 1 : 0))),
        new OpForm<Scan>(
            nameof(Scan), 1, int.MaxValue,
            a => new(
                a.Step(), a.Integer("states", op => op.States), a.Integer("sequences", op => op.Sequences, least: 1), a.Flag("reverse", op => op.Reverse),
                a.Flag("keepsStates", op => op.KeepsStates)),
            CheckScan),
        new OpForm<SoftmaxCrossEntropy>(
            nameof(SoftmaxCrossEntropy), 2, 3, a => new(a.Number("labelSmoothing", op => op.LabelSmoothing), a.OptionalInteger("ignoreIndex", op => op.IgnoreIndex))),
        new OpForm<Quantize>(nameof(Quantize), 3, 3, a => new(a.OptionalInteger("axis", op => op.Axis))),
        new OpForm<Dequantize>(nameof(Dequantize), 3, 3, a => new(a.OptionalInteger("axis", op => op.Axis))),
        new OpForm<FakeQuantize>(nameof(FakeQuantize), 3, 3, a => new(a.OptionalInteger("axis", op => op.Axis))),
        new OpForm<QuantizeDynamically>(nameof(QuantizeDynamically), 1, 1, a => new(a.Flag("perRow", op => op.PerRow))),
    ];

    private static readonly Dictionary<string, OpForm> ByName = All().ToDictionary(form => form.Name);
    private static readonly Dictionary<Type, OpForm> ByType = ByName.Values.ToDictionary(form => form.OpType);

    /// <summary>The names of all ops.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The types of all ops.</summary>
    public static IReadOnlyCollection<Type> Types => ByType.Keys;

    /// <summary>The form of an op; null where it has none.</summary>
    public static OpForm? Of(Op op) => ByType.GetValueOrDefault(op.GetType());

    /// <summary>The form of a name.</summary>
    /// <exception cref="JsonException">There is none.</exception>
    public static OpForm Named(string name) => ByName.GetValueOrDefault(name) ?? throw new JsonException($"expected one of the ops {string.Join(", ", ByName.Keys)}, got '{name}'");

    private static IEnumerable<OpForm> All() => [.. Structured, .. ElementwiseForms.All];

    private static RotaryScaling Scaling(OpAttributes<Rotary> a) => new(a.Number("factor", op => op.Scaling!.Factor))
    {
        OriginalLength = a.OptionalInteger("originalLength", op => op.Scaling!.OriginalLength),
        LowFactor = a.Number("lowFactor", op => op.Scaling!.LowFactor),
        HighFactor = a.Number("highFactor", op => op.Scaling!.HighFactor),
    };

    private static GroupedFormat Format<TOp>(OpAttributes<TOp> a, Func<TOp, GroupedFormat> of)
        where TOp : Op
    {
        int[] n = a.Integers("bitsGroupInputs", op => [of(op).Bits, of(op).Group, of(op).Inputs], 3, least: 1);
        return n[0] is 4 or 8 && n[1] % 2 == 0 && n[1] <= GroupedFormat.LargestGroup
            ? new GroupedFormat(n[0], n[1], n[2])
            : throw new JsonException($"expected 'bitsGroupInputs' to have 4 or 8 bits and an even group of at most {GroupedFormat.LargestGroup}, got [{string.Join(", ", n)}]");
    }

    private static Size2D Size<TOp>(OpAttributes<TOp> a, string name, Func<TOp, Size2D> of)
        where TOp : Op
    {
        int[] numbers = a.Integers(name, op => [of(op).Height, of(op).Width], 2, least: 1);
        return new Size2D(numbers[0], numbers[1]);
    }

    private static Window Window<TOp>(OpAttributes<TOp> a, string name, Func<TOp, Window> of)
        where TOp : Op
    {
        int[] n = a.Integers(name, op => Numbers(of(op)), WindowNumbers);
        return n[0] > 0 && n[1] > 0 && n[6] > 0 && n[7] > 0 && Array.TrueForAll(n, number => number <= LargestStep)
            ? new Window(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7])
            : throw new JsonException($"expected '{name}' to have strides and dilations from 1 on and no number above {LargestStep}, got [{string.Join(", ", n)}]");
    }

    private static int[] Numbers(Window w) => [w.StrideY, w.StrideX, w.PadTop, w.PadBottom, w.PadLeft, w.PadRight, w.DilationY, w.DilationX];

    private static ScanStep Step(this OpAttributes<Scan> attributes)
    {
        ScanStep? written = null;
        Graph graph = attributes.Inner("step", op => (written = op.Step).Graph);
        return written ?? new ScanStep(graph);
    }

    private static string? CheckScan(Scan scan, TensorType[] inputs)
    {
        Graph step = scan.Step.Graph;
        (int states, int last) = (scan.States, scan.States + scan.Sequences);
        bool fits = step.Arguments.Count == inputs.Length && last <= inputs.Length && step.Outputs.Count >= states
            && inputs[states..last].All(sequence => sequence.Shape.Rank > 1 && sequence.Shape[1] == inputs[states].Shape[1])
            && step.Arguments.Take(states).Zip(step.Outputs).All(pair => pair.First.Type == pair.Second.Type)
            && step.Outputs.Skip(states).All(output => output.Type.Shape.Rank > 0);
        return fits ? null : $"a step whose arguments are {states} states, {scan.Sequences} sequences and the rest of {inputs.Length} inputs, and which gives the states again";
    }

    private static string? Expect(TensorType[] inputs, int count) => inputs.Length == count ? null : $"{count} inputs, got {inputs.Length}";

    private static bool IsIndex(TensorType type) => type.DataType is DataType.Int32 or DataType.Int64;
}
