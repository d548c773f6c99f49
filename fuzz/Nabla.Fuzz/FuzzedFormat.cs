namespace Nabla.Fuzz;

/// <summary>A kind of file, how the library reads it, and what may come out of a bad one beside <see cref="Nabla.Formats.InvalidFileException"/>.</summary>
/// <param name="Name">The folder of its seeds under <c>fuzz/corpus</c>; files in <c>beside</c> there lie next to the one that is read.</param>
/// <param name="FileName">What the file is called when it is read: its ending may matter.</param>
/// <param name="Read">Reads the file of a path.</param>
/// <param name="Documented">Further exceptions that the documentation of the reader names for bad content.</param>
public sealed record FuzzedFormat(string Name, string FileName, Action<string> Read, params IReadOnlyList<Type> Documented)
{
    private const long Allowance = 64L << 20;

    /// <summary>How many bytes of memory a byte of the file may cost: deflate packs at most 1032 bytes into one.</summary>
    public long BytesPerByte { get; init; } = 1100;

    /// <summary>The bytes that reading a file of a length may allocate in all.</summary>
    public long AllocationLimit(long length) => Allowance + (length * BytesPerByte);
}
