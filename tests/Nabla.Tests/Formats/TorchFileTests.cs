using System.IO.Compression;
using System.Text;
using Nabla.Formats;

namespace Nabla.Tests.Formats;

/// <summary>State dictionaries of PyTorch, written here instruction by instruction as its programs write them, and files that pretend to be some.</summary>
public sealed class TorchFileTests
{
    [Fact]
    public void A_zip_of_today_gives_its_tensors()
    {
        using TemporaryFolder folder = new();
        string path = Zip(folder, Dictionary(("layer.weight", View("0", "FloatStorage", 6, 0, [2, 3], [3, 1])), ("layer.count", View("1", "LongStorage", 1, 0, [], []))),
            ("0", Floats(1, 2, 3, 4, 5, 6)), ("1", BitConverter.GetBytes(7L)));
        IReadOnlyDictionary<string, Tensor> tensors = TorchFile.Read(path);
        Assert.Equal(["layer.weight", "layer.count"], tensors.Keys);
        Assert.Equal([2, 3], tensors["layer.weight"].Shape);
        Assert.Equal([1f, 2, 3, 4, 5, 6], tensors["layer.weight"].ToArray<float>());
        Assert.Equal(7, tensors["layer.count"].Item<long>());
    }

    [Fact]
    public void A_stream_of_former_days_gives_its_tensors()
    {
        using TemporaryFolder folder = new();
        byte[] content = Stream(Dictionary(("w", View("123", "FloatStorage", 3, 0, [3], [1]))), "123", Floats(1, 2, 3));
        Assert.Equal([1f, 2, 3], TorchFile.Read(folder.Write("old.pt", content))["w"].ToArray<float>());
        Assert.Equal([new StoredTensor("w", StoredType.Float32, [3])], TorchFile.List(folder.File("old.pt")));
        Assert.Contains("got only 11", Assert.Throws<InvalidFileException>(() => TorchFile.List(folder.Write("cut.pt", content[..^1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Views_that_are_turned_or_begin_later_are_gathered()
    {
        using TemporaryFolder folder = new();
        string path = Zip(folder, Dictionary(
            ("turned", View("0", "FloatStorage", 6, 0, [3, 2], [1, 3])), ("later", View("0", "FloatStorage", 6, 4, [2], [1]))), ("0", Floats(1, 2, 3, 4, 5, 6)));
        IReadOnlyDictionary<string, Tensor> tensors = TorchFile.Read(path);
        Assert.Equal([1f, 4, 2, 5, 3, 6], tensors["turned"].ToArray<float>());
        Assert.Equal([5f, 6], tensors["later"].ToArray<float>());
    }

    [Theory]
    [InlineData("HalfStorage", new byte[] { 0x00, 0x3C }, 1.0)]
    [InlineData("BFloat16Storage", new byte[] { 0x80, 0x3F }, 1.0)]
    [InlineData("CharStorage", new byte[] { 0xFF }, -1.0)]
    [InlineData("ShortStorage", new byte[] { 0xFE, 0xFF }, -2.0)]
    [InlineData("ByteStorage", new byte[] { 200 }, 200.0)]
    [InlineData("BoolStorage", new byte[] { 1 }, 1.0)]
    [InlineData("IntStorage", new byte[] { 5, 0, 0, 0 }, 5.0)]
    public void Elements_of_all_types_are_read(string storage, byte[] bytes, double expected)
    {
        using TemporaryFolder folder = new();
        string path = Zip(folder, Dictionary(("x", View("0", storage, 1, 0, [1], [1]))), ("0", bytes));
        Assert.Equal(expected, TorchFile.Read(path)["x"].Reshape().ToDouble());
    }

    [Fact]
    public void Dictionaries_within_dictionaries_have_dotted_names()
    {
        using TemporaryFolder folder = new();
        byte[] inner = Dictionary(("w", View("0", "FloatStorage", 1, 0, [1], [1])));
        byte[] pickle = [0x80, 2, (byte)'}', (byte)'(', .. Text("epoch"), (byte)'K', 3, .. Text("model"), .. inner, (byte)'u', (byte)'.'];
        Assert.Equal(["model.w"], TorchFile.Read(ZipOf(folder, pickle, ("0", Floats(9)))).Keys);
    }

    [Theory]
    [InlineData("os", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("posix", "system")]
    [InlineData("torch.storage", "_load_from_bytes")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    public void What_could_run_code_is_refused_by_name(string module, string name)
    {
        using TemporaryFolder folder = new();
        byte[] pickle = [0x80, 2, .. Symbol(module, name), (byte)'(', .. Text("echo bad"), (byte)'t', (byte)'R', (byte)'.'];
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => TorchFile.Read(ZipOf(folder, pickle, ("0", []))));
        Assert.Contains($"'{module}.{name}'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Position.ByteOffset);
    }

    [Fact]
    public void Views_beyond_their_storage_are_refused()
    {
        using TemporaryFolder folder = new();
        foreach (byte[] view in new[]
        {
            View("0", "FloatStorage", 2, 0, [3], [1]),
            View("0", "FloatStorage", 2, 1, [2], [1]),
            View("0", "FloatStorage", 2, 0, [2], [int.MaxValue]),
            View("0", "FloatStorage", 2, 0, [1 << 20, 1 << 20], [0, 0]),
            View("0", "FloatStorage", 2_000_000_000, 0, [2], [1]),
        })
        {
            Assert.Throws<InvalidFileException>(() => TorchFile.Read(Zip(folder, Dictionary(("x", view)), ("0", Floats(1, 2)))));
        }

        Assert.Throws<InvalidFileException>(() => TorchFile.Read(Zip(folder, Dictionary(("x", View("9", "FloatStorage", 1, 0, [1], [1]))), ("0", Floats(1)))));
    }

    [Fact]
    public void A_file_that_is_cut_or_changed_anywhere_is_one_typed_error_or_a_dictionary()
    {
        using TemporaryFolder folder = new();
        byte[] content = Stream(Dictionary(("w", View("123", "FloatStorage", 3, 0, [3], [1]))), "123", Floats(1, 2, 3));
        Random random = new(1);
        for (int length = 0; length < content.Length; length++)
        {
            Assert.Throws<InvalidFileException>(() => TorchFile.Read(folder.Write("cut.pt", content[..length])));
            byte[] changed = [.. content];
            changed[length] = (byte)random.Next(256);
            Exception? error = Record.Exception(() => TorchFile.Read(folder.Write("changed.pt", changed)));
            Assert.True(error is null or InvalidFileException, $"byte {length}: {error}");
        }
    }

    [Fact]
    public void A_dictionary_that_PyTorch_wrote_is_read_where_it_is_there()
    {
        string? path = Environment.GetEnvironmentVariable("NABLA_TORCH_FILE");
        Assert.SkipWhen(path is null, "NABLA_TORCH_FILE names no state dictionary of the model S3-Rec (LastFM-epochs-150.pt).");
        IReadOnlyDictionary<string, Tensor> tensors = TorchFile.Read(path!);
        Assert.Equal(45, tensors.Count);
        Assert.Equal(378_304, tensors.Values.Sum(tensor => tensor.ElementCount));
    }

    private static byte[] Floats(params float[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Text(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Symbol(string module, string name) => [(byte)'c', .. Encoding.ASCII.GetBytes($"{module}\n{name}\n")];

    private static byte[] Number(long value) => [(byte)'J', .. BitConverter.GetBytes((int)value)];

    private static byte[] Tuple(params long[] values) => [(byte)'(', .. values.SelectMany(Number), (byte)'t'];

    // A call of _rebuild_tensor_v2 with a storage, an offset, sizes, strides, and what only training needs.
    private static byte[] View(string key, string storage, long count, long offset, long[] sizes, long[] strides) =>
    [
        .. Symbol("torch._utils", "_rebuild_tensor_v2"), (byte)'(', (byte)'(', .. Text("storage"), .. Symbol("torch", storage), .. Text(key), .. Text("cpu"),
        .. Number(count), (byte)'t', (byte)'Q', .. Number(offset), .. Tuple(sizes), .. Tuple(strides), 0x89, .. Symbol("collections", "OrderedDict"), (byte)')',
        (byte)'R', (byte)'t', (byte)'R',
    ];

    private static byte[] Dictionary(params (string Name, byte[] Value)[] items) =>
    [
        .. Symbol("collections", "OrderedDict"), (byte)')', (byte)'R', (byte)'q', 0, (byte)'(', .. items.SelectMany(item => (byte[])[.. Text(item.Name), .. item.Value]),
        (byte)'u',
    ];

    private static byte[] Pickle(byte[] value) => [0x80, 2, .. value, (byte)'.'];

    private static string Zip(TemporaryFolder folder, byte[] value, params (string Key, byte[] Bytes)[] storages) => ZipOf(folder, Pickle(value), storages);

    private static string ZipOf(TemporaryFolder folder, byte[] pickle, params (string Key, byte[] Bytes)[] storages)
    {
        string path = folder.File("model.pt");
        using FileStream stream = File.Create(path);
        using ZipArchive archive = new(stream, ZipArchiveMode.Create);
        Add(archive, "archive/data.pkl", pickle);
        foreach ((string key, byte[] bytes) in storages)
        {
            Add(archive, $"archive/data/{key}", bytes);
        }

        return path;
    }

    private static void Add(ZipArchive archive, string name, byte[] bytes)
    {
        using Stream entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(bytes);
    }

    private static byte[] Stream(byte[] value, string key, byte[] storage) =>
    [
        .. Pickle([0x8a, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]), .. Pickle([(byte)'M', 0xE9, 0x03]), .. Pickle([(byte)'}']),
        .. Pickle(value), .. Pickle([(byte)']', (byte)'(', .. Text(key), (byte)'e']), .. BitConverter.GetBytes(storage.Length / 4L), .. storage,
    ];
}
