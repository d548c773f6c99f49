using Nabla.Formats.Gguf;

namespace Nabla.Formats;

/// <summary>
/// Reads GGUF files, versions 2 and 3, in which llama.cpp keeps models: metadata, and tensors that are often quantised, each read as float32 when it is
/// asked for. Names stay as the file has them, such as <c>blk.0.attn_q.weight</c>. Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md.
/// </summary>
/// <remarks>
/// Tensors of the types F32, F16, BF16, F64, I8 to I64, Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0 are read; others are listed, and refused by name when they are
/// asked for. Dimensions are turned round: the file has the innermost first.
/// </remarks>
/// <example>
/// <code>
/// using GgufFile file = GgufFile.Open("model.gguf");
/// object architecture = file.Metadata["general.architecture"];
/// Tensor embeddings = file.Read("token_embd.weight");
/// </code>
/// </example>
public sealed class GgufFile : IDisposable
{
    private readonly FileStream stream;
    private readonly OrderedDictionary<string, GgufTensor> tensors;

    private GgufFile(string path, FileStream stream)
    {
        Path = path;
        this.stream = stream;
        GgufHeader header = new GgufHeaderReader(new FileInput(stream, path, stream.Length)).Read();
        (Version, Alignment, Metadata, tensors) = (header.Version, header.Alignment, header.Metadata, header.Tensors);
    }

    /// <summary>The file as the user named it.</summary>
    public string Path { get; }

    /// <summary>The version of the format: 2 or 3.</summary>
    public int Version { get; }

    /// <summary>The bytes that the place of each tensor is a multiple of.</summary>
    public int Alignment { get; }

    /// <summary>
    /// What is said about the model. A value is a byte, sbyte, ushort, short, uint, int, ulong, long, float, double, bool or string, or an array of one of
    /// these, or of arrays (<c>object[]</c>).
    /// </summary>
    public IReadOnlyDictionary<string, object> Metadata { get; }

    /// <summary>The tensors by name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, GgufTensor> Tensors => tensors;

    /// <summary>Opens a file and reads all but the elements.</summary>
    /// <exception cref="InvalidFileException">The file breaks a rule of the format; the message names the byte.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        try
        {
            return new GgufFile(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads all tensors of a file.</summary>
    /// <exception cref="InvalidFileException">The file breaks a rule of the format, or a tensor is of a type that is not read.</exception>
    /// <exception cref="IOException">There is no such file.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadAll(string path)
    {
        using GgufFile file = Open(path);
        return new OrderedDictionary<string, Tensor>(file.tensors.Keys.Select(name => KeyValuePair.Create(name, file.Read(name))));
    }

    /// <summary>Reads a tensor. What is quantised becomes float32; integers become int32 or int64.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name; the message lists the names that exist.</exception>
    /// <exception cref="InvalidFileException">It is of a type that is not read, or the file is shorter than when it was opened.</exception>
    public Tensor Read(string name)
    {
        GgufTensor tensor = tensors.TryGetValue(name, out GgufTensor? found)
            ? found
            : throw new KeyNotFoundException($"{Path} has no tensor '{name}'; it has {Names.List(tensors.Keys)}.");
        GgufType type = GgufType.Of(tensor.TypeNumber)
            ?? throw new InvalidFileException(Path, FilePosition.Byte(tensor.Offset), $"expected tensor '{name}' of a type out of {GgufType.Known}, got {tensor.Type}");
        stream.Position = tensor.Offset;
        FileInput input = new(stream, Path, stream.Length, tensor.Offset);
        return type.Element is { } element
            ? ElementReader.Read(input, new StoredTensorType(element, tensor.Shape), $"tensor '{name}'")
            : GgufBlocks.Read(input, type, tensor);
    }

    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();
}
