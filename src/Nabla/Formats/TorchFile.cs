using Nabla.Formats.PyTorch;

namespace Nabla.Formats;

/// <summary>
/// Reads and writes the tensors of PyTorch's state dictionaries (<c>.pt</c>, <c>.pth</c>, <c>.bin</c>): the zip files of today, and, to be read, the streams
/// of pickled objects before them. No code in a file is ever run: an interpreter of its own makes tensors and calls nothing, and refuses every name that a
/// state dictionary does not need.
/// </summary>
/// <example>
/// <code>
/// IReadOnlyDictionary&lt;string, Tensor&gt; weights = TorchFile.Read("model.pt");
/// TorchFile.Write("copy.pt", weights);   // torch.load("copy.pt", weights_only=True)
/// </code>
/// </example>
public static class TorchFile
{
    private const int TarMagicPlace = 257;

    private static ReadOnlySpan<byte> ZipBegin => "PK"u8;

    private static ReadOnlySpan<byte> TarMagic => "ustar"u8;

    /// <summary>Reads all tensors by name, in the order of the file; dictionaries within dictionaries have dotted names.</summary>
    /// <param name="path">The file. Elements become what <see cref="StoredType"/> says: float16 and bfloat16 float32, int8 and int16 int32.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidFileException">It is no state dictionary; the message names the byte, and what was refused.</exception>
    public static IReadOnlyDictionary<string, Tensor> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IsZip(path) ? TorchZip.Read(path) : TorchStream.Read(path);
    }

    /// <summary>Reads all tensors of a state dictionary in several files, in the order of their index: <c>pytorch_model.bin.index.json</c>.</summary>
    /// <param name="path">The index. Its files lie in its own folder.</param>
    /// <exception cref="FileNotFoundException">There is no such index.</exception>
    /// <exception cref="InvalidFileException">The index is none, points out of its folder, or its files hold other tensors than it says.</exception>
    public static IReadOnlyDictionary<string, Tensor> ReadSharded(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ShardIndex.Read(path).ReadAll(Read);
    }

    /// <summary>What a state dictionary holds, in the order of the file; the elements are not read.</summary>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<StoredTensor> List(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return IsZip(path) ? TorchZip.List(path) : TorchStream.List(path);
    }

    /// <summary>What a state dictionary in several files holds, in the order of the index.</summary>
    /// <inheritdoc cref="ReadSharded"/>
    public static IReadOnlyList<StoredTensor> ListSharded(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return [.. ShardIndex.Read(path).ReadAll(file => List(file).ToDictionary(tensor => tensor.Name)).Values];
    }

    /// <summary>
    /// Writes tensors as a state dictionary in a zip file, uncompressed and aligned, which <c>torch.load(path, weights_only=True)</c> reads; the file is
    /// replaced as a whole or not at all. A tensor that is there under two names is stored once.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Names and tensors; each name once.</param>
    /// <param name="floats">
    /// What floating-point numbers are stored as: float64, float32, float16 or bfloat16, each value rounded to the nearest; null for what they are.
    /// </param>
    /// <exception cref="ArgumentException">A name is there twice, or a finite value is beyond the largest of its type.</exception>
    public static void Write(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors, StoredType? floats = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (floats is { } type && !ElementWriter.IsFloat(type))
        {
            throw new ArgumentException($"Floating-point numbers are stored as float64, float32, float16 or bfloat16, not as {type.Label}.", nameof(floats));
        }

        OrderedDictionary<string, Tensor> entries = new(tensors);
        AtomicFile.Write(path, stream => TorchZip.Write(stream, [.. entries], floats));
    }

    // It is a zip file, or else a stream.
    private static bool IsZip(string path)
    {
        using FileInput input = FileInput.Open(path);
        ReadOnlySpan<byte> begin = input.Read(Math.Min(input.Remaining, TarMagicPlace + TarMagic.Length), "a state dictionary");
        return begin.Length > TarMagicPlace && begin[TarMagicPlace..].StartsWith(TarMagic)
            ? throw new InvalidFileException(
                path, FilePosition.Byte(TarMagicPlace),
                "expected a state dictionary as a zip file or a stream, got a tar file of PyTorch before 0.1.10, which is not supported: save it again with a newer one")
            : begin.StartsWith(ZipBegin);
    }
}
