using static Nabla.Fuzz.Tests.BadFiles;

namespace Nabla.Fuzz.Tests;

/// <summary>Weights of safetensors and NumPy that lie.</summary>
internal static class BadWeights
{
    private const string One = """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""";

    public static IReadOnlyList<BadFile> Safetensors { get; } =
    [
        new("safetensors", "nothing", [], "expected 8 bytes for the header's length, got the end of the file", 0),
        new("safetensors", "a header of 16 exbibytes", [255, 255, 255, 255, 255, 255, 255, 255], "header of at most 100000000 bytes, got a length of 18446744073709551615", 0),
        new("safetensors", "a header one byte above the limit", [.. BitConverter.GetBytes(100_000_001L), .. "{}"u8], "at most 100000000 bytes, got a length of 100000001", 0),
        new("safetensors", "a header longer than the file", [.. BitConverter.GetBytes(1000L), .. "{}"u8], "expected 1000 bytes for the header, got only 2", 10),
        new("safetensors", "a header that is no text", [.. BitConverter.GetBytes(4L), (byte)'{', 0xC3, 0x28, (byte)'}'], "JSON in UTF-8 that starts with '{'", 8),
        new("safetensors", "a header that is a list", Safe("[]"), "JSON in UTF-8 that starts with '{'", 8),
        new("safetensors", "a name that is there twice", Safe($"{{{One[1..^1]},{One[1..^1]}}}", 2), "expected each name once, got 'a' twice", 61),
        new("safetensors", "a field that is there twice", Safe(One.Replace("\"shape\"", "\"dtype\":\"U8\",\"shape\"", StringComparison.Ordinal), 1), "expected one dtype of tensor 'a', got two", 27),
        new("safetensors", "tensors that overlap", Safe($"{{{One[1..^1]},\"b\":{One[5..^1]}}}", 2), "expected tensor 'b' to begin at offset 1, got an overlap", 113),
        new("safetensors", "a hole before a tensor", Safe(One.Replace("[0,1]", "[3,4]", StringComparison.Ordinal), 4), "expected tensor 'a' to begin at offset 0, got a gap before it", 64),
        new("safetensors", "bytes after the last tensor", Safe(One, 2), "expected the file to end after the last tensor, got more", 62),
        new("safetensors", "offsets that run backwards", Safe(One.Replace("[0,1]", "[1,0]", StringComparison.Ordinal), 1), "1 bytes apart for uint8[1], got [1, 0]", 9),
        new("safetensors", "offsets beyond the end of the file", Safe(One, 0), "expected 1 bytes for the tensors, got the end of the file", 61),
        new("safetensors", "a shape whose product is above 2^64", Safe("""{"a":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}"""), "expected tensor 'a' of at most 2147483647 bytes", 9),
        new("safetensors", "a shape of 65 dimensions", Safe($$$"""{"a":{"dtype":"U8","shape":[{{{string.Join(',', Enumerable.Repeat(1, 65))}}}],"data_offsets":[0,1]}}""", 1), "expected at most 64 numbers in 'a', got more", 164),
        new("safetensors", "a negative dimension", Safe(One.Replace("[1]", "[-1]", StringComparison.Ordinal), 1), "expected whole numbers from 0 to 2^63 - 1 in 'a'", 36),
        new("safetensors", "a type of 4 bits", Safe(One.Replace("U8", "F4", StringComparison.Ordinal), 1), "got 'F4'", 9),
        new("safetensors", "objects within objects", Safe("""{"a":{"dtype":{"x":{}}}}"""), "expected String in 'a', got StartObject", 22),
        new("safetensors", "a truth value of 2", [.. Safe(One.Replace("U8", "BOOL", StringComparison.Ordinal)), 2], "expected 0 or 1 in tensor 'a' of bool, got 2", 63),
        new("safetensors", "an integer above 2^63 - 1", [.. Safe("""{"a":{"dtype":"U64","shape":[1],"data_offsets":[0,8]}}"""), 0, 0, 0, 0, 0, 0, 0, 255], "expected numbers up to 2^63 - 1 in tensor 'a' of uint64", 62),
        new("safetensors-index", "a file above the folder", Utf8("""{"weight_map":{"a":"../a.safetensors"}}"""), "expected a file beside the index, got '../a.safetensors'"),
        new("safetensors-index", "a file anywhere", Utf8("""{"weight_map":{"a":"/etc/hostname"}}"""), "expected a file beside the index, got '/etc/hostname'"),
        new("safetensors-index", "a file that is not there", Utf8("""{"weight_map":{"a":"b.safetensors"}}"""), "expected a file beside the index, got 'b.safetensors'"),
        new("safetensors-index", "a tensor that is not there", Utf8("""{"weight_map":{"z":"model-00001-of-00002.safetensors"}}"""), "expected tensor 'z' in 'model-00001-of-00002.safetensors', got none"),
        new("safetensors-index", "a tensor that is there twice", Utf8("""{"weight_map":{"a":"x","a":"y"}}"""), "expected a JSON object with a 'weight_map'"),
        new("safetensors-index", "a deep list", Utf8(new string('[', 100_000)), "expected a JSON object with a 'weight_map'"),
    ];

