using Nabla.Formats;

namespace Nabla.Tests.Formats;

public sealed class MappedSafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_tensor_is_the_one_that_reading_the_whole_file_gives()
    {
        string path = Repository.PathOf("tests/Nabla.Tests/Formats/Elements/elements.safetensors");
        SafetensorsFile whole = Safetensors.Read(path);
        using MappedSafetensors mapped = MappedSafetensors.Open(path);
        Assert.Equal(whole.Keys, mapped.Names);
        foreach ((string name, Tensor tensor) in whole.Reverse())
        {
            Assert.True(mapped.Contains(name));
            Assert.Equal(tensor.Type, mapped.TypeOf(name));
            Assert.Equal(tensor.AsBytes().ToArray(), mapped.Read(name).AsBytes().ToArray());
        }
    }

    [Fact]
    public void Empty_tensors_files_without_tensors_and_metadata_are_read()
    {
        Safetensors.Write(folder.File("w"), [new("none", Tensor.From<float>([], [0, 3])), new("one", Tensor.From(1f))], [new("k", "v")]);
        using MappedSafetensors mapped = MappedSafetensors.Open(folder.File("w"));
        Assert.Equal([0, 3], mapped.Read("none").Shape);
        Assert.Equal("v", mapped.Metadata["k"]);
        Safetensors.Write(folder.File("empty"), []);
        using MappedSafetensors empty = MappedSafetensors.Open(folder.File("empty"));
        Assert.Empty(empty.Names);
    }

    [Fact]
    public void An_unknown_name_lists_those_that_exist()
    {
        Safetensors.Write(folder.File("w"), [new("a", Tensor.From(1f))]);
        using MappedSafetensors mapped = MappedSafetensors.Open(folder.File("w"));
        Assert.False(mapped.Contains("b"));
        Assert.Contains("no tensor 'b'; it has 'a'", Assert.Throws<KeyNotFoundException>(() => mapped.Read("b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_shortened_while_it_is_open_is_an_error_and_no_crash()
    {
        Safetensors.Write(folder.File("w"), [new("a", Tensor.Ones([100_000]))]);
        using MappedSafetensors mapped = MappedSafetensors.Open(folder.File("w"));
        using (FileStream other = new(folder.File("w"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            other.SetLength(100);
        }

        InvalidFileException error = Assert.Throws<InvalidFileException>(() => mapped.Read("a"));
        Assert.Contains("expected the file to keep its", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_its_type_does_not_have_is_named_with_its_byte()
    {
        const string Json = """{"u":{"dtype":"U64","shape":[2],"data_offsets":[0,16]}}""";
        string path = folder.Write("w", [.. BitConverter.GetBytes((long)Json.Length), .. System.Text.Encoding.ASCII.GetBytes(Json), .. new byte[15], 0x80]);
        using MappedSafetensors mapped = MappedSafetensors.Open(path);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => mapped.Read("u"));
        Assert.EndsWith($"expected numbers up to 2^63 - 1 in tensor 'u' of uint64, got another at byte {8 + Json.Length + 8}", error.Message, StringComparison.Ordinal);
        Assert.Equal(error.Message, Assert.Throws<InvalidFileException>(() => Safetensors.Read(path)).Message);
    }

    [Fact]
    public void Every_truncation_and_any_more_is_refused_on_opening()
    {
        Safetensors.Write(folder.File("w"), [new("a", Tensor.From<float>([1, 2], [2])), new("b", Tensor.From<bool>([true], [1]))]);
        byte[] good = File.ReadAllBytes(folder.File("w"));
        HostileInput.EveryTruncationIsRefused(good, Open);
        Assert.Throws<InvalidFileException>(() => Open(folder.Write("more", [.. good, 0])));
    }

    private static void Open(string path)
    {
        using MappedSafetensors mapped = MappedSafetensors.Open(path);
    }
}
