using System.IO.Compression;
using Nabla.Formats;

namespace Nabla.Tests.Formats;

/// <summary>State dictionaries that PyTorch wrote (<c>Torch/make.py</c>), and such that it reads, where it is installed.</summary>
public sealed class TorchPeerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("zip.pt", "")]
    [InlineData("stream.pt", "")]
    [InlineData("checkpoint.pt", "model.")]
    public void What_PyTorch_wrote_is_read(string file, string prefix)
    {
        IReadOnlyDictionary<string, Tensor> expected = Npz.Read(Golden("expected.npz"));
        IReadOnlyDictionary<string, Tensor> read = TorchFile.Read(Golden(file));
        Assert.Equal(expected.Keys.Select(name => prefix + name), read.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name != "parameter"));
        foreach ((string name, Tensor tensor) in expected)
        {
            Assert.Equal(tensor.Type, read[prefix + name].Type);
            Assert.Equal(tensor.AsBytes().ToArray(), read[prefix + name].AsBytes().ToArray());
        }

        Assert.Same(read[$"{prefix}tied"], read[$"{prefix}head.weight"]);
    }

    [Fact]
    public void What_is_written_comes_back()
    {
        KeyValuePair<string, Tensor>[] tensors = Tensors();
        TorchFile.Write(folder.File("written.pt"), tensors);
        IReadOnlyDictionary<string, Tensor> read = TorchFile.Read(folder.File("written.pt"));
        Assert.Equal(tensors.Select(pair => pair.Key), read.Keys);
        Assert.All(tensors, pair => Assert.Equal(pair.Value.Type, read[pair.Key].Type));
        Assert.All(tensors, pair => Assert.Equal(pair.Value.AsBytes().ToArray(), read[pair.Key].AsBytes().ToArray()));
    }

    [Fact]
    public void Storages_begin_at_multiples_of_64_bytes_and_equal_content_makes_equal_bytes()
    {
        TorchFile.Write(folder.File("1.pt"), Tensors());
        TorchFile.Write(folder.File("2.pt"), Tensors());
        byte[] bytes = File.ReadAllBytes(folder.File("1.pt"));
        Assert.Equal(bytes, File.ReadAllBytes(folder.File("2.pt")));
        byte[] first = Tensors()[0].Value.AsBytes().ToArray();
        Assert.Equal(0, bytes.AsSpan().IndexOf(first) % 64);
        using ZipArchive archive = ZipFile.OpenRead(folder.File("1.pt"));
        Assert.Equal(["archive/data.pkl", "archive/byteorder"], archive.Entries.Take(2).Select(entry => entry.FullName));
        Assert.Equal("archive/version", archive.Entries[^1].FullName);
        Assert.Equal(Tensors().Length - 1, archive.Entries.Count(entry => entry.FullName.StartsWith("archive/data/", StringComparison.Ordinal)));
    }

    [Fact]
    public void Names_that_are_there_twice_and_values_that_do_not_fit_are_not_written()
    {
        Tensor one = Tensor.From(1f);
        Assert.Throws<ArgumentException>(() => TorchFile.Write(folder.File("w.pt"), [new("a", one), new("a", one)]));
        Assert.Throws<ArgumentException>(() => TorchFile.Write(folder.File("w.pt"), [new("a", Tensor.From(1e6f))], StoredType.Float16));
        Assert.Throws<ArgumentException>(() => TorchFile.Write(folder.File("w.pt"), [new("a", one)], StoredType.Int8));
        Assert.Empty(Directory.GetFileSystemEntries(folder.ToString()));
    }

    [Fact]
    public void Entries_beyond_4_GiB_are_written_so_that_others_find_them()
    {
        const long Far = 5L << 30;
        using (FileStream stream = new(folder.File("far.zip"), FileMode.CreateNew, FileAccess.ReadWrite))
        {
            stream.Position = Far;
            AlignedZipOutput archive = new(stream);
            archive.Add("near", content => content.Write("one"u8));
            archive.Add("far", content => content.Write("two"u8));
            archive.Complete();
        }

        using ZipInput read = new(folder.File("far.zip"), "a zip archive");
        Assert.Equal("two"u8.ToArray(), read.Read("far", input => input.Read(3, "it")));
    }

    [Fact]
    public void PyTorch_reads_what_is_written_without_running_code()
    {
        Assert.SkipUnless(Python.HasTorch, $"{Python.Path} has no torch: apt-get install python3-torch.");
        TorchFile.Write(folder.File("written.pt"), Tensors());
        TorchFile.Write(folder.File("half.pt"), Tensors(), StoredType.Float16);
        TorchFile.Write(folder.File("brain.pt"), Tensors(), StoredType.BFloat16);
        Npz.Write(folder.File("expected.npz"), Tensors());
        (int code, string output) = Python.Run(Repository.PathOf("tests/Nabla.Tests/Formats/Torch/check.py"), folder.ToString());
        Assert.True(code == 0, output);
        Assert.EndsWith("equal", output.TrimEnd(), StringComparison.Ordinal);
    }

    private static KeyValuePair<string, Tensor>[] Tensors()
    {
        Tensor first = Tensor.From(Enumerable.Range(0, 60).Select(value => (value / 7f) - 3).ToArray(), [3, 4, 5]);
        return
        [
            new("first", first), new("double", Tensor.From(Math.PI, -1e-3)), new("int", Tensor.From(int.MinValue, 5)), new("long", Tensor.From(long.MaxValue)),
            new("byte", Tensor.From<byte>(0, 200)), new("flags.∇", Tensor.From(true, false)), new("scalar", Tensor.Scalar(1.5f)),
            new("none", Tensor.From<float>([], [0, 3])), new("tied", first),
        ];
    }

    private static string Golden(string file) => Repository.PathOf($"tests/Nabla.Tests/Formats/Torch/{file}");
}
