using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Nabla.Graphs;

namespace Nabla;

/// <summary>
/// Numbers in a dense, row-major block of any number of dimensions. A tensor never changes: every operation makes a new one.
/// </summary>
/// <example>
/// <code>
/// Tensor x = Tensor.From([1f, 2f, 3f, 4f], [2, 2]);
/// Tensor y = (x * 2).MatMul(x) + 1;
/// Console.WriteLine(y);
/// </code>
/// </example>
public sealed partial class Tensor
{
    private Storage? storage;

    internal Tensor(TensorType type, Storage storage)
    {
        Type = type;
        this.storage = storage;
    }

    /// <summary>A tensor that stands for one of a graph while a function is traced: it has a type but no elements.</summary>
    internal Tensor(Value symbol)
    {
        Type = symbol.Type;
        Symbol = symbol;
    }

    /// <summary>The type of the elements and the shape.</summary>
    public TensorType Type { get; }

    /// <summary>The type of the elements.</summary>
    public DataType DataType => Type.DataType;

    /// <summary>The dimensions.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>The number of dimensions.</summary>
    public int Rank => Type.Shape.Rank;

    /// <summary>The number of elements.</summary>
    public int ElementCount => Type.Shape.ElementCount;

    /// <summary>What a symbolic tensor stands for; null for one with elements.</summary>
    internal Value? Symbol { get; }

    /// <summary>What this tensor is exactly the softmax of, over the last axis; null when it is not known to be one.</summary>
    internal Tensor? SoftmaxOf { get; set; }

    /// <summary>What this tensor is exactly the sigmoid of; null when it is not known to be one.</summary>
    internal Tensor? SigmoidOf { get; set; }

    /// <summary>The memory of the elements.</summary>
    /// <exception cref="InvalidOperationException">The tensor is symbolic.</exception>
    internal Storage Storage => storage ?? throw new InvalidOperationException(
        $"The elements of {Symbol!.Origin}, {Type}, were read while a function is traced, when they have no values yet. "
        + "Choose between tensors with Where, return what is to be read, or do not compile this function (Trainer.Compile = false).");

    /// <summary>A tensor with a copy of the values, in row-major order.</summary>
    /// <exception cref="ArgumentException">There are not as many values as the shape has elements.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, Shape shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (values.Length != shape.ElementCount)
        {
            throw new ArgumentException($"A tensor of shape {shape} holds {shape.ElementCount} values, but got {values.Length}.", nameof(values));
        }

        Tensor tensor = Allocate(new TensorType(DataTypes.Of<T>(), shape));
        values.CopyTo(tensor.Writable<T>());
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <inheritdoc cref="From{T}(ReadOnlySpan{T}, Shape)"/>
    public static Tensor From<T>(T[] values, Shape shape)
        where T : unmanaged => From(new ReadOnlySpan<T>(values), shape);

    /// <summary>A tensor of one dimension with a copy of the values.</summary>
    public static Tensor From<T>(params T[] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(new ReadOnlySpan<T>(values), [values.Length]);
    }

