namespace Nabla.Onnx.Operators;

/// <summary>What operators ask of tensors.</summary>
internal static class TensorExtensions
{
    /// <summary>Whether the values can be read now.</summary>
    public static bool IsKnown(this Tensor x) => x.Symbol is null;

    /// <summary>The elements of an axis from <paramref name="start"/> in steps.</summary>
    public static Tensor Steps(this Tensor x, int axis, long start, int count, long step)
    {
        if (step == 1)
        {
            return start == 0 && count == x.Shape[axis] ? x : x.Slice(axis, (int)start, count);
        }

        return x.Gather(axis, Tensor.From([.. Enumerable.Range(0, count).Select(index => (int)(start + (index * step)))]));
    }

    /// <summary>Any rank, seen as [before, axis...].</summary>
    public static Tensor Flat(this Tensor x, int axis) => x.Reshape(x.Shape.Take(axis).Aggregate(1, (product, size) => product * size), Math.Max(1, x.Shape.Skip(axis).Aggregate(1, (product, size) => product * size)));

    /// <summary>From channels behind the batch to channels last.</summary>
    public static Tensor ToChannelsLast(this Tensor x) => x.MoveAxis(1, -1);

    /// <summary>From channels last to channels behind the batch.</summary>
    public static Tensor ToChannelsFirst(this Tensor x) => x.MoveAxis(-1, 1);

    /// <summary>A vector along axis 1 of a tensor of a rank.</summary>
    public static Tensor AlongChannels(this Tensor x, int rank) => x.Reshape([1, x.ElementCount, .. Enumerable.Repeat(1, Math.Max(0, rank - 2))]);
}
