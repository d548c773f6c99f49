using System.Text;
using Nabla.Formats;

namespace Nabla.Tests.Formats;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void All_types_and_the_metadata_come_back_in_the_given_order()
    {
        KeyValuePair<string, Tensor>[] tensors =
        [
            new("z.kernel", Tensor.From<float>([1, -2.5f, float.NaN, float.PositiveInfinity], [2, 2])),
            new("flags", Tensor.From<bool>([true, false, true], [3])),
            new("double", Tensor.From<double>([Math.PI], [])),
            new("a \"quoted\" ∇\n", Tensor.From<int>([int.MinValue, int.MaxValue], [1, 2])),
            new("long", Tensor.From<long>([long.MinValue], [1])),
            new("bytes", Tensor.From<byte>([0, 255], [2])),
            new("empty", Tensor.From<float>([], [0, 3])),
        ];
        Safetensors.Write(folder.File("w"), tensors, [new("format", "nabla"), new("note", "")]);
        SafetensorsFile file = Safetensors.Read(folder.File("w"));

        Assert.Equal(tensors.Select(pair => pair.Key), file.Keys);
        foreach ((string name, Tensor tensor) in tensors)
        {
            Assert.Equal(tensor.DataType, file[name].DataType);
            Assert.Equal(tensor.Shape, file[name].Shape);
            Assert.Equal(tensor.AsBytes().ToArray(), file[name].AsBytes().ToArray());
        }

        Assert.Equal("nabla", file.Metadata["format"]);
        Assert.Equal("", file.Metadata["note"]);
    }

    [Fact]
    public void The_bytes_are_laid_out_as_the_specification_says()
    {
        Safetensors.Write(folder.File("w"), [new("a", Tensor.From<float>([1, 2], [2])), new("b", Tensor.From<byte>([7], [1]))]);
        const string Json = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""";
        byte[] expected = [112, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(Json.PadRight(112)), 0, 0, 128, 63, 0, 0, 0, 64, 7];
        Assert.Equal(expected, File.ReadAllBytes(folder.File("w")));
    }

    [Fact]
    public void A_file_by_another_writer_is_read()
    {
        // Keys in any order, whitespace, tensors in the file in another order than in the header.
        SafetensorsFile file = Read(
            """
            { "second" : {"data_offsets":[4, 8], "shape":[2,1,1], "dtype":"I32x"} ,
              "first":{"shape":[],"dtype":"F32","data_offsets":[0,4]},
              "__metadata__":{"format":"pt"} }
            """.Replace("I32x", "U8", StringComparison.Ordinal).Replace("[4, 8]", "[4, 6]", StringComparison.Ordinal),
            [0, 0, 128, 63, 5, 6]);
        Assert.Equal(["second", "first"], file.Keys);
        Assert.Equal([5, 6], file["second"].ToArray<byte>());
        Assert.Equal([1f], file["first"].ToArray<float>());
        Assert.Equal("pt", file.Metadata["format"]);
    }

    [Fact]
    public void A_file_without_tensors_is_read() => Assert.Empty(Read("{}", []));

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "expected 8 bytes for the tensors, got only 7 at byte 69")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "expected the file to end after the last tensor, got more at byte 70")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "expected tensor 'a' to begin at offset 0, got a gap before it at byte 66")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}}""", 7, "tensor 'b' to begin at offset 4, got an overlap")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}}""", 9, "tensor 'b' to begin at offset 4, got a gap")]
    [InlineData("""{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}""", 1, "dtype of tensor 'a' out of F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL, C64, F8_E4M3, F8_E5M2, F8_E8M0, got 'F4' at byte 9")]
    [InlineData("""{"a":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}}""", 4, "data_offsets of tensor 'a' 2 bytes apart for float16[1], got [0, 4] at byte 9")]
    [InlineData("""{"a":{"dtype":"C64","shape":[536870912],"data_offsets":[0,4294967296]}}""", 0, "tensor 'a' of at most 2147483647 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}}""", 1, "expected at most 64 numbers in 'a', got more at byte 164")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775806,9223372036854775807]}}""", 1, "expected tensor 'a' to begin at offset 0, got a gap")]
    [InlineData("""{"a":{"b":{"c":{"d":{}}}}}""", 0, "got 'b' at byte 14")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,2]}}""", 2, "data_offsets of tensor 'a' 4 bytes apart for float32[1], got [0, 2] at byte 9")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "got [4, 0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "got [0]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}""", 0, "tensor 'a' of at most 2147483647 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "tensor 'a' of at most 2147483647 bytes")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2147483647],"data_offsets":[0,17179869176]}}""", 0, "tensor 'a' of at most 2147483647 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "expected whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "expected whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "expected whole numbers")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "expected each name once, got 'a' twice")]
    [InlineData("""{"__metadata__":{"x":"1","x":"2"}}""", 0, "'x' twice in the metadata")]
    [InlineData("""{"__metadata__":{"x":1}}""", 0, "expected String in '__metadata__', got Number")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "'__metadata__' twice")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1]}}""", 1, "expected dtype, shape and data_offsets of tensor 'a', got fewer")]
    [InlineData("""{"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "expected one dtype of tensor 'a', got two")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"extra":{}}}""", 1, "got 'extra'")]
    [InlineData("""{"a":[]}""", 0, "expected StartObject in 'a', got StartArray")]
    [InlineData("""{"a":{"dtype":null,"shape":[1],"data_offsets":[0,1]}}""", 1, "expected String in 'a', got Null")]
    [InlineData("""{"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}}""", 1, "expected EndArray in 'a', got StartArray")]
    [InlineData("""{"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}}  x""", 2, "expected a header in JSON")]
    [InlineData("""{"\uD800":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", 1, "expected a header in JSON")]
    [InlineData("""{"a":""", 0, "expected a header in JSON")]
    [InlineData(""" {}""", 0, "JSON in UTF-8 that starts with '{'")]
    [InlineData("", 0, "JSON in UTF-8 that starts with '{'")]
    public void A_broken_rule_is_named(string json, int dataLength, string expected)
    {
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => Read(json, new byte[dataLength]));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Position.ByteOffset);
    }

    [Fact]
    public void A_bool_that_is_neither_0_nor_1_is_refused()
    {
        InvalidFileException error = Assert.Throws<InvalidFileException>(
            () => Read("""{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}""", [1, 0, 2]));
        Assert.EndsWith("expected 0 or 1 in tensor 'a' of bool, got 2 at byte 65", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_length_above_the_limit_is_refused_before_anything_is_allocated()
    {
        string path = folder.Write("w", [.. BitConverter.GetBytes(100_000_001L), .. "{}"u8]);
        Assert.Contains("at most 100000000 bytes", Assert.Throws<InvalidFileException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
        path = folder.Write("w", [255, 255, 255, 255, 255, 255, 255, 255]);
        Assert.Contains("got a length of 18446744073709551615", Assert.Throws<InvalidFileException>(() => Safetensors.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Invalid_utf8_in_the_header_is_refused()
    {
        string path = folder.Write("w", [8, 0, 0, 0, 0, 0, 0, 0, .. "{\""u8, 0xFF, 0xFE, .. "\":1}"u8]);
        Assert.Throws<InvalidFileException>(() => Safetensors.Read(path));
    }

    [Fact]
    public void A_name_that_is_there_twice_or_reserved_is_not_written()
    {
        Tensor one = Tensor.From<float>([1], [1]);
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder.File("w"), [new("a", one), new("a", one)]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(folder.File("w"), [new("__metadata__", one)]));
        Assert.Empty(Directory.GetFileSystemEntries(folder.ToString()));
    }

    [Fact]
    public void An_unknown_name_lists_those_that_exist()
    {
        SafetensorsFile file = Read("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}""", [1]);
        Assert.Contains("no tensor 'b'; it has 'a'", Assert.Throws<KeyNotFoundException>(() => file["b"]).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_is_refused() => HostileInput.EveryTruncationIsRefused(Good(), path => Safetensors.Read(path));

    [Fact]
    public void Random_corruption_is_read_or_refused() => HostileInput.RandomCorruptionIsReadOrRefused(Good(), path => Safetensors.Read(path));

    private static byte[] Good()
    {
        using MemoryStream stream = new();
        Safetensors.Write(stream, [new("a", Tensor.From<float>([1, 2], [2])), new("b", Tensor.From<bool>([true], [1]))], [new("k", "v")]);
        return stream.ToArray();
    }

    private SafetensorsFile Read(string json, byte[] data)
    {
        byte[] header = Encoding.UTF8.GetBytes(json);
        return Safetensors.Read(folder.Write("w", [.. BitConverter.GetBytes((long)header.Length), .. header, .. data]));
    }
}