    /// <summary>A tensor with a copy of a rectangular array, <c>[rows, columns]</c>.</summary>
    public static Tensor From<T>(T[,] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        ReadOnlySpan<T> flat = values.Length == 0 ? [] : MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length);
        return From(flat, [values.GetLength(0), values.GetLength(1)]);
    }

    /// <summary>A tensor with a copy of a <see cref="System.Numerics.Tensors.ReadOnlyTensorSpan{T}"/>, strides resolved.</summary>
    public static Tensor From<T>(in System.Numerics.Tensors.ReadOnlyTensorSpan<T> values)
        where T : unmanaged
    {
        int[] dimensions = new int[values.Rank];
        for (int axis = 0; axis < dimensions.Length; axis++)
        {
            dimensions[axis] = checked((int)values.Lengths[axis]);
        }

        Tensor tensor = Allocate(new TensorType(DataTypes.Of<T>(), dimensions));
        values.FlattenTo(tensor.Writable<T>());
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <summary>A tensor with a copy of one of <see cref="System.Numerics.Tensors"/>, strides resolved.</summary>
    public static Tensor From<T>(System.Numerics.Tensors.Tensor<T> values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        return From(values.AsReadOnlyTensorSpan());
    }

    /// <summary>A tensor of no dimensions.</summary>
    public static Tensor Scalar<T>(T value)
        where T : unmanaged => From(new ReadOnlySpan<T>(in value), Shape.Scalar);

    /// <summary>A tensor of zeros.</summary>
    public static Tensor Zeros(Shape shape, DataType dataType = DataType.Float32)
    {
        Tensor tensor = Allocate(new TensorType(dataType, shape));
        tensor.WritableBytes().Clear();
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <summary>A tensor of ones.</summary>
    public static Tensor Ones(Shape shape, DataType dataType = DataType.Float32) => Full(shape, 1, dataType);

    /// <summary>A tensor with the same value everywhere.</summary>
    public static Tensor Full(Shape shape, double value, DataType dataType = DataType.Float32)
    {
        Tensor tensor = Allocate(new TensorType(dataType, shape));
        tensor.Fill(value);
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <summary>The elements in row-major order.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public ReadOnlySpan<T> AsSpan<T>()
        where T : unmanaged
    {
        RequireElement<T>();
        return MemoryMarshal.Cast<byte, T>(Storage.Span());
    }

    /// <summary>The elements as bytes, in the machine's order.</summary>
    public ReadOnlySpan<byte> AsBytes() => Storage.Span();

    /// <summary>The elements as a span of <see cref="System.Numerics.Tensors"/>, without a copy.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public System.Numerics.Tensors.ReadOnlyTensorSpan<T> AsTensorSpan<T>()
        where T : unmanaged => new(AsSpan<T>(), [.. Shape.Select(size => (nint)size)]);

    /// <summary>A copy as a tensor of <see cref="System.Numerics.Tensors"/>.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public System.Numerics.Tensors.Tensor<T> ToNumerics<T>()
        where T : unmanaged => System.Numerics.Tensors.Tensor.Create(ToArray<T>(), [.. Shape.Select(size => (nint)size)]);

    /// <summary>A copy of the elements in row-major order.</summary>
    /// <exception cref="InvalidOperationException"><typeparamref name="T"/> is not the type of the elements.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        T[] copy = GC.AllocateUninitializedArray<T>(ElementCount);
        RequireElement<T>();
        Writable<T>().CopyTo(copy);
        GC.KeepAlive(this);
        return copy;
    }

    /// <summary>The only element.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element, or <typeparamref name="T"/> is not its type.</exception>
    public T Item<T>()
        where T : unmanaged
    {
        RequireElement<T>();
        if (ElementCount != 1)
        {
            throw new InvalidOperationException($"Item reads a tensor of one element, but this one has shape {Shape}.");
        }

        T item = Writable<T>()[0];
        GC.KeepAlive(this);
        return item;
    }

    /// <summary>The only element as a double, whatever its type.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element.</exception>
    public double ToDouble() => this.To(DataType.Float64).Item<double>();

    /// <summary>Shape, type and values; of a large tensor the first and last ones.</summary>
    public override string ToString() => Symbol is null ? TensorPrinter.Print(this) : $"{Type}, symbolic: {Symbol.Origin}";

    /// <summary>A tensor of undefined content.</summary>
    internal static Tensor Allocate(TensorType type) => new(type, Storage.Allocate(type.ByteCount));

    /// <summary>A tensor whose bytes <paramref name="fill"/> writes; all are zero before.</summary>
    internal static Tensor Create(TensorType type, Action<Span<byte>> fill)
    {
        Tensor tensor = Zeros(type.Shape, type.DataType);
        fill(tensor.WritableBytes());
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <summary>Points a tensor of an executable, which nobody else knows, at other memory.</summary>
    internal void Bind(Storage memory) => storage = memory;

    /// <summary>The same storage under another shape.</summary>
    internal Tensor WithShape(Shape shape) => new(new TensorType(DataType, shape), Storage);

    internal unsafe T* Pointer<T>()
        where T : unmanaged => (T*)Storage.Pointer;

    /// <summary>The elements, for the maker of this tensor, who keeps it alive.</summary>
    internal unsafe Span<T> Writable<T>()
        where T : unmanaged => new(Storage.Pointer, ElementCount);

    internal unsafe Span<byte> WritableBytes() => new(Storage.Pointer, checked((int)Type.ByteCount));

    private void Fill(double value)
    {
        switch (DataType)
        {
            case DataType.Float32: Writable<float>().Fill((float)value); break;
            case DataType.Float64: Writable<double>().Fill(value); break;
            case DataType.Int32: Writable<int>().Fill(checked((int)value)); break;
            case DataType.Int64: Writable<long>().Fill(checked((long)value)); break;
            case DataType.UInt8: Writable<byte>().Fill(checked((byte)value)); break;
            case DataType.Int8: Writable<sbyte>().Fill(checked((sbyte)value)); break;
            default: Writable<byte>().Fill(value != 0 ? (byte)1 : (byte)0); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RequireElement<T>()
        where T : unmanaged
    {
        if (DataTypes.Of<T>() != DataType)
        {
            throw new InvalidOperationException($"The elements are {DataType.Label}, but were read as {DataTypes.Of<T>().Label}: convert with To first.");
        }
    }
}
