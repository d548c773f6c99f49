using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Nabla.Formats;

/// <summary>Reads the elements of a tensor out of a file, whatever type they are stored in.</summary>
internal static class ElementReader
{
    private const int ChunkBytes = 1 << 16;

    /// <summary>The type of a tensor whose dimensions a file claims, when a tensor can have it.</summary>
    /// <param name="input">The file, for the error.</param>
    /// <param name="element">The type of the elements.</param>
    /// <param name="dimensions">What the file says, not yet trusted.</param>
    /// <param name="what">What the tensor is, for the error.</param>
    /// <param name="position">Where the file says it.</param>
    public static StoredTensorType TypeOf(FileInput input, StoredType element, ReadOnlySpan<long> dimensions, string what, long position)
    {
        TensorType type = TensorInput.TypeOf(input, element.InMemory, element == StoredType.Complex64 ? [.. dimensions, 2] : dimensions, what, position);
        return new(element, element == StoredType.Complex64 ? [.. type.Shape.SkipLast(1)] : type.Shape);
    }

    /// <summary>Reads a tensor whose elements are stored row after row.</summary>
    /// <param name="input">Positioned at the first element.</param>
    /// <param name="type">What is stored.</param>
    /// <param name="what">What the tensor is, for the error.</param>
    /// <param name="bigEndian">Whether the first byte of an element is its highest.</param>
    public static Tensor Read(FileInput input, StoredTensorType type, string what, bool bigEndian = false)
    {
        if (!bigEndian && type.Element == StoredTypes.Of(type.Element.InMemory))
        {
            return TensorInput.Read(input, type.InMemory, what);
        }

        input.Require(type.ByteCount, what);
        return Tensor.Create(type.InMemory, target => ReadChunks(input, type, target, what, bigEndian));
    }

    /// <summary>Widens elements that are in memory.</summary>
    /// <returns>The index of the first element that does not fit; -1 when all do.</returns>
    public static int Widen(StoredType element, ReadOnlySpan<byte> source, Span<byte> target)
    {
        switch (element)
        {
            case StoredType.Float16:
                TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(source), MemoryMarshal.Cast<byte, float>(target));
                return -1;
            case StoredType.BFloat16:
                return Each<ushort, float>(source, target, SmallFloats.OfBFloat16);
            case StoredType.Float8E4M3:
                return Each<byte, float>(source, target, bits => SmallFloats.Float8E4M3[bits]);
            case StoredType.Float8E5M2:
                return Each<byte, float>(source, target, bits => SmallFloats.Float8E5M2[bits]);
            case StoredType.Float8E8M0:
                return Each<byte, float>(source, target, bits => SmallFloats.Float8E8M0[bits]);
            case StoredType.Int16:
                return Each<short, int>(source, target, value => value);
            case StoredType.UInt16:
                return Each<ushort, int>(source, target, value => value);
            case StoredType.UInt32:
                return Each<uint, long>(source, target, value => value);
            default:
                source.CopyTo(target);
                return element switch
                {
                    StoredType.UInt64 => FirstNegative(MemoryMarshal.Cast<byte, long>(target)),
                    StoredType.Bool => source.IndexOfAnyExceptInRange((byte)0, (byte)1),
                    _ => -1,
                };
        }
    }

    private static void ReadChunks(FileInput input, StoredTensorType type, Span<byte> target, string what, bool bigEndian)
    {
        int size = type.Element.Size;
        int widened = type.Shape.ElementCount == 0 ? 0 : target.Length / type.Shape.ElementCount;
        byte[] buffer = new byte[(int)Math.Min(ChunkBytes, type.ByteCount)];
        while (target.Length > 0)
        {
            int count = Math.Min(buffer.Length / size, target.Length / widened);
            long start = input.Position;
            Span<byte> chunk = buffer.AsSpan(0, count * size);
            input.Read(chunk, what);
            if (bigEndian)
            {
                TensorInput.ReverseEndianness(chunk, type.Element.PartSize);
            }

            RequireFit(input, type.Element, Widen(type.Element, chunk, target[..(count * widened)]), start, what);
            target = target[(count * widened)..];
        }
    }

    private static void RequireFit(FileInput input, StoredType element, int wrong, long start, string what)
    {
        if (wrong >= 0)
        {
            string range = element == StoredType.Bool ? "0 or 1" : "numbers up to 2^63 - 1";
            throw input.ErrorAt(start + ((long)wrong * element.Size), $"expected {range} in {what} of {element.Label}, got another");
        }
    }

    private static int FirstNegative(ReadOnlySpan<long> values) => values.IndexOfAnyExceptInRange(0, long.MaxValue);

    private static int Each<TFrom, TTo>(ReadOnlySpan<byte> source, Span<byte> target, Func<TFrom, TTo> convert)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        ReadOnlySpan<TFrom> from = MemoryMarshal.Cast<byte, TFrom>(source);
        Span<TTo> to = MemoryMarshal.Cast<byte, TTo>(target);
        for (int index = 0; index < from.Length; index++)
        {
            to[index] = convert(from[index]);
        }

        return -1;
    }
}
