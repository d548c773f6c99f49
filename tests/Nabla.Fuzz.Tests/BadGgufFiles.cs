using static Nabla.Fuzz.Tests.BadFiles;

namespace Nabla.Fuzz.Tests;

/// <summary>GGUF files that lie.</summary>
internal static class BadGgufFiles
{
    private const uint Float32 = 0;
    private const uint Q8 = 8;
    private const uint ArrayKind = 9;
    private const int HeaderLength = 24;

    public static IReadOnlyList<BadFile> All { get; } =
    [
        new("gguf", "another magic", [.. "GGML"u8, 3, 0, 0, 0], "expected a GGUF file that starts with 47475546, got 47474D4C", 0),
        new("gguf", "a version of the past", [.. "GGUF"u8, 1, 0, 0, 0], "expected version 2 or 3, got 1", 4),
        new("gguf", "numbers of a machine of another order", [.. "GGUF"u8, 0, 0, 0, 3], "expected a little-endian file, got a big-endian one", 4),
        new("gguf", "2^64 - 1 tensors", [.. "GGUF"u8, 3, 0, 0, 0, .. Long(ulong.MaxValue), .. Long(0)], "tensors in a file of this length, got 18446744073709551615", 8),
        new("gguf", "2^63 entries", [.. "GGUF"u8, 3, 0, 0, 0, .. Long(0), .. Long(1UL << 63)], "entries of metadata in a file of this length, got 9223372036854775808", 16),
        File("a name of 2^40 bytes", [.. Long(1UL << 40), .. Int(4), .. Int(1)], "expected a name of at most 65535 bytes, got 1099511627776", HeaderLength),
        File("a text longer than the file", [.. Word("x"), .. Int(8), .. Long(60_000_000)], "expected 60000000 bytes for 'x', got the end of the file", 45),
        File("an array of 2^61 numbers", [.. Word("x"), .. Int(ArrayKind), .. Int(10), .. Long(1UL << 61)], "expected an array that fits into the file as 'x', got one of 2305843009213693952", 41),
        File("arrays in arrays, 100 deep", [.. Word("x"), .. Int(ArrayKind), .. Enumerable.Range(0, 100).SelectMany(_ => (byte[])[.. Int(ArrayKind), .. Long(1)])], "expected arrays at most 4 deep in 'x'", 89),
        File("a kind that nobody knows", [.. Word("x"), .. Int(77)], "expected a kind of value from 0 to 12, got 77", 33),
        File("a truth value of 2", [.. Word("x"), .. Int(7), 2], "expected 0 or 1 in 'x', got 2", 37),
        File("a name that is no text", [.. Long(2), 0xC3, 0x28, .. Int(4), .. Int(1)], "expected a name in UTF-8", HeaderLength),
        File("an alignment of 0", [.. Word("general.alignment"), .. Int(4), .. Int(0)], "expected 'general.alignment' to be a multiple of 8 up to 1048576, got 0", 57),
        Tensor("a tensor of 1000 dimensions", [.. Word("t"), .. Int(1000)], "expected tensor 't' of at most 8 dimensions, got 1000"),
        Tensor("a tensor of 2^66 elements", Described([1UL << 33, 1UL << 33], Float32, 0), "expected tensor 't' of at most 2147483647 bytes"),
        Tensor("a block that is cut", Described([33], Q8, 0), "expected rows of tensor 't' of a multiple of 32 elements for Q8_0, got [33]"),
        Tensor("rows that share a block", Described([16, 2], Q8, 0), "expected rows of tensor 't' of a multiple of 32 elements for Q8_0, got [2, 16]"),
        new("gguf", "a tensor beyond the end of the file", Header(1, 0, Described([8], Float32, 1 << 20)), "expected 32 bytes for tensor 't' from offset 1048576, got the end of the file", 57),
        new("gguf", "a tensor that is not aligned", [.. Header(1, 0, Described([1], Float32, 4)), .. new byte[64]], "expected tensor 't' at a multiple of 32 bytes after the others, got 4", 57),
    ];

    private static BadFile File(string name, byte[] entry, string problem, long place) => new("gguf", name, Header(0, 1, entry), problem, place);

    private static BadFile Tensor(string name, byte[] info, string problem) => new("gguf", name, [.. Header(1, 0, info), .. new byte[64]], problem, HeaderLength);

    private static byte[] Described(ulong[] dimensions, uint type, ulong offset) =>
        [.. Word("t"), .. Int((uint)dimensions.Length), .. dimensions.SelectMany(Long), .. Int(type), .. Long(offset)];

    private static byte[] Header(ulong tensors, ulong entries, byte[] rest) => [.. "GGUF"u8, 3, 0, 0, 0, .. Long(tensors), .. Long(entries), .. rest];

    private static byte[] Word(string text) => [.. Long((ulong)text.Length), .. Utf8(text)];

    private static byte[] Int(uint value) => BitConverter.GetBytes(value);

    private static byte[] Long(ulong value) => BitConverter.GetBytes(value);
}
