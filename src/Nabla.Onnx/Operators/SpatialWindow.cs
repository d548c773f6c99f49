namespace Nabla.Onnx.Operators;

/// <summary>How windows move over the axes behind batch and channels: what convolutions and poolings share.</summary>
internal sealed record SpatialWindow(int[] Kernel, int[] Strides, int[] Dilations, int[] Before, int[] After)
{
    /// <summary>Reads the attributes of a node for inputs of given sizes.</summary>
    public static SpatialWindow Of(NodeCall call, int[] sizes, int[] kernel)
    {
        int axes = sizes.Length;
        int[] strides = call.Ints("strides") ?? Enumerable.Repeat(1, axes).ToArray();
        int[] dilations = call.Ints("dilations") ?? Enumerable.Repeat(1, axes).ToArray();
        int[] pads = call.Ints("pads") ?? new int[2 * axes];
        (int[] before, int[] after) = (pads[..axes], pads[axes..]);
        string automatic = call.Text("auto_pad", "NOTSET");
        for (int axis = 0; axis < axes && automatic.StartsWith("SAME", StringComparison.Ordinal); axis++)
        {
            int wanted = (sizes[axis] + strides[axis] - 1) / strides[axis];
            int total = Math.Max(0, ((wanted - 1) * strides[axis]) + ((kernel[axis] - 1) * dilations[axis]) + 1 - sizes[axis]);
            before[axis] = automatic == "SAME_UPPER" ? total / 2 : total - (total / 2);
            after[axis] = total - before[axis];
        }

        SpatialWindow window = new(kernel, strides, dilations, before, after);
        return call.Flag("ceil_mode") ? window.ThatReachesTheEnd(sizes) : window;
    }

    /// <summary>How many windows fit along an axis.</summary>
    public int Count(int size, int axis) =>
        Math.Max(0, ((size + Before[axis] + After[axis] - (((Kernel[axis] - 1) * Dilations[axis]) + 1)) / Strides[axis]) + 1);

    /// <summary>Puts values around the axes behind batch and channels.</summary>
    public Tensor Pad(Tensor x, double value)
    {
        for (int axis = 0; axis < Kernel.Length; axis++)
        {
            x = x.Pad(axis + 2, Before[axis], After[axis], PadMode.Constant, value);
        }

        return x;
    }

    /// <summary>All windows of a padded tensor: <c>[batch, channels, count, kernel, count, kernel, ...]</c>.</summary>
    public Tensor Windows(Tensor padded)
    {
        Tensor windows = padded;
        for (int axis = 0; axis < Kernel.Length; axis++)
        {
            int place = 2 + (2 * axis);
            int count = Math.Max(0, ((padded.Shape[axis + 2] - (((Kernel[axis] - 1) * Dilations[axis]) + 1)) / Strides[axis]) + 1);
            int[] indices = [.. from window in Enumerable.Range(0, count)
                                from tap in Enumerable.Range(0, Kernel[axis])
                                select (window * Strides[axis]) + (tap * Dilations[axis])];
            windows = windows.Gather(place, Tensor.From(indices).Reshape(count, Kernel[axis]));
        }

        return windows;
    }

    /// <summary>All windows with the taps of all axes last: <c>[batch, channels, counts..., taps]</c>.</summary>
    public Tensor WindowsOfTaps(Tensor padded)
    {
        Tensor windows = Windows(padded);
        int axes = Kernel.Length;
        int[] order = [0, 1, .. Enumerable.Range(0, axes).Select(axis => 2 + (2 * axis)), .. Enumerable.Range(0, axes).Select(axis => 3 + (2 * axis))];
        Tensor moved = windows.Transpose(order);
        return moved.Reshape([.. moved.Shape.Take(2 + axes), Kernel.Aggregate(1, (product, size) => product * size)]);
    }

    // A last window that hangs over the end counts if it begins within the input or the padding before it.
    private SpatialWindow ThatReachesTheEnd(int[] sizes)
    {
        int[] after = [.. After];
        for (int axis = 0; axis < sizes.Length; axis++)
        {
            int reach = ((Kernel[axis] - 1) * Dilations[axis]) + 1;
            int covered = sizes[axis] + Before[axis] + After[axis] - reach;
            int count = ((covered + Strides[axis] - 1) / Strides[axis]) + 1;
            if ((count - 1) * Strides[axis] >= sizes[axis] + Before[axis])
            {
                count--;
            }

            after[axis] += Math.Max(0, ((count - 1) * Strides[axis]) + reach - (sizes[axis] + Before[axis] + After[axis]));
        }

        return this with { After = after };
    }
}
