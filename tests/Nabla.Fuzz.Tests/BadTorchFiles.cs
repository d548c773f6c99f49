using static Nabla.Fuzz.Tests.BadFiles;

namespace Nabla.Fuzz.Tests;

/// <summary>State dictionaries of PyTorch that lie, instruction by instruction.</summary>
internal static class BadTorchFiles
{
    private const byte Mark = (byte)'(';
    private const byte Call = (byte)'R';
    private const byte Stop = (byte)'.';
    private const byte EmptyList = (byte)']';

    public static IReadOnlyList<BadFile> All { get; } =
    [
        Pickled("a call of the system", [.. Symbol("os", "system"), Mark, .. Word("rm"), (byte)'t', Call, Stop], "got 'os.system', which is never called", 2),
        Pickled("a call of Python's eval", [.. Symbol("builtins", "eval"), Mark, .. Word("1"), (byte)'t', Call, Stop], "got 'builtins.eval', which is never called", 2),
        Pickled("a function by names from the stack", [.. Word("posix"), .. Word("system"), 0x93, Stop], "got 'posix.system', which is never called", 23),
        Pickled("an instance of a class", [.. Symbol("torch.nn.modules.linear", "Linear"), (byte)')', 0x81, Stop], "got 'torch.nn.modules.linear.Linear'", 2),
        Pickled("an extension", [0x82, 1, Stop], "expected an instruction that state dictionaries are written with, got 0x82", 2),
        Pickled("an empty stack", [(byte)'0', Stop], "expected an object, got an empty stack", 3),
        Pickled("what nobody remembered", [(byte)'h', 7, Stop], "expected something remembered at 7, got nothing", 4),
        Pickled("items without a mark", [EmptyList, (byte)'e', Stop], "expected a mark before these items", 4),
        Pickled("a text of 4 gibibytes", [(byte)'X', 255, 255, 255, 255, Stop], "expected texts of at most 1048576 bytes, got 4294967295", 7),
        Pickled("lists that hold each other twice, 40 deep", Doubling(40), "expected at most 100000 objects in dictionaries, got more", null),
        Pickled("lists in lists, 100 deep", [.. Enumerable.Repeat(EmptyList, 100), .. Enumerable.Repeat((byte)'a', 99), Stop], "expected dictionaries at most 64 deep", null),
        Pickled("a list that holds itself", [EmptyList, (byte)'q', 0, (byte)'h', 0, (byte)'a', Stop], "expected dictionaries at most 64 deep", null),
        Pickled("no tensors", [(byte)'}', Stop], "expected a state dictionary of tensors, got none", null),
        Tensor("a storage of a tebibyte", View(1L << 40, 0, [2], [1]), "expected a storage of at most", 0),
        Tensor("a storage longer than its entry", View(3, 0, [3], [1]), "expected 12 bytes for storage '0', got only 8", 8),
        Tensor("a storage shorter than its entry", View(1, 0, [1], [1]), "expected the file to end after its last byte, got more", 4),
        Tensor("a view beyond its storage", View(2, 1, [2], [1]), "tensor 'w': expected [2] within a storage of 2 elements, got one that reaches beyond it", null),
        Tensor("a view from the end of all numbers", View(2, long.MaxValue, [2], [1]), "got one that reaches beyond it", null),
        Tensor("a view that repeats one element for ever", View(2, 0, [1 << 20, 1 << 20], [0, 0]), "got one that reaches beyond it", null),
        Tensor("a view of 100 dimensions", View(2, 0, [.. Enumerable.Repeat(1L, 100)], [.. Enumerable.Repeat(1L, 100)]), "expected arguments that 'torch._utils._rebuild_tensor_v2' takes, got others", 2119),
        new("torch", "two dictionaries", BadZips.Stored(("a/data.pkl", [0x80, 2, Stop]), ("b/data.pkl", [0x80, 2, Stop])), "expected one entry 'data.pkl', got 2"),
        new("torch", "numbers of a machine of another order", BadZips.Stored(("a/data.pkl", [0x80, 2, (byte)'}', Stop]), ("a/byteorder", Utf8("big"))), "expected the byte order 'little', got another", 0),
        new("torch", "an entry above the folder", BadZips.Stored(("../data.pkl", [0x80, 2, Stop])), "expected names of entries that stay within the archive"),
        new("torch", "a link instead of a storage", BadZips.Link("a/data/0", "/dev/zero"), "expected files, got a symbolic link 'a/data/0'"),
        new("torch", "a tar file of former days", Tar(), "got a tar file of PyTorch before 0.1.10", 257),
        new("torch", "a stream of another program", [0x80, 2, .. Word("hello"), Stop], "expected a state dictionary of PyTorch, got something else", 13),
    ];

    private static BadFile Pickled(string name, byte[] instructions, string problem, long? place) =>
        new("torch", name, BadZips.Stored(("a/data.pkl", [0x80, 2, .. instructions])), problem, place);

    // A dictionary with one tensor 'w' over a storage of two floats.
    private static BadFile Tensor(string name, byte[] view, string problem, long? place) => new(
        "torch", name,
        BadZips.Stored(("a/data.pkl", [0x80, 2, (byte)'}', .. Word("w"), .. view, (byte)'s', Stop]), ("a/data/0", new byte[8])), problem, place);

    private static byte[] View(long count, long offset, long[] sizes, long[] strides) =>
    [
        .. Symbol("torch._utils", "_rebuild_tensor_v2"), Mark, Mark, .. Word("storage"), .. Symbol("torch", "FloatStorage"), .. Word("0"), .. Word("cpu"), .. Number(count),
        (byte)'t', (byte)'Q', .. Number(offset), .. Tuple(sizes), .. Tuple(strides), 0x89, (byte)'}', (byte)'t', Call,
    ];

    // Each list holds the one before it twice: a few bytes that stand for 2^depth objects.
    private static byte[] Doubling(int depth) =>
        [EmptyList, (byte)'q', 0, .. Enumerable.Range(1, depth).SelectMany(level => (byte[])[EmptyList, Mark, (byte)'h', (byte)(level - 1), (byte)'h', (byte)(level - 1), (byte)'e', (byte)'q', (byte)level]), Stop];

    private static byte[] Tar()
    {
        byte[] header = new byte[512];
        Utf8("sys_info").CopyTo(header, 0);
        Utf8("ustar").CopyTo(header, 257);
        return header;
    }

    private static byte[] Word(string text) => [(byte)'X', .. BitConverter.GetBytes(text.Length), .. Utf8(text)];

    private static byte[] Symbol(string module, string name) => [(byte)'c', .. Utf8($"{module}\n{name}\n")];

    private static byte[] Number(long value) => [0x8A, 8, .. BitConverter.GetBytes(value)];

    private static byte[] Tuple(long[] values) => [Mark, .. values.SelectMany(Number), (byte)'t'];
}
