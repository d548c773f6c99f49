using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Nabla.Formats;

/// <summary>
/// Stores the tensors of a model that are mostly zero by what is not: in place of a tensor <c>NAME</c> the file has <c>NAME.sparse_mask</c>, bytes with a bit for each
/// element, the lowest bit first, and <c>NAME.sparse_values</c>, the elements whose bit is set, in order. The shape stands in the metadata under
/// <c>nabla.sparse.NAME</c>, sizes with commas between. An element counts as zero when all its bits are, so what is read has the bits of what was written.
/// </summary>
internal static class SparseWeights
{
    private const string MaskSuffix = ".sparse_mask";
    private const string ValuesSuffix = ".sparse_values";
    private const string Field = "nabla.sparse.";
    private const int FewestElements = 1024;
    private const double LargestShare = 0.75;
    private const int MaskBits = 8;
    private const int MostDimensions = 16;

    /// <summary>The tensors as they are stored: those that become smaller by it sparse, the others as they are.</summary>
    public static (IReadOnlyList<KeyValuePair<string, Tensor>> Tensors, IReadOnlyDictionary<string, string> Metadata) Pack(
        IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        List<KeyValuePair<string, Tensor>> packed = [];
        Dictionary<string, string> metadata = [];
        foreach ((string name, Tensor tensor) in tensors)
        {
            if (!IsSmallerSparse(tensor))
            {
                packed.Add(new(name, tensor));
                continue;
            }

            (Tensor mask, Tensor values) = Split(tensor);
            packed.Add(new(name + MaskSuffix, mask));
            packed.Add(new(name + ValuesSuffix, values));
            metadata[Field + name] = string.Join(',', tensor.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture)));
        }

        return (packed, metadata);
    }

    /// <summary>The tensors of a file with the sparse ones whole again.</summary>
    /// <param name="file">The file.</param>
    /// <param name="outlines">What stands for the elements of a file whose header alone was read; null when its elements are there.</param>
    /// <exception cref="InvalidFileException">A sparse tensor lacks a part, or its parts do not fit together; the message names it.</exception>
    public static SafetensorsFile Unpack(SafetensorsFile file, TensorOutlines? outlines = null)
    {
        if (!file.Metadata.Keys.Any(name => name.StartsWith(Field, StringComparison.Ordinal)))
        {
            return file;
        }

        OrderedDictionary<string, Tensor> tensors = [];
        foreach ((string name, Tensor tensor) in file)
        {
            if (SparseName(file, name, MaskSuffix) is { } whole)
            {
                tensors.Add(whole, Join(file, whole, outlines));
            }
            else if (SparseName(file, name, ValuesSuffix) is null)
            {
                tensors.Add(name, tensor);
            }
        }

        string? lost = file.Metadata.Keys.FirstOrDefault(name => name.StartsWith(Field, StringComparison.Ordinal) && !tensors.ContainsKey(name[Field.Length..]));
        return lost is null
            ? new SafetensorsFile(file.Path, tensors, file.Metadata)
            : throw Error(file, $"expected tensor '{lost[Field.Length..]}{MaskSuffix}' of the sparse '{lost[Field.Length..]}', got none");
    }

    // The bits of a mask and the elements that stay must be clearly fewer; small tensors are not worth two.
    private static bool IsSmallerSparse(Tensor tensor)
    {
        if (!tensor.DataType.IsFloating || tensor.ElementCount < FewestElements || tensor.Rank > MostDimensions)
        {
            return false;
        }

        long bytes = tensor.AsBytes().Length;
        long sparse = ((tensor.ElementCount + MaskBits - 1) / MaskBits) + ((long)CountSet(tensor) * SizeOf(tensor.DataType));
        return sparse < bytes * LargestShare;
    }

    private static int CountSet(Tensor tensor) => tensor.DataType == DataType.Float64
        ? CountSet<ulong>(tensor.AsBytes())
        : CountSet<uint>(tensor.AsBytes());

    private static int CountSet<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged, INumber<T>
    {
        ReadOnlySpan<T> elements = MemoryMarshal.Cast<byte, T>(bytes);
        return elements.Length - elements.Count(T.Zero);
    }

    private static int SizeOf(DataType type) => type == DataType.Float64 ? sizeof(ulong) : sizeof(uint);

    private static (Tensor Mask, Tensor Values) Split(Tensor tensor) => tensor.DataType == DataType.Float64
        ? Split<ulong, double>(tensor.AsBytes())
        : Split<uint, float>(tensor.AsBytes());

    private static (Tensor Mask, Tensor Values) Split<TBits, TElement>(ReadOnlySpan<byte> bytes)
        where TBits : unmanaged, INumber<TBits>
        where TElement : unmanaged
    {
        ReadOnlySpan<TBits> elements = MemoryMarshal.Cast<byte, TBits>(bytes);
        byte[] mask = new byte[(elements.Length + MaskBits - 1) / MaskBits];
        List<TBits> values = [];
        for (int index = 0; index < elements.Length; index++)
        {
            if (elements[index] != TBits.Zero)
            {
                mask[index / MaskBits] |= (byte)(1 << (index % MaskBits));
                values.Add(elements[index]);
            }
        }

        return (Tensor.From(mask), Tensor.From(MemoryMarshal.Cast<TBits, TElement>(CollectionsMarshal.AsSpan(values)), [values.Count]));
    }

    private static string? SparseName(SafetensorsFile file, string name, string suffix) =>
        name.EndsWith(suffix, StringComparison.Ordinal) && file.Metadata.ContainsKey(Field + name[..^suffix.Length]) ? name[..^suffix.Length] : null;

    private static Tensor Join(SafetensorsFile file, string name, TensorOutlines? outlines)
    {
        if (file.ContainsKey(name))
        {
            throw Error(file, $"expected tensor '{name}' sparse or whole, got both");
        }

        Tensor mask = file[name + MaskSuffix];
        Tensor values = file.GetValueOrDefault(name + ValuesSuffix) ?? throw Error(file, $"expected tensor '{name}{ValuesSuffix}' of the sparse '{name}', got none");
        Shape shape = ShapeOf(file, name, mask);
        if (!values.DataType.IsFloating || values.Rank != 1)
        {
            throw Error(file, $"expected '{name}{ValuesSuffix}' as a list of floating-point numbers, got {values.Type}");
        }

        if (outlines is not null)
        {
            return outlines.Of(new TensorType(values.DataType, shape));
        }

        ReadOnlySpan<byte> bits = mask.AsSpan<byte>();
        RequireEmpty(file, name, bits, shape.ElementCount);
        long set = 0;
        foreach (byte eight in bits)
        {
            set += BitOperations.PopCount(eight);
        }

        if (set != values.ElementCount)
        {
            throw Error(file, $"expected as many of '{name}{ValuesSuffix}' as '{name}{MaskSuffix}' has bits set, {set}, got {values.ElementCount}");
        }

        return values.DataType == DataType.Float64 ? Scatter<double>(mask, values, shape) : Scatter<float>(mask, values, shape);
    }

    // The mask is in the file, so a shape can claim no more than eight elements a byte of it.
    private static Shape ShapeOf(SafetensorsFile file, string name, Tensor mask)
    {
        string text = file.Metadata[Field + name];
        List<int> sizes = [];
        long count = 1;
        foreach (string part in text.Split(','))
        {
            bool isSize = int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int size) && size > 0 && count <= int.MaxValue / size;
            if (!isSize || sizes.Count == MostDimensions)
            {
                throw Error(file, $"expected the shape of the sparse '{name}' as at most {MostDimensions} sizes with commas between, got '{Shown(text)}'");
            }

            sizes.Add(size);
            count *= size;
        }

        long bytes = (count + MaskBits - 1) / MaskBits;
        bool fits = mask.DataType == DataType.UInt8 && mask.Rank == 1 && mask.ElementCount == bytes;
        if (!fits)
        {
            throw Error(file, $"expected '{name}{MaskSuffix}' as uint8 [{bytes}] for a tensor of shape [{string.Join(", ", sizes)}], got {mask.Type}");
        }

        return [.. sizes];
    }

    // What a mask has behind the last element.
    private static void RequireEmpty(SafetensorsFile file, string name, ReadOnlySpan<byte> bits, int count)
    {
        int spare = (bits.Length * MaskBits) - count;
        if (bits[^1] >> (MaskBits - spare) != 0)
        {
            throw Error(file, $"expected no bits of '{name}{MaskSuffix}' set behind its {count} elements, got some");
        }
    }

    private static Tensor Scatter<T>(Tensor mask, Tensor values, Shape shape)
        where T : unmanaged
    {
        T[] whole = new T[shape.ElementCount];
        ReadOnlySpan<byte> bits = mask.AsSpan<byte>();
        ReadOnlySpan<T> given = values.AsSpan<T>();
        int next = 0;
        for (int index = 0; index < whole.Length; index++)
        {
            if ((bits[index / MaskBits] >> (index % MaskBits) & 1) != 0)
            {
                whole[index] = given[next++];
            }
        }

        return Tensor.From(whole, shape);
    }

    private static string Shown(string text) => text.Length > 40 ? $"{text[..40]}..." : text;

    private static InvalidFileException Error(SafetensorsFile file, string problem) => new(file.Path, FilePosition.None, problem);
}
