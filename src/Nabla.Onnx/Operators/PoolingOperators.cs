using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Poolings of <c>[batch, channels, sizes...]</c>.</summary>
internal static class PoolingOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["AveragePool"] = One(Average),
        ["GlobalAveragePool"] = One(call => OfChannelsLast(call[0], x => x.Mean([.. Enumerable.Range(1, x.Rank - 2)], keepDimensions: true))),
        ["GlobalLpPool"] = One(call => Norm(call[0].Abs().Pow((double)call.Int("p", 2)).Sum(Spatial(call[0]), keepDimensions: true), call)),
        ["GlobalMaxPool"] = One(call => OfChannelsLast(call[0], x => x.Max([.. Enumerable.Range(1, x.Rank - 2)], keepDimensions: true))),
        ["LpPool"] = One(call => Norm(Windows(call, call[0].Abs().Pow((double)call.Int("p", 2)), 0).Sum([-1]), call)),
        ["MaxPool"] = Max,
        ["MaxUnpool"] = One(MaxUnpool),
        ["MaxRoiPool"] = One(RegionOperators.MaxRoiPool),
        ["RoiAlign"] = One(RegionOperators.RoiAlign),
    };

    private static Tensor OfChannelsLast(Tensor x, Func<Tensor, Tensor> pool) => pool(x.ToChannelsLast()).ToChannelsFirst();

    private static int[] Spatial(Tensor x) => [.. Enumerable.Range(2, x.Rank - 2)];

    private static Tensor Norm(Tensor sums, NodeCall call) => call.Int("p", 2) switch
    {
        1 => sums,
        2 => sums.Sqrt(),
        long p => sums.Pow(1.0 / p),
    };

    private static SpatialWindow WindowOf(NodeCall call) => SpatialWindow.Of(
        call, [.. call[0].Shape.Skip(2)], call.Ints("kernel_shape") ?? throw call.Error("expects 'kernel_shape'"));

    // [batch, channels, counts..., taps]
    private static Tensor Windows(NodeCall call, Tensor x, double beyond)
    {
        SpatialWindow window = WindowOf(call);
        return window.WindowsOfTaps(window.Pad(x, beyond));
    }

    private static Tensor Average(NodeCall call)
    {
        SpatialWindow window = WindowOf(call);
        Tensor x = call[0];
        Tensor sums = window.WindowsOfTaps(window.Pad(x, 0)).Sum([-1]);
        Tensor ones = Tensor.Ones([1, 1, .. x.Shape.Skip(2)], x.DataType);
        bool countsPadding = call.Flag("count_include_pad");
        if (countsPadding)
        {
            // What hangs over the end in ceiling mode is no padding.
            int[] pads = call.Ints("pads") ?? new int[2 * (x.Rank - 2)];
            int axes = x.Rank - 2;
            for (int axis = 0; axis < axes; axis++)
            {
                bool automatic = call.Text("auto_pad", "NOTSET").StartsWith("SAME", StringComparison.Ordinal);
                int after = automatic ? window.After[axis] : pads[axis + axes];
                ones = ones.Pad(axis + 2, window.Before[axis], after, PadMode.Constant, 1).Pad(axis + 2, 0, window.After[axis] - after);
            }

            return sums / window.WindowsOfTaps(ones).Sum([-1]);
        }

        return sums / window.WindowsOfTaps(window.Pad(ones, 0)).Sum([-1]);
    }

    private static Tensor?[] Max(NodeCall call)
    {
        Tensor x = call[0];
        SpatialWindow window = WindowOf(call);
        if (x.Rank == 4 && !call.Wants(1) && x.DataType.IsFloating && window.Dilations.All(dilation => dilation == 1)
            && window.Before.Concat(window.After).Zip(window.Kernel.Concat(window.Kernel)).All(pair => pair.First < pair.Second))
        {
            Padding padding = new(window.Before[0], window.After[0], window.Before[1], window.After[1]);
            Tensor pooled = x.ToChannelsLast().MaxPool2D(
                new Size2D(window.Kernel[0], window.Kernel[1]), new Size2D(window.Strides[0], window.Strides[1]), padding);
            return [pooled.ToChannelsFirst()];
        }

        double lowest = x.DataType.IsFloating ? double.NegativeInfinity : x.DataType switch { DataType.UInt8 => 0, DataType.Int8 => sbyte.MinValue, _ => int.MinValue };
        Tensor taps = window.WindowsOfTaps(window.Pad(x, lowest));
        return [taps.Max([-1]), call.Wants(1) ? Places(call, x, window, taps) : null];
    }

    // The place of each largest element in the whole input, row-major or column-major within an image.
    private static Tensor Places(NodeCall call, Tensor x, SpatialWindow window, Tensor taps)
    {
        int[] sizes = [.. x.Shape.Skip(2)];
        int each = sizes.Aggregate(1, (product, size) => product * size);
        Tensor numbers = Tensor.Range(each).To(DataType.Float64).Reshape([1, 1, .. sizes]);
        if (call.Flag("storage_order"))
        {
            numbers = Tensor.Range(each).To(DataType.Float64).Reshape([.. sizes.Reverse()]).Transpose().Reshape([1, 1, .. sizes]);
        }

        Tensor places = window.WindowsOfTaps(window.Pad(numbers, -1)).BroadcastTo(taps.Shape);
        Tensor within = places.TakeAlongAxis(taps.ArgMax(-1, keepDimensions: true), -1).Squeeze(-1);
        Tensor offsets = (Tensor.Range(x.Shape[0] * x.Shape[1]).To(DataType.Float64) * (double)each)
            .Reshape([x.Shape[0], x.Shape[1], .. sizes.Select(_ => 1)]);
        return (within + offsets).To(DataType.Int64);
    }

    private static Tensor MaxUnpool(NodeCall call)
    {
        (Tensor x, Tensor places) = (call[0], call[1]);
        int[] kernel = call.Ints("kernel_shape") ?? throw call.Error("expects 'kernel_shape'");
        int axes = kernel.Length;
        int[] strides = call.Ints("strides") ?? Enumerable.Repeat(1, axes).ToArray();
        int[] pads = call.Ints("pads") ?? new int[2 * axes];
        int[] own = [.. x.Shape.Take(2), .. Enumerable.Range(0, axes).Select(axis =>
            ((x.Shape[axis + 2] - 1) * strides[axis]) + kernel[axis] - pads[axis] - pads[axis + axes])];
        int[] sizes = call.Optional(2) is null ? own : call.Sizes(2);

        // Places count in the image without what the wanted shape adds.
        Tensor blank = Tensor.Zeros([own.Aggregate(1, (product, size) => product * size)], x.DataType);
        Tensor unpooled = blank.ScatterAdd(0, places.Reshape(-1), x.Reshape(-1)).Reshape(own);
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            unpooled = unpooled.Pad(axis, 0, Math.Max(0, sizes[axis] - own[axis]));
        }

        return unpooled;
    }
}
