using System.Buffers.Binary;

namespace Nabla.Formats;

/// <summary>
/// Reads and writes the safetensors format: eight bytes with the header's length, a JSON header that names each tensor with its type,
/// shape and place, then the elements, little-endian and without gaps. Source: https://huggingface.co/docs/safetensors.
/// </summary>
/// <example>
/// <code>
/// Safetensors.Write("weights.safetensors", [new("dense.kernel", kernel), new("dense.bias", bias)]);
/// Tensor kernel = Safetensors.Read("weights.safetensors")["dense.kernel"];
/// </code>
/// </example>
public static class Safetensors
{
    /// <summary>A header may have this many bytes: the limit of the format's own library.</summary>
    public const int HeaderLimit = 100_000_000;

    /// <summary>Reads all tensors of a file.</summary>
    /// <exception cref="InvalidFileException">The file breaks a rule of the format; the message names the tensor and the byte.</exception>
    public static SafetensorsFile Read(string path)
    {
        using FileInput input = FileInput.Open(path);
        return Read(input);
    }

    /// <summary>Reads all tensors from a stream, such as an entry of a zipped model.</summary>
    /// <param name="stream">Positioned at the first byte.</param>
    /// <param name="name">What errors call the stream.</param>
    /// <param name="length">The bytes it has at most.</param>
    /// <exception cref="InvalidFileException">The content breaks a rule of the format.</exception>
    public static SafetensorsFile Read(Stream stream, string name, long length) => Read(new FileInput(stream, name, length));

    /// <summary>Writes tensors to a file, in the given order; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors; each name once, and none called <c>__metadata__</c>.</param>
    /// <param name="metadata">Free text to keep with them.</param>
    /// <exception cref="ArgumentException">A name is there twice or reserved, or the header is longer than <see cref="HeaderLimit"/>.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        KeyValuePair<string, Tensor>[] entries = [.. tensors];
        byte[] header = SafetensorsHeaderWriter.Format(entries, metadata ?? []);
        AtomicFile.Write(path, stream => Write(stream, header, entries));
    }

    /// <summary>Writes tensors to a stream.</summary>
    /// <inheritdoc cref="Write(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, string}}?)"/>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        KeyValuePair<string, Tensor>[] entries = [.. tensors];
        Write(stream, SafetensorsHeaderWriter.Format(entries, metadata ?? []), entries);
    }

    private static void Write(Stream stream, byte[] header, KeyValuePair<string, Tensor>[] entries)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((_, Tensor tensor) in entries)
        {
            stream.Write(tensor.AsBytes());
        }
    }

    internal static SafetensorsFile Read(FileInput input)
    {
        byte[] header = ReadHeader(input);
        SafetensorsHeader parsed = SafetensorsHeader.Parse(input, header);
        Dictionary<string, Tensor> read = [];
        foreach (SafetensorsEntry entry in parsed.InFileOrder(input))
        {
            read.Add(entry.Name, TensorInput.Read(input, entry.Type, $"tensor '{entry.Name}'"));
        }

        input.ExpectEnd("the last tensor");
        OrderedDictionary<string, Tensor> ordered = [];
        foreach (SafetensorsEntry entry in parsed.Entries)
        {
            ordered.Add(entry.Name, read[entry.Name]);
        }

        return new SafetensorsFile(input.Name, ordered, parsed.Metadata);
    }

    private static byte[] ReadHeader(FileInput input)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        input.Read(bytes, "the header's length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return length <= HeaderLimit
            ? input.Read((long)length, "the header")
            : throw input.ErrorAt(0, $"expected a safetensors header of at most {HeaderLimit} bytes, got a length of {length}");
    }
}
