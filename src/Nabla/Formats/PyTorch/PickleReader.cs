// An interpreter of the few instructions that state dictionaries are written with (Python's pickle protocols 2 to 5, pickletools). It makes
// numbers, texts, lists, dictionaries and views of storages, and calls nothing: names outside of a closed table are refused.
using System.Buffers.Binary;
using System.Text;

namespace Nabla.Formats.PyTorch;

/// <summary>Reads one pickled object from a stream.</summary>
internal sealed class PickleReader(FileInput input)
{
    private const int MostObjects = 4_000_000;
    private const int LongestText = 1 << 20;

    private readonly List<object?> stack = [];
    private readonly Dictionary<long, object?> memo = [];
    private int made;

    /// <summary>The object.</summary>
    /// <exception cref="InvalidFileException">The stream holds something else, or mentions what a state dictionary does not need.</exception>
    public object? Read()
    {
        while (true)
        {
            long place = input.Position;
            byte operation = Byte();
            if (operation == '.')
            {
                return Pop();
            }

            Count(1);
            Run(operation, place);
        }
    }

    private void Run(byte operation, long place)
    {
        switch ((char)operation)
        {
            case '\x80': Byte(); break;
            case '\x95': Skip(sizeof(long)); break;
            case '}': Push(new PickleDictionary()); break;
            case ']': Push(new List<object?>()); break;
            case ')': Push(Array.Empty<object?>()); break;
            case '(': Push(PickleMark.Instance); break;
            case 'N': Push(null); break;
            case '\x88': Push(true); break;
            case '\x89': Push(false); break;
            case 'K': Push((long)Byte()); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))); break;
            case '\x8a': Push(LongInteger(Byte())); break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(sizeof(double)))); break;
            case 'X': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            case 'T': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            case '\x8c' or 'U': Push(Text(Byte())); break;
            case 'q': memo[Byte()] = Peek(); break;
            case 'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Peek(); break;
            case '\x94': memo[memo.Count] = Peek(); break;
            case 'h': Push(Remembered(Byte())); break;
            case 'j': Push(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            case 'c': Push(Symbol(Line(), Line(), place)); break;
            case '\x93': PushSymbol(place); break;
            case '\x85': Push(new[] { Pop() }); break;
            case '\x86': PushTuple(2); break;
            case '\x87': PushTuple(3); break;
            case 't': Push(Marked().ToArray()); break;
            case 'Q': Push(Storage(Pop(), place)); break;
            case 'R' or '\x81': Call(place); break;
            case 'b': Build(place); break;
            case 's': SetItems([Pop(), Pop()], isReversed: true); break;
            case 'u': SetItems(Marked(), isReversed: false); break;
            case 'a': Append([Pop()]); break;
            case 'e': Append(Marked()); break;
            case '0': Pop(); break;
            default: throw input.ErrorAt(place, $"expected an instruction that state dictionaries are written with, got 0x{operation:x2}");
        }
    }

    // What is remembered can be used again and again: each use that makes something counts.
    private void Count(int objects)
    {
        made += objects;
        if (made > MostObjects)
        {
            throw input.Error($"expected at most {MostObjects} pickled objects, got more");
        }
    }

    private void PushTuple(int count)
    {
        object?[] items = new object?[count];
        for (int index = count - 1; index >= 0; index--)
        {
            items[index] = Pop();
        }

        Push(items);
    }

    private void PushSymbol(long place)
    {
        object? name = Pop();
        object? module = Pop();
        Push(module is string first && name is string second
            ? Symbol(first, second, place)
            : throw input.ErrorAt(place, "expected the names of a module and of what it holds"));
    }

    private PickleSymbol Symbol(string module, string name, long place) => PickleSymbols.Find(module, name)
        ?? throw input.ErrorAt(place, $"expected a state dictionary of tensors, got '{module}.{name}', which is never called");

    private void Call(long place)
    {
        object?[] arguments = Pop() as object?[] ?? throw input.ErrorAt(place, "expected a tuple of arguments");
        Count(arguments is [List<object?> pairs] ? pairs.Count : 1);
        Push(Pop() is PickleSymbol symbol
            ? PickleSymbols.Call(symbol, arguments) ?? throw input.ErrorAt(place, $"expected arguments that '{symbol}' takes, got others")
            : throw input.ErrorAt(place, "expected a name from the table of what may be called"));
    }

    // What a dictionary remembers beside its items, such as versions of modules, is left out.
    private void Build(long place)
    {
        Pop();
        if (Peek() is not (PickleDictionary or TorchView))
        {
            throw input.ErrorAt(place, "expected a dictionary or a tensor to add something to");
        }
    }

    private TorchStorage Storage(object? id, long place) =>
        id is object?[] { Length: >= 5 } parts && parts[0] is "storage" && PickleSymbols.ElementOf(parts[1]) is { } element && parts[2] is string key
        && parts[4] is long and >= 0
            ? new TorchStorage(key, element, (long)parts[4]!)
            : throw input.ErrorAt(place, "expected a storage of numbers");

    private void SetItems(List<object?> items, bool isReversed)
    {
        if (isReversed)
        {
            items.Reverse();
        }

        if (Peek() is not PickleDictionary dictionary || items.Count % 2 != 0)
        {
            throw input.Error("expected keys and values of a dictionary");
        }

        for (int index = 0; index < items.Count; index += 2)
        {
            dictionary.Items.Add(new(items[index], items[index + 1]));
        }
    }

    private void Append(List<object?> items)
    {
        List<object?> list = Peek() as List<object?> ?? throw input.Error("expected a list to append to");
        list.AddRange(items);
    }

    private List<object?> Marked()
    {
        int mark = stack.LastIndexOf(PickleMark.Instance);
        if (mark < 0)
        {
            throw input.Error("expected a mark before these items");
        }

        List<object?> items = stack[(mark + 1)..];
        stack.RemoveRange(mark, stack.Count - mark);
        return items;
    }

    private object? Remembered(long place) =>
        memo.TryGetValue(place, out object? value) ? value : throw input.Error($"expected something remembered at {place}, got nothing");

    private void Push(object? value) => stack.Add(value);

    private object? Pop()
    {
        object? value = Peek();
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    private object? Peek() => stack.Count > 0 ? stack[^1] : throw input.Error("expected an object, got an empty stack");

    private byte Byte() => Bytes(1)[0];

    private byte[] Bytes(int count) => input.Read(count, "a pickled object");

    private void Skip(int count) => Bytes(count);

    private object LongInteger(int count)
    {
        byte[] bytes = Bytes(count);
        return count <= sizeof(long)
            ? bytes.Length == 0 ? 0L : (long)new System.Numerics.BigInteger(bytes)
            : Convert.ToHexString(bytes);
    }

    private string Text(long length) => length <= LongestText
        ? Encoding.UTF8.GetString(Bytes((int)length))
        : throw input.Error($"expected texts of at most {LongestText} bytes, got {length}");

    private string Line()
    {
        StringBuilder line = new();
        for (byte next = Byte(); next != '\n'; next = Byte())
        {
            line.Append((char)next);
            if (line.Length > LongestText)
            {
                throw input.Error($"expected a name of at most {LongestText} bytes");
            }
        }

        return line.ToString();
    }
}
