namespace Nabla.Graphs;

/// <summary>
/// A place that holds a tensor from one step to the next: a parameter, or what an optimizer remembers. While a function is traced, reading
/// gives a symbolic tensor and writing is noted; an executable then changes the memory in place as long as nobody has read the tensor.
/// </summary>
internal sealed class Cell
{
    private readonly Func<string> name;
    private Storage storage;
    private Tensor? tensor;

    public Cell(string name, Tensor value)
        : this(() => name, value)
    {
    }

    /// <summary>A cell whose name depends on where its owner stands.</summary>
    public Cell(Func<string> name, Tensor value)
    {
        this.name = name;
        Type = value.Type;
        storage = value.Storage;
        tensor = value;
    }

    /// <summary>What errors and graphs call it.</summary>
    public string Name => name();

    /// <summary>The type of all tensors that it holds.</summary>
    public TensorType Type { get; }

    /// <summary>The tensor it holds.</summary>
    /// <exception cref="ArgumentException">The new value has another type or shape.</exception>
    public Tensor Value
    {
        get => Tracer.Current is { } tracer ? tracer.Read(this) : Held;
        set
        {
            if (value?.Type != Type)
            {
                throw new ArgumentException($"'{Name}' holds {Type.DataType.Label} {Type.Shape} but got {value?.DataType.Label} {value?.Shape}.");
            }

            if (Tracer.Current is { } tracer)
            {
                tracer.Write(this, value);
                return;
            }

            (storage, tensor) = (value.Storage, value);
            Version++;
        }
    }

    /// <summary>The tensor it holds, whether a function is traced or not.</summary>
    internal Tensor Held => tensor ??= new Tensor(Type, storage);

    /// <summary>Whether a tensor of this memory was handed out, so that it must not change any more.</summary>
    internal bool IsShared => tensor is not null;

    /// <summary>The memory of the value.</summary>
    internal Storage Storage => storage;

    /// <summary>Grows each time the value changes.</summary>
    internal long Version { get; private set; }

    /// <summary>Takes memory that nobody else knows as the value.</summary>
    internal void Replace(Storage value)
    {
        (storage, tensor) = (value, null);
        Version++;
    }
}
