namespace Nabla.Backends.Cpu.Elementwise;

/// <summary>An input of a fused chain as its steps read it: numbers as they are, booleans as lanes with all bits set or none.</summary>
internal sealed unsafe class TileInput<T>
    where T : unmanaged
{
    private readonly int tile;
    private readonly TileSource<T>? numbers;
    private readonly TileSource<byte>? booleans;

    /// <summary>Describes an input that is repeated to a shape.</summary>
    /// <param name="input">Its type.</param>
    /// <param name="result">The shape.</param>
    /// <param name="tile">The most elements of a tile.</param>
    public TileInput(TensorType input, Shape result, int tile)
    {
        this.tile = tile;
        if (input.DataType == DataType.Bool)
        {
            booleans = new TileSource<byte>(input.Shape, result, tile);
            BufferSize = tile + ((booleans.BufferSize(tile) + sizeof(T) - 1) / sizeof(T));
        }
        else
        {
            numbers = new TileSource<T>(input.Shape, result, tile);
            BufferSize = numbers.BufferSize(tile);
        }
    }

    /// <summary>The elements of the buffer it needs.</summary>
    public int BufferSize { get; }

    /// <summary>Fills what serves all tiles.</summary>
    public void Prepare(Tensor input, T* buffer)
    {
        numbers?.Prepare(input.Pointer<T>(), buffer, tile);
        booleans?.Prepare(input.Pointer<byte>(), (byte*)(buffer + tile), tile);
    }

    /// <summary>How many elements from <paramref name="at"/> on lie one behind the other.</summary>
    public int Reach(long at, int count) => numbers?.Reach(at, count) ?? booleans!.Reach(at, count);

    /// <summary>The elements from <paramref name="at"/> on.</summary>
    public T* Find(Tensor input, T* buffer, long at, int count)
    {
        if (numbers is not null)
        {
            return numbers.Find(input.Pointer<T>(), buffer, at, count);
        }

        MaskBits.Expand(booleans!.Find(input.Pointer<byte>(), (byte*)(buffer + tile), at, count), buffer, count);
        return buffer;
    }
}
