using System.Buffers.Binary;

namespace Nabla.Formats;

/// <summary>
/// Reads and writes the safetensors format: eight bytes with the header's length, a JSON header that names each tensor with its type,
/// shape and place, then the elements, little-endian and without gaps. Source: https://huggingface.co/docs/safetensors.
/// </summary>
/// <remarks>
/// All types of the format with whole bytes are read, as <see cref="StoredType"/> says; those of 4 and 6 bits (<c>F4</c>, <c>F6_E2M3</c>, <c>F6_E3M2</c>)
/// are refused by name. Large files need not be read as a whole: <see cref="MappedSafetensors"/>.
/// </remarks>
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

    /// <summary>What a file holds, in the order of its header; no elements are read.</summary>
    /// <exception cref="InvalidFileException">The header breaks a rule of the format; the message names the tensor and the byte.</exception>
    public static IReadOnlyList<StoredTensor> List(string path)
    {
        using MappedSafetensors file = MappedSafetensors.Open(path);
        return file.Tensors;
    }

    /// <summary>Writes tensors to a file, in the given order; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors; each name once, and none called <c>__metadata__</c>.</param>
    /// <param name="metadata">Free text to keep with them.</param>
    /// <exception cref="ArgumentException">A name is there twice or reserved, or the header is longer than <see cref="HeaderLimit"/>.</exception>
    public static void Write(
        string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        Write(path, tensors, new SafetensorsOptions { Metadata = metadata ?? [] });

    /// <summary>Writes tensors to a file, in the given order; the file is replaced as a whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors; each name once, and none called <c>__metadata__</c>.</param>
    /// <param name="options">What the elements are stored as, and what is kept with them.</param>
    /// <exception cref="ArgumentException">
    /// A name is there twice or reserved, a value does not fit into the type that was asked for, or the header is longer than <see cref="HeaderLimit"/>.
    /// </exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, SafetensorsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        KeyValuePair<string, Tensor>[] entries = [.. tensors];
        byte[] header = SafetensorsHeaderWriter.Format(entries, options);
        AtomicFile.Write(path, stream => Write(stream, header, entries, options));
    }

    /// <summary>Writes tensors to a stream.</summary>
    /// <inheritdoc cref="Write(string, IEnumerable{KeyValuePair{string, Tensor}}, IEnumerable{KeyValuePair{string, string}}?)"/>
    public static void Write(
        Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null) =>
        Write(stream, tensors, new SafetensorsOptions { Metadata = metadata ?? [] });

    /// <summary>Writes tensors to a stream.</summary>
    /// <inheritdoc cref="Write(string, IEnumerable{KeyValuePair{string, Tensor}}, SafetensorsOptions)"/>
    public static void Write(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, SafetensorsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        KeyValuePair<string, Tensor>[] entries = [.. tensors];
        Write(stream, SafetensorsHeaderWriter.Format(entries, options), entries, options);
    }

    private static void Write(Stream stream, byte[] header, KeyValuePair<string, Tensor>[] entries, SafetensorsOptions options)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach ((string name, Tensor tensor) in entries)
        {
            ElementWriter.Write(stream, tensor, options.TypeOf(tensor).Element, name);
        }
    }

    internal static SafetensorsFile Read(FileInput input)
    {
        SafetensorsHeader parsed = ReadHeader(input);
        Dictionary<string, Tensor> read = [];
        foreach (SafetensorsEntry entry in parsed.InFileOrder(input))
        {
            read.Add(entry.Name, ElementReader.Read(input, entry.Type, $"tensor '{entry.Name}'"));
        }

        input.ExpectEnd("the last tensor");
        OrderedDictionary<string, Tensor> ordered = [];
        foreach (SafetensorsEntry entry in parsed.Entries)
        {
            ordered.Add(entry.Name, read[entry.Name]);
        }

        return new SafetensorsFile(input.Name, ordered, parsed.Metadata);
    }

    /// <summary>The outlines of all tensors: the header is read and checked, the elements are not read.</summary>
    internal static SafetensorsFile Outline(FileInput input, TensorOutlines outlines)
    {
        SafetensorsHeader header = ReadHeader(input);
        long elements = header.InFileOrder(input).LastOrDefault()?.End ?? 0;
        input.Skip(elements, "the tensors");
        input.ExpectEnd("the last tensor");
        return new SafetensorsFile(input.Name, outlines.Of(header.Entries.Select(entry => new StoredTensor(entry.Name, entry.Type.Element, entry.Type.Shape))), header.Metadata);
    }

    internal static SafetensorsHeader ReadHeader(FileInput input)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        input.Read(bytes, "the header's length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return length <= HeaderLimit
            ? SafetensorsHeader.Parse(input, input.Read((long)length, "the header"))
            : throw input.ErrorAt(0, $"expected a safetensors header of at most {HeaderLimit} bytes, got a length of {length}");
    }
}
