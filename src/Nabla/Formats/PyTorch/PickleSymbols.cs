namespace Nabla.Formats.PyTorch;

/// <summary>All that a state dictionary may mention, and what it stands for. Everything else is refused by name.</summary>
internal static class PickleSymbols
{
    private const int RebuildArguments = 4;
    private const int MostDimensions = 64;

    private static readonly Dictionary<string, StoredType> Storages = new()
    {
        ["FloatStorage"] = StoredType.Float32,
        ["DoubleStorage"] = StoredType.Float64,
        ["HalfStorage"] = StoredType.Float16,
        ["BFloat16Storage"] = StoredType.BFloat16,
        ["LongStorage"] = StoredType.Int64,
        ["IntStorage"] = StoredType.Int32,
        ["ShortStorage"] = StoredType.Int16,
        ["CharStorage"] = StoredType.Int8,
        ["ByteStorage"] = StoredType.UInt8,
        ["BoolStorage"] = StoredType.Bool,
        ["ComplexFloatStorage"] = StoredType.Complex64,
    };

    private static readonly HashSet<(string, string)> Functions =
    [
        ("collections", "OrderedDict"),
        ("torch", "Size"),
        ("torch._utils", "_rebuild_parameter"),
        ("torch._utils", "_rebuild_tensor"),
        ("torch._utils", "_rebuild_tensor_v2"),
    ];

    // Types of elements stand in dictionaries of settings, and are left out with them.
    private static readonly HashSet<string> ElementTypes =
        ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64"];

    /// <summary>The symbol of a name; null when it is not in the table.</summary>
    public static PickleSymbol? Find(string module, string name) =>
        Functions.Contains((module, name)) || (module == "torch" && (Storages.ContainsKey(name) || ElementTypes.Contains(name))) ? new PickleSymbol(module, name) : null;

    /// <summary>The kind of storage of an element type.</summary>
    public static string StorageOf(StoredType element) => Storages.First(pair => pair.Value == element).Key;

    /// <summary>The element type of a kind of storage; null when it is none.</summary>
    public static StoredType? ElementOf(object? symbol) =>
        symbol is PickleSymbol { Module: "torch" } found && Storages.TryGetValue(found.Name, out StoredType element) ? element : null;

    /// <summary>What a call of a symbol gives; null when the arguments are not what it takes.</summary>
    public static object? Call(PickleSymbol symbol, object?[] arguments) => symbol.Name switch
    {
        "OrderedDict" when arguments.Length == 0 => new PickleDictionary(),
        "OrderedDict" when arguments is [List<object?> pairs] => OfPairs(pairs),
        "Size" when arguments is [object?[] sizes] => sizes,
        "_rebuild_parameter" when arguments.Length > 0 => arguments[0] as TorchView,
        "_rebuild_tensor" or "_rebuild_tensor_v2" when arguments.Length >= RebuildArguments => Rebuild(arguments),
        _ => null,
    };

    private static PickleDictionary? OfPairs(List<object?> pairs)
    {
        PickleDictionary dictionary = new();
        foreach (object? pair in pairs)
        {
            if (pair is object?[] { Length: 2 } two)
            {
                dictionary.Items.Add(new(two[0], two[1]));
            }
            else if (pair is List<object?> { Count: 2 } list)
            {
                dictionary.Items.Add(new(list[0], list[1]));
            }
            else
            {
                return null;
            }
        }

        return dictionary;
    }

    private static TorchView? Rebuild(object?[] arguments) =>
        arguments[0] is TorchStorage storage && arguments[1] is long offset && arguments[2] is object?[] sizes && arguments[3] is object?[] strides
        && sizes.Length == strides.Length && sizes.Length <= MostDimensions && sizes.All(size => size is long and >= 0 and <= int.MaxValue) && strides.All(stride => stride is long and >= 0)
            ? new TorchView(storage, offset, [.. sizes.Select(size => (int)(long)size!)], [.. strides.Select(stride => (long)stride!)])
            : null;
}
