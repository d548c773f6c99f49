using System.IO.Compression;
using System.Text;
using Nabla.Formats;

namespace Nabla.Tests.Formats;

public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Arrays_that_numpy_wrote_are_read()
    {
        AssertTensor<float>([0, 0.5f, -1, 2.25f, 1e30f, -1e-30f], [2, 3], Npy.Read(Numpy("f4_2x3.npy")));
        AssertTensor<double>([3.5], [], Npy.Read(Numpy("f8_scalar.npy")));
        AssertTensor<long>([-(1L << 62), -1, 0, 1, 1L << 62], [5], Npy.Read(Numpy("i8_5.npy")));
        AssertTensor<byte>([], [0, 3], Npy.Read(Numpy("u1_0x3.npy")));
        AssertTensor<bool>([true, false, false, true], [2, 2], Npy.Read(Numpy("b1_2x2.npy")));
        AssertTensor<float>([7, 8], [2], Npy.Read(Numpy("f4_version2.npy")));
        AssertTensor<float>([9], [1], Npy.Read(Numpy("f4_version3.npy")));
        AssertTensor<float>([1], [1], Npy.Read(Numpy("f4_big_endian.npy")));
    }

    [Fact]
    public void An_array_is_described_by_its_header()
    {
        Assert.Equal(new StoredTensor("i4_fortran_2x3x4", StoredType.Int32, [2, 3, 4]), Npy.Describe(Numpy("i4_fortran_2x3x4.npy")));
        byte[] bytes = File.ReadAllBytes(Numpy("i8_5.npy"));
        Assert.Contains($"got only 39 at byte {bytes.Length - 1}", Problem(folder.Write("cut.npy", bytes[..^1])), StringComparison.Ordinal);
        Assert.Contains($"got more at byte {bytes.Length}", Problem(folder.Write("long.npy", [.. bytes, 0])), StringComparison.Ordinal);

        static string Problem(string path) => Assert.Throws<InvalidFileException>(() => Npy.Describe(path)).Message;
    }

    [Fact]
    public void Every_type_of_numbers_is_read_in_both_orders_of_bytes()
    {
        IReadOnlyDictionary<string, Tensor> arrays = Npz.Read(Numpy("types.npz"));
        Assert.Equal(44, arrays.Count);
        foreach ((string name, Tensor array) in arrays.Where(pair => !pair.Key.EndsWith(".expected", StringComparison.Ordinal)))
        {
            Tensor expected = arrays[$"{name[..2]}.expected"];
            Assert.Equal(expected.Type, array.Type);
            Assert.Equal(expected.AsBytes().ToArray(), array.AsBytes().ToArray());
        }
    }

    [Fact]
    public void Fortran_order_becomes_row_major() =>
        AssertTensor<int>([.. Enumerable.Range(0, 24)], [2, 3, 4], Npy.Read(Numpy("i4_fortran_2x3x4.npy")));

    [Theory]
    [InlineData("object.npy", "expected a type out of f4, f8, f2, i4, i8, i2, i1, u1, u2, u4, u8, b1, c8, got '|O'")]
    [InlineData("f16.npy", "got '<f16'")]
    [InlineData("text.npy", "got '<U4'")]
    [InlineData("date.npy", "got '<M8[D]'")]
    public void A_type_that_no_tensor_has_is_named(string file, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidFileException>(() => Npy.Read(Numpy(file))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("f4_2x3.npy")]
    [InlineData("f8_scalar.npy")]
    [InlineData("i8_5.npy")]
    [InlineData("u1_0x3.npy")]
    [InlineData("b1_2x2.npy")]
    public void What_is_written_has_the_bytes_that_numpy_writes(string file)
    {
        Npy.Write(folder.File("a.npy"), Npy.Read(Numpy(file)));
        Assert.Equal(File.ReadAllBytes(Numpy(file)), File.ReadAllBytes(folder.File("a.npy")));
    }

    [Fact]
    public void Archives_that_numpy_wrote_are_read()
    {
        IReadOnlyDictionary<string, Tensor> stored = Npz.Read(Numpy("stored.npz"));
        Assert.Equal(["images", "labels"], stored.Keys);
        AssertTensor<byte>([0, 1, 2, 3], [4], stored["images"]);
        AssertTensor<long>([1, 2], [1, 2], stored["labels"]);

        IReadOnlyDictionary<string, Tensor> packed = Npz.Read(Numpy("packed.npz"));
        AssertTensor(new double[10_000], [100, 100], packed["zeros"]);
        AssertTensor<int>([1], [], packed["one"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_archive_comes_back_and_equal_content_makes_equal_bytes(bool compress)
    {
        KeyValuePair<string, Tensor>[] tensors = [new("b", Tensor.From<float>([1, 2], [2])), new("a", Tensor.From<bool>([true], []))];
        Npz.Write(folder.File("1.npz"), tensors, compress);
        Npz.Write(folder.File("2.npz"), tensors, compress);
        IReadOnlyDictionary<string, Tensor> read = Npz.Read(folder.File("1.npz"));
        Assert.Equal(["b", "a"], read.Keys);
        AssertTensor<float>([1, 2], [2], read["b"]);
        AssertTensor<bool>([true], [], read["a"]);
        Assert.Equal(File.ReadAllBytes(folder.File("1.npz")), File.ReadAllBytes(folder.File("2.npz")));
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "expected 12 bytes for the array, got only 8")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "expected the file to end after the array, got more")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }", "the array of at most 2147483647 bytes")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "expected a whole number")]
    [InlineData("{'descr': '<f4', 'fortran_order': 1, 'shape': (2,), }", "expected True or False")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", "expected '''")]
    [InlineData("{'descr': '<f4', 'shape': (2,), }", "got fewer")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), 'more': 1}", "got 'more'")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), } x", "expected nothing more")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2", "expected ')'")]
    public void A_wrong_header_is_named(string header, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidFileException>(() => Npy.Read(Write(header, new byte[8]))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("{\"descr\":\"=f4\",\"fortran_order\":True,\"shape\":(2L,)}")]
    [InlineData("{'shape':(2,),'fortran_order':False,'descr':'<f4'}")]
    public void Other_spellings_of_the_header_are_read(string header) => AssertTensor<float>([0, 0], [2], Npy.Read(Write(header, new byte[8])));

    [Fact]
    public void An_archive_that_unpacks_to_more_than_the_limit_is_refused()
    {
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => Npz.Read(Numpy("packed.npz"), limit: 10_000));
        Assert.Contains("at most 10000 bytes together", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_element_in_an_archive_breaks_its_checksum()
    {
        byte[] bytes = File.ReadAllBytes(Numpy("stored.npz"));
        int place = bytes.AsSpan().IndexOf(new byte[] { 0, 1, 2, 3 });
        bytes[place] = 9;
        Assert.Contains("checksum", Assert.Throws<InvalidFileException>(() => Npz.Read(folder.Write("a.npz", bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_entries_of_one_name_are_refused()
    {
        using (ZipArchive archive = ZipFile.Open(folder.File("a.npz"), ZipArchiveMode.Create))
        {
            foreach (string name in new[] { "a.npy", "a.npy" })
            {
                using Stream stream = archive.CreateEntry(name).Open();
                Npy.Write(stream, Tensor.From<float>([1], [1]));
            }
        }

        Assert.Contains("'a.npy' twice", Assert.Throws<InvalidFileException>(() => Npz.Read(folder.File("a.npz"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("f4_2x3.npy")]
    [InlineData("f4_version2.npy")]
    public void Every_truncation_of_an_array_is_refused(string file) =>
        HostileInput.EveryTruncationIsRefused(File.ReadAllBytes(Numpy(file)), path => Npy.Read(path));

    [Fact]
    public void Every_truncation_of_an_archive_is_refused() =>
        HostileInput.EveryTruncationIsRefused(File.ReadAllBytes(Numpy("packed.npz")), path => Npz.Read(path));

    [Theory]
    [InlineData("f4_2x3.npy")]
    [InlineData("i4_fortran_2x3x4.npy")]
    public void Random_corruption_of_an_array_is_read_or_refused(string file) =>
        HostileInput.RandomCorruptionIsReadOrRefused(File.ReadAllBytes(Numpy(file)), path => Npy.Read(path));

    [Theory]
    [InlineData("stored.npz")]
    [InlineData("packed.npz")]
    public void Random_corruption_of_an_archive_is_read_or_refused(string file) =>
        HostileInput.RandomCorruptionIsReadOrRefused(File.ReadAllBytes(Numpy(file)), path => Npz.Read(path));

    private static string Numpy(string file) => Repository.PathOf($"tests/Nabla.Tests/Formats/Numpy/{file}");

    private static void AssertTensor<T>(T[] values, Shape shape, Tensor tensor)
        where T : unmanaged
    {
        Assert.Equal(shape, tensor.Shape);
        Assert.Equal(values, tensor.ToArray<T>());
    }

    private string Write(string header, byte[] data) => folder.Write(
        "a.npy", [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. Encoding.ASCII.GetBytes(header), .. data]);
}
