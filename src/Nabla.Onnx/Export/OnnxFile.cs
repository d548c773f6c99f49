using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Nabla.Formats;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Export;

/// <summary>Writes models: in one file, or with the data of large weights in a second one beside it.</summary>
internal static class OnnxFile
{
    // Protocol buffers hold less than 2^31 bytes; some are left for all that is no weight.
    private const long Largest = int.MaxValue - (1L << 26);
    private const long SmallBytes = 1024;
    private const long Alignment = 64;
    private const int HashDigits = 8;

    /// <summary>The model in one piece.</summary>
    /// <exception cref="NotSupportedException">It is larger than the format can hold.</exception>
    public static byte[] ToBytes(UnwrittenModel model)
    {
        if (Bytes(model) > Largest)
        {
            throw new NotSupportedException($"The weights have {Bytes(model)} bytes, and one ONNX file holds less than {int.MaxValue}: save the model, with external data.");
        }

        return WithWeights(model).ToByteArray();
    }

    /// <summary>Writes a model so that readers find the old one or the whole new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">The model.</param>
    /// <param name="external">Whether large weights go into a second file; null for where one cannot hold them.</param>
    public static void Write(string path, UnwrittenModel model, bool? external)
    {
        if (!(external ?? Bytes(model) > Largest))
        {
            byte[] bytes = ToBytes(model);
            AtomicFile.WriteBytes(path, bytes);
            return;
        }

        KeyValuePair<string, Tensor>[] large = [.. model.Weights.Where(weight => weight.Value.Type.ByteCount > SmallBytes)];
        string data = $"{Path.GetFileName(path)}.{Hash(large)}.data";
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Dictionary<string, long> offsets = Offsets(large);
        AtomicFile.Write(Path.Combine(folder, data), stream => WriteData(stream, large, offsets));
        ModelProto proto = WithWeights(model, offsets, data);
        AtomicFile.Write(path, stream => proto.WriteTo(stream));
        RemoveOlder(folder, Path.GetFileName(path), data);
    }

    private static long Bytes(UnwrittenModel model) => model.Weights.Sum(weight => weight.Value.Type.ByteCount);

    private static Dictionary<string, long> Offsets(KeyValuePair<string, Tensor>[] weights)
    {
        Dictionary<string, long> offsets = [];
        long end = 0;
        foreach ((string name, Tensor tensor) in weights)
        {
            offsets[name] = (end + Alignment - 1) / Alignment * Alignment;
            end = offsets[name] + tensor.Type.ByteCount;
        }

        return offsets;
    }

    private static void WriteData(Stream stream, KeyValuePair<string, Tensor>[] weights, Dictionary<string, long> offsets)
    {
        foreach ((string name, Tensor tensor) in weights)
        {
            stream.Position = offsets[name];
            stream.Write(tensor.AsBytes());
        }
    }

    // The name of the data depends on what is in it, so that a model never meets the data of another one.
    private static string Hash(KeyValuePair<string, Tensor>[] weights)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string _, Tensor tensor) in weights)
        {
            hash.AppendData(tensor.AsBytes());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];
    }

    private static void RemoveOlder(string folder, string model, string data)
    {
        foreach (string old in Directory.EnumerateFiles(folder, $"{model}.{new string('?', HashDigits)}.data").Where(file => Path.GetFileName(file) != data))
        {
            File.Delete(old);
        }
    }

    private static ModelProto WithWeights(UnwrittenModel model, Dictionary<string, long>? offsets = null, string? data = null)
    {
        ModelProto proto = model.Proto.Clone();
        proto.Graph.Initializer.AddRange(model.Weights.Select(weight => Tensor(weight.Key, weight.Value, offsets?.TryGetValue(weight.Key, out long offset) == true ? offset : null, data)));
        return proto;
    }

    private static TensorProto Tensor(string name, Tensor tensor, long? offset, string? data)
    {
        TensorProto proto = new() { Name = name, DataType = OnnxTypes.Of(tensor.DataType) };
        proto.Dims.AddRange(tensor.Shape.Select(size => (long)size));
        if (offset is not { } place)
        {
            proto.RawData = ByteString.CopyFrom(tensor.AsBytes());
            return proto;
        }

        proto.DataLocation = TensorProto.Types.DataLocation.External;
        proto.ExternalData.AddRange(
        [
            new StringStringEntryProto { Key = "location", Value = data },
            new StringStringEntryProto { Key = "offset", Value = place.ToString(CultureInfo.InvariantCulture) },
            new StringStringEntryProto { Key = "length", Value = tensor.Type.ByteCount.ToString(CultureInfo.InvariantCulture) },
        ]);
        return proto;
    }
}
