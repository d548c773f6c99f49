using static Nabla.Onnx.Operators.OperatorTable;

namespace Nabla.Onnx.Operators;

/// <summary>Convolutions, their transposed forms and what is like them. Inputs are <c>[batch, channels, sizes...]</c>.</summary>
internal static class ConvolutionOperators
{
    public static Dictionary<string, Operator> All { get; } = new()
    {
        ["CausalConvWithState"] = CausalConvolution,
        ["Col2Im"] = One(ColumnsToImage),
        ["Conv"] = One(Convolution),
        ["ConvTranspose"] = One(Transposed),
        ["DeformConv"] = One(DeformableConvolution.Compute),
    };

    private static Tensor Convolution(NodeCall call)
    {
        (Tensor x, Tensor weights) = (call[0], call[1]);
        int[] sizes = [.. x.Shape.Skip(2)];
        SpatialWindow window = SpatialWindow.Of(call, sizes, call.Ints("kernel_shape") ?? [.. weights.Shape.Skip(2)]);
        return Convolve(x, weights, call.Optional(2), window, (int)call.Int("group", 1));
    }

    /// <summary>A convolution of weights <c>[outputs, inputs / groups, kernel...]</c>.</summary>
    internal static Tensor Convolve(Tensor x, Tensor weights, Tensor? bias, SpatialWindow window, int groups) => weights.Rank switch
    {
        3 => Planar(x.ToChannelsLast().ExpandDimensions(1), weights.ExpandDimensions(2), bias, window.WithRow(), groups).Squeeze(1).ToChannelsFirst(),
        4 => Planar(x.ToChannelsLast(), weights, bias, window, groups).ToChannelsFirst(),
        _ => General(x, weights, bias, window, groups),
    };

    private static SpatialWindow WithRow(this SpatialWindow window) => new(
        [1, .. window.Kernel], [1, .. window.Strides], [1, .. window.Dilations], [0, .. window.Before], [0, .. window.After]);

    // Images and results have their channels last.
    private static Tensor Planar(Tensor images, Tensor weights, Tensor? bias, SpatialWindow window, int groups)
    {
        Padding padding = new(window.Before[0], window.After[0], window.Before[1], window.After[1]);
        Size2D stride = new(window.Strides[0], window.Strides[1]);
        Size2D dilation = new(window.Dilations[0], window.Dilations[1]);
        Tensor kernel = weights.Transpose(2, 3, 1, 0);
        if (groups > 1 && groups == images.Shape[-1])
        {
            int multiplier = weights.Shape[0] / groups;
            Tensor ofChannels = kernel.Reshape(kernel.Shape[0], kernel.Shape[1], groups, multiplier);
            return images.DepthwiseConv2D(ofChannels, bias, stride, padding, dilation);
        }

        return images.Conv2D(kernel, bias, stride, padding, dilation, groups);
    }

    // Windows as rows of a product, for any number of axes.
    private static Tensor General(Tensor x, Tensor weights, Tensor? bias, SpatialWindow window, int groups)
    {
        Tensor taps = window.WindowsOfTaps(window.Pad(x, 0));
        int axes = window.Kernel.Length;
        int[] order = [0, .. Enumerable.Range(2, axes), 1, 2 + axes];
        Tensor rows = taps.Transpose(order);
        int[] places = [.. rows.Shape.Take(1 + axes)];
        Tensor[] parts = rows.Split(-2, groups);
        Tensor[] kernels = weights.Split(0, groups);
        Tensor[] results = [.. parts.Select((part, group) => part.Reshape([.. places, -1]).MatMul(kernels[group].Reshape(kernels[group].Shape[0], -1), transposeRight: true))];
        Tensor joined = ShapeOps.Concatenate(-1, results);
        return (bias is null ? joined : joined + bias).ToChannelsFirst();
    }

