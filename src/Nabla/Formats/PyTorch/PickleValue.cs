namespace Nabla.Formats.PyTorch;

/// <summary>A name from the closed table of what a state dictionary may mention.</summary>
internal sealed record PickleSymbol(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>The place on a stack where the items of a collection begin.</summary>
internal sealed class PickleMark
{
    public static PickleMark Instance { get; } = new();
}

/// <summary>A dictionary; its keys keep their order.</summary>
internal sealed class PickleDictionary
{
    public List<KeyValuePair<object?, object?>> Items { get; } = [];
}

/// <summary>The numbers that tensors are views of: known by a key until they are read.</summary>
internal sealed record TorchStorage(string Key, StoredType Element, long Count)
{
    /// <summary>Reads the bytes; no more are allocated than the file has.</summary>
    public byte[] Read(FileInput input) => Count <= Array.MaxLength / Element.Size
        ? input.Read(Count * Element.Size, $"storage '{Key}'")
        : throw TooLarge(input);

    /// <summary>Leaves the bytes out.</summary>
    public void Skip(FileInput input)
    {
        if (Count > Array.MaxLength / Element.Size)
        {
            throw TooLarge(input);
        }

        input.Skip(Count * Element.Size, $"storage '{Key}'");
    }

    private InvalidFileException TooLarge(FileInput input) => input.Error($"expected a storage of at most {Array.MaxLength} bytes, got {Count} elements");
}

/// <summary>A tensor as a view of a storage.</summary>
internal sealed record TorchView(TorchStorage Storage, long Offset, int[] Sizes, long[] Strides);
