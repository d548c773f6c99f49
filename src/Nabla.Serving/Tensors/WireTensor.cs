using Nabla.Serving.Inference;

namespace Nabla.Serving.Tensors;

/// <summary>
/// A tensor as it travels: elements in row-major order and little-endian, those of <see cref="ElementType.Bytes"/> each behind their length in four bytes.
/// </summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Type">The type of its elements.</param>
/// <param name="Shape">Its sizes, the batch included.</param>
/// <param name="Data">The elements.</param>
internal sealed record WireTensor(string Name, ElementType Type, int[] Shape, ReadOnlyMemory<byte> Data)
{
    /// <summary>How many sizes a shape has at most.</summary>
    public const int MostDimensions = 16;

    /// <summary>The number of elements.</summary>
    public int ElementCount { get; } = CountOf(Name, Shape);

    /// <summary>What errors call it.</summary>
    public string Label => $"input '{Name}'";

    /// <summary>The sizes as a person reads them.</summary>
    public static string Print(IEnumerable<int> sizes) => $"[{string.Join(", ", sizes)}]";

    /// <summary>A tensor whose bytes somebody sent.</summary>
    /// <exception cref="ServingException">There are not as many bytes as elements ask for.</exception>
    public static WireTensor FromRaw(string name, ElementType type, int[] shape, ReadOnlyMemory<byte> data) => new WireTensor(name, type, shape, data).Whole();

    /// <summary>The tensor itself, when it has as many bytes as its elements ask for.</summary>
    /// <exception cref="ServingException">It has others.</exception>
    public WireTensor Whole()
    {
        if (Type == ElementType.Bytes)
        {
            int elements = ByteElements.Count(Label, Data.Span);
            return elements == ElementCount
                ? this
                : throw ServingException.Invalid($"{Label} of shape {Print(Shape)} expects {ElementCount} elements of BYTES but got {elements}.");
        }

        long expected = (long)ElementCount * Type.Size!.Value;
        return Data.Length == expected
            ? this
            : throw ServingException.Invalid($"{Label} of {Type.Name} {Print(Shape)} expects {expected} bytes but got {Data.Length}.");
    }

    /// <summary>The sizes that somebody sent, as numbers that memory can have.</summary>
    /// <exception cref="ServingException">One is negative or too large, or there are too many.</exception>
    public static int[] ShapeOf(string name, IReadOnlyList<long> sizes)
    {
        if (sizes.Count > MostDimensions)
        {
            throw ServingException.Invalid($"input '{name}' expects at most {MostDimensions} dimensions but got {sizes.Count}.");
        }

        int[] shape = new int[sizes.Count];
        for (int axis = 0; axis < shape.Length; axis++)
        {
            shape[axis] = sizes[axis] is >= 0 and <= int.MaxValue
                ? (int)sizes[axis]
                : throw ServingException.Invalid($"input '{name}' expects sizes from 0 to {int.MaxValue} but got {sizes[axis]}.");
        }

        return shape;
    }

    private static int CountOf(string name, int[] shape)
    {
        long count = 1;
        foreach (int size in shape)
        {
            count *= size;
            if (count > int.MaxValue)
            {
                throw ServingException.Invalid($"input '{name}' of shape {Print(shape)} has more elements than the {int.MaxValue} that a tensor can have.");
            }
        }

        return (int)count;
    }
}
