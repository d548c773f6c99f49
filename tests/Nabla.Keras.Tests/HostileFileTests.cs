using System.IO.Compression;
using System.Text;
using CsCheck;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Keras.Tests;

/// <summary>Files that are corrupt, or made to be so: each gives one error that names the file, and never anything else.</summary>
public sealed class HostileFileTests : IDisposable
{
    private static readonly string[] Files = ["graph.h5", "sequence.h5", "newer.keras", "rnn.keras", "cnn-weights.h5"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Some bytes anywhere are changed, most of them small numbers, addresses within the file, or all ones.</summary>
    [Fact]
    public void A_file_with_changed_bytes_is_read_or_refused()
    {
        byte[][] originals = [.. Files.Select(file => File.ReadAllBytes(Golden.PathOf(file)))];
        Gen<(int File, int[] Places, byte[] Values, int Cut)> mutations = Gen.Select(
            Gen.Int[0, Files.Length - 1],
            Gen.Int[0, 1 << 16].Array[1, 6],
            Gen.OneOf(Gen.Byte, Gen.Const((byte)255), Gen.Const((byte)0), Gen.Byte[0, 8]).Array[6],
            Gen.Int[0, 20]);
        string path = folder.File("model");
        mutations.Sample(
            mutation =>
            {
                byte[] bytes = [.. originals[mutation.File]];
                foreach ((int place, byte value) in mutation.Places.Zip(mutation.Values))
                {
                    bytes[place % bytes.Length] = value;
                }

                int length = mutation.Cut == 0 ? bytes.Length * mutation.Values[0] / 256 : bytes.Length;
                File.WriteAllBytes(path, bytes[..length]);
                RequireReadOrRefused(path);
            },
            iter: 1500,
            threads: 1);
    }

    /// <summary>The structures alone are changed: each field of the headers and trees in turn gets the numbers that are most likely to be wrong.</summary>
    [Fact]
    public void Every_byte_of_the_structures_may_be_wrong()
    {
        byte[] original = File.ReadAllBytes(Golden.PathOf("sequence.h5"));
        string path = folder.File("model.h5");
        for (int place = 0; place < Math.Min(original.Length, 4000); place += 3)
        {
            byte[] bytes = [.. original];
            bytes[place] ^= 0xff;
            File.WriteAllBytes(path, bytes);
            RequireReadOrRefused(path);
        }
    }

    [Theory]
    [InlineData("external-link.h5", "a link to another file, which is not followed")]
    [InlineData("soft-link.h5", "a symbolic link, which is not followed")]
    [InlineData("external-data.h5", "data in other files, which are not read")]
    [InlineData("virtual-data.h5", "got a virtual one")]
    [InlineData("filtered.h5", "no filter but shuffling and deflating, got number 3")]
    [InlineData("many-attributes.h5", "a heap of them, which this reader does not read")]
    [InlineData("circle.h5", "expected a description of the data within the limits of this reader")]
    [InlineData("huge.h5", "expected 20 chunks that hold [1000000, 2000]")]
    [InlineData("sparse.h5", "expected 4 chunks that hold [4, 2]")]
    [InlineData("integers.h5", "expected little-endian float16, float32 or float64, got integers of 4 bytes")]
    [InlineData("big-endian.h5", "expected little-endian float16, float32 or float64, got floating-point numbers of 4 bytes")]
    public void What_Keras_never_writes_is_refused(string file, string expected)
    {
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => KerasFile.Load(Golden.PathOf($"hostile/{file}")));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "expected an HDF5 file, got something else")]
    [InlineData("PK\u0003\u0004 and no more", "expected a zip archive, got something corrupt")]
    [InlineData("\u0089HDF", "expected an HDF5 file, got something else")]
    [InlineData("\u0089HDF\r\n\u001a\n                                                ", "expected an HDF5 file of version 0 to 3, got 32")]
    public void What_is_no_such_file_is_refused(string content, string expected)
    {
        string path = folder.File("model.h5");
        File.WriteAllBytes(path, Encoding.Latin1.GetBytes(content));
        Assert.Contains(expected, Assert.Throws<InvalidFileException>(() => KerasFile.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_archive_without_its_entries_or_with_a_bomb_is_refused()
    {
        string path = folder.File("model.keras");
        WriteArchive(path, ("config.json", "{}"));
        Assert.Contains("expected one entry 'model.weights.h5'", Refused(path), StringComparison.Ordinal);
        WriteArchive(path, ("model.weights.h5", "{}"), ("model.weights.h5", "{}"));
        Assert.Contains("expected one entry 'model.weights.h5' as in an archive of Keras 3, got 2", Refused(path), StringComparison.Ordinal);
        WriteArchive(path, ("model.weights.h5", new string('0', 50_000_000)));
        Assert.Contains("something", Refused(path), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() => Assert.Throws<FileNotFoundException>(() => KerasFile.Load(folder.File("none.keras")));

    private static string Refused(string path) => Assert.Throws<InvalidFileException>(() => KerasFile.Load(path)).Message;

    private static void RequireReadOrRefused(string path)
    {
        try
        {
            KerasFile.Load(path);
        }
        catch (InvalidFileException)
        {
        }
    }

    private static void WriteArchive(string path, params (string Name, string Content)[] entries)
    {
        File.Delete(path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, string content) in entries)
        {
            using StreamWriter writer = new(archive.CreateEntry(name).Open());
            writer.Write(content);
        }
    }
}
