using TorchSharp;

namespace Nabla.Peers;

/// <summary>Carries tensors between Nabla and libtorch, and between their layouts: channels last here, channels first there.</summary>
public static class TorchTensors
{
    /// <summary>The same elements in libtorch's memory.</summary>
    public static torch.Tensor ToTorch(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        long[] sizes = [.. tensor.Shape.Select(size => (long)size)];
        return tensor.DataType switch
        {
            DataType.Float32 => torch.tensor(tensor.ToArray<float>(), sizes),
            DataType.Float64 => torch.tensor(tensor.ToArray<double>(), sizes),
            DataType.Int32 => torch.tensor(tensor.ToArray<int>(), sizes),
            DataType.Int64 => torch.tensor(tensor.ToArray<long>(), sizes),
            DataType.UInt8 => torch.tensor(tensor.ToArray<byte>(), sizes),
            _ => torch.tensor(tensor.ToArray<bool>(), sizes),
        };
    }

    /// <summary>The same elements in Nabla's memory; libtorch's strides are resolved.</summary>
    public static Tensor ToNabla(this torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using torch.Tensor dense = tensor.detach().contiguous();
        Shape shape = [.. tensor.shape.Select(size => checked((int)size))];
        return tensor.dtype switch
        {
            torch.ScalarType.Float32 => Tensor.From(dense.data<float>().ToArray(), shape),
            torch.ScalarType.Float64 => Tensor.From(dense.data<double>().ToArray(), shape),
            torch.ScalarType.Int32 => Tensor.From(dense.data<int>().ToArray(), shape),
            torch.ScalarType.Int64 => Tensor.From(dense.data<long>().ToArray(), shape),
            torch.ScalarType.Byte => Tensor.From(dense.data<byte>().ToArray(), shape),
            torch.ScalarType.Bool => Tensor.From(dense.data<bool>().ToArray(), shape),
            _ => throw new NotSupportedException($"Nabla has no elements of libtorch's type {tensor.dtype}."),
        };
    }

    /// <summary>[batch, ..., channels] to [batch, channels, ...]: a view, whose memory is still channels last.</summary>
    public static torch.Tensor ChannelsFirst(this torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.movedim([-1], [1]);
    }

    /// <summary>[batch, channels, ...] to [batch, ..., channels]: a view.</summary>
    public static torch.Tensor ChannelsLast(this torch.Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.movedim([1], [-1]);
    }

    /// <summary>Convolution weights [kernel..., inputs, outputs] to [outputs, inputs, kernel...]: a view.</summary>
    public static torch.Tensor KernelLast(this torch.Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.movedim([-1, -2], [0, 1]);
    }

    /// <summary>Convolution weights [outputs, inputs, kernel...] to [kernel..., inputs, outputs]: a view.</summary>
    public static torch.Tensor KernelFirst(this torch.Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        return weights.movedim([0, 1], [-1, -2]);
    }
}