    private static Tensor Transposed(NodeCall call)
    {
        (Tensor x, Tensor weights) = (call[0], call[1]);
        int axes = x.Rank - 2;
        int groups = (int)call.Int("group", 1);
        int[] kernel = [.. weights.Shape.Skip(2)];
        int[] strides = call.Ints("strides") ?? Enumerable.Repeat(1, axes).ToArray();
        int[] dilations = call.Ints("dilations") ?? Enumerable.Repeat(1, axes).ToArray();
        int[] extra = call.Ints("output_padding") ?? new int[axes];
        int[] pads = call.Ints("pads") ?? new int[2 * axes];
        int[]? wanted = call.Ints("output_shape");
        string automatic = call.Text("auto_pad", "NOTSET");
        (int[] before, int[] after) = (new int[axes], new int[axes]);
        for (int axis = 0; axis < axes; axis++)
        {
            int reach = ((kernel[axis] - 1) * dilations[axis]) + 1;
            int whole = ((x.Shape[axis + 2] - 1) * strides[axis]) + reach + extra[axis];
            int? target = wanted is not null ? wanted[wanted.Length - axes + axis]
                : automatic.StartsWith("SAME", StringComparison.Ordinal) ? x.Shape[axis + 2] * strides[axis] : null;
            int total = target is { } size ? whole - size : 0;
            int first = total <= 0 ? 0 : automatic == "SAME_UPPER" ? total / 2 : total - (total / 2);
            (int start, int end) = target is null ? (pads[axis], pads[axis + axes]) : (first, total - first);
            before[axis] = reach - 1 - start;
            after[axis] = reach - 1 - end + extra[axis];
            x = Spread(x, axis + 2, strides[axis]);
            x = ShapeOperators.PadOrCut(x, axis + 2, before[axis], after[axis], "constant", 0);
        }

        // [inputs, outputs / groups, kernel...] to [outputs, inputs / groups, kernel...], turned around.
        Tensor[] turned = [.. weights.Split(0, groups).Select(part => part.SwapAxes(0, 1))];
        Tensor flipped = ShapeOps.Concatenate(0, turned).Flip([.. Enumerable.Range(2, axes)]);
        SpatialWindow window = new(kernel, [.. strides.Select(_ => 1)], dilations, new int[axes], new int[axes]);
        return Convolve(x, flipped, call.Optional(2), window, groups);
    }

    // Zeros between the elements of an axis.
    private static Tensor Spread(Tensor x, int axis, int stride)
    {
        if (stride == 1)
        {
            return x;
        }

        Tensor apart = x.ExpandDimensions(axis + 1).Pad(axis + 1, 0, stride - 1);
        int size = x.Shape[axis] * stride;
        Tensor flat = apart.Reshape([.. x.Shape.Take(axis), size, .. x.Shape.Skip(axis + 1)]);
        return flat.Slice(axis, 0, size - stride + 1);
    }

    // Blocks [batch, channels * taps, count] are added where they come from.
    private static Tensor ColumnsToImage(NodeCall call)
    {
        Tensor x = call[0];
        (int[] image, int[] block) = (call.Sizes(1), call.Sizes(2));
        SpatialWindow window = SpatialWindow.Of(call, image, block);
        int taps = block.Aggregate(1, (product, size) => product * size);
        int[] padded = [.. image.Select((size, axis) => size + window.Before[axis] + window.After[axis])];
        int elements = padded.Aggregate(1, (product, size) => product * size);
        Tensor places = window.WindowsOfTaps(Tensor.Range(elements).To(DataType.Float64).Reshape([1, 1, .. padded]));
        Tensor indices = places.Reshape(-1, taps).Transpose().Reshape(-1).To(DataType.Int64);
        (int batch, int channels) = (x.Shape[0], x.Shape[1] / taps);
        Tensor rows = x.Reshape(batch * channels, -1);
        Tensor sums = Tensor.Zeros([batch * channels, elements], x.DataType).ScatterAdd(1, indices, rows).Reshape([batch, channels, .. padded]);
        for (int axis = 0; axis < image.Length; axis++)
        {
            sums = sums.Slice(axis + 2, window.Before[axis], image[axis]);
        }

        return sums;
    }

    // Each channel alone sees the past: what came before stands in front, and the last steps are kept for the next call.
    private static Tensor?[] CausalConvolution(NodeCall call)
    {
        (Tensor x, Tensor weights) = (call[0], call[1]);
        int past = weights.Shape[-1] - 1;
        Tensor before = call.Optional(3) ?? Tensor.Zeros([x.Shape[0], x.Shape[1], past], x.DataType);
        Tensor whole = ShapeOps.Concatenate(2, before, x);
        SpatialWindow window = new([past + 1], [1], [1], [0], [0]);
        Tensor y = Convolve(whole, weights, call.Optional(2), window, x.Shape[1]);
        string activation = call.Text("activation", "none");
        y = activation is "silu" or "swish" ? y.Silu() : y;
        return [y, whole.Slice(2, whole.Shape[2] - past, past)];
    }
}