    public static IReadOnlyList<BadFile> Numpy { get; } =
    [
        new("npy", "another magic", [.. "NUMPY!"u8, 1, 0, 0, 0], "expected a NumPy array that starts with 93 4E 55 4D 50 59", 0),
        new("npy", "a version of the future", [0x93, .. "NUMPY"u8, 9, 0], "expected format version 1, 2 or 3, got 9.0", 6),
        new("npy", "a header of 4 gibibytes", [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255], "expected a header of at most 65536 bytes, got 4294967295", 8),
        new("npy", "pickled objects", Array("|O", "(1,)"), "got '|O'", 10),
        new("npy", "a shape whose product is above 2^64", Array("<f4", "(4611686018427387904, 4)"), "expected the array of at most 2147483647 bytes", 10),
        new("npy", "a shape of 100 dimensions", Array("|u1", $"({string.Join(',', Enumerable.Repeat(1, 100))})"), "expected the array of at most 64 dimensions, got 100", 10),
        new("npy", "more than the array", [.. Array("|u1", "()"), 1, 2], "expected the file to end after the array, got more", 66),
        new("npz", "no archive", Utf8("PK\u0003\u0004 and nothing else"), "expected a zip archive of arrays"),
        new("npz", "an entry above the folder", BadZips.Stored(("../x.npy", [])), "expected names of entries that stay within the archive, got '../x.npy'"),
        new("npz", "an entry at the root", BadZips.Stored(("/etc/x.npy", [])), "expected names of entries that stay within the archive, got '/etc/x.npy'"),
        new("npz", "an entry of another disk", BadZips.Stored(("C:\\x.npy", [])), "expected names of entries that stay within the archive"),
        new("npz", "a symbolic link", BadZips.Link("x.npy", "/etc/hostname"), "expected files, got a symbolic link 'x.npy'"),
        new("npz", "a name that is there twice", BadZips.Stored(("x.npy", []), ("x.npy", [])), "expected each name once, got 'x.npy' twice"),
        new("npz", "an entry that claims 4 gibibytes", BadZips.Claiming(BadZips.Packed(("x.npy", new byte[1000])), 0xFFFF_0000), "expected entries packed 1032 to 1 at most, got 'x.npy' with 4294901760 bytes"),
        new("npz", "an entry longer than the file", BadZips.ClaimingStored(BadZips.Stored(("x.npy", new byte[10])), 1 << 30), "expected entries that lie one after the other"),
        new("npz", "entries that overlap", BadZips.Overlapping(BadZips.Stored(("a.npy", new byte[1000]), ("b.npy", [0]))), "expected entries that lie one after the other"),
        new("npz", "another checksum", BadZips.WithChecksum(BadZips.Stored(("x.npy", [.. Array("|u1", "()"), 7])), 1), "expected 'x.npy' with checksum 00000001"),
        new("npz", "an entry that is no array", BadZips.Stored(("x.npy", Utf8("hello there"))), "expected a NumPy array that starts with", 0),
    ];

    private static byte[] Safe(string header, int data = 0) => [.. BitConverter.GetBytes((long)Utf8(header).Length), .. Utf8(header), .. new byte[data]];

    private static byte[] Array(string type, string shape)
    {
        byte[] header = Utf8($"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}");
        return [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. header];
    }
}
