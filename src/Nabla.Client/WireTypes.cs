using System.Runtime.InteropServices;

namespace Nabla.Client;

/// <summary>Tensors as the protocol has them: a type, sizes, and elements in row-major order and little-endian.</summary>
internal static class WireTypes
{
    /// <summary>The protocol's name of elements that are bytes.</summary>
    public const string Bytes = "BYTES";

    /// <summary>The protocol's name of a type.</summary>
    public static string NameOf(DataType type) => type switch
    {
        DataType.Float32 => "FP32",
        DataType.Float64 => "FP64",
        DataType.Int32 => "INT32",
        DataType.Int64 => "INT64",
        DataType.UInt8 => "UINT8",
        DataType.Int8 => "INT8",
        _ => "BOOL",
    };

    /// <summary>Adds an output that a server sent to those of its kind.</summary>
    /// <exception cref="ModelServerException">It is of a type that tensors do not have, or not of its size.</exception>
    public static void Add(
        Dictionary<string, Tensor> outputs, Dictionary<string, BytesTensor> bytesOutputs, string name, string type, IEnumerable<long> shape, ReadOnlySpan<byte> data)
    {
        if (type == Bytes)
        {
            bytesOutputs[name] = WireBytes.Read(name, shape, data);
        }
        else
        {
            outputs[name] = ToTensor(name, type, shape, data);
        }
    }

    private static Tensor ToTensor(string name, string type, IEnumerable<long> shape, ReadOnlySpan<byte> data)
    {
        int[] sizes = [.. shape.Select(size => checked((int)size))];
        try
        {
            return type switch
            {
                "FP32" => From<float>(data, sizes),
                "FP64" => From<double>(data, sizes),
                "INT32" => From<int>(data, sizes),
                "INT64" => From<long>(data, sizes),
                "UINT8" => From<byte>(data, sizes),
                "INT8" => From<sbyte>(data, sizes),
                "BOOL" => From<bool>(data, sizes),
                _ => throw new ModelServerException($"The output '{name}' has elements of {type}, which no tensor holds.", "unsupported_type"),
            };
        }
        catch (ArgumentException error)
        {
            throw new ModelServerException($"The output '{name}' has {data.Length} bytes, which are no {type} [{string.Join(", ", sizes)}].", "invalid_answer", error);
        }
    }

    private static Tensor From<T>(ReadOnlySpan<byte> data, int[] sizes)
        where T : unmanaged => Tensor.From(MemoryMarshal.Cast<byte, T>(data), sizes);
}
