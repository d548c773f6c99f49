namespace Nabla.Keras.Hdf5;

/// <summary>What kind of elements a data set or attribute has.</summary>
internal enum Hdf5Elements
{
    /// <summary>IEEE numbers of 2, 4 or 8 bytes.</summary>
    Float,

    /// <summary>Texts of a fixed number of bytes.</summary>
    Text,

    /// <summary>Texts of any length, in the global heap.</summary>
    LongText,

    /// <summary>Anything else.</summary>
    Other,
}

/// <summary>The type of elements (HDF5 File Format Specification 3.0, section IV.A.2.d).</summary>
/// <param name="Elements">Their kind.</param>
/// <param name="Size">The bytes of one.</param>
/// <param name="Label">What errors call it.</param>
internal sealed record Hdf5Type(Hdf5Elements Elements, long Size, string Label)
{
    private static readonly string[] Classes =
        ["integers", "floating-point numbers", "times", "texts", "bit fields", "opaque bytes", "compounds", "references", "an enumeration", "lists", "arrays"];

    public static Hdf5Type Read(Hdf5Cursor body)
    {
        int head = body.Byte();
        int kind = head & 15;
        (int low, int middle, _) = (body.Byte(), body.Byte(), body.Byte());
        long size = body.Int();
        string label = $"{(kind < Classes.Length ? Classes[kind] : $"a type of class {kind}")} of {size} bytes";
        Hdf5Elements elements = kind switch
        {
            1 when IsIeee(body, low, middle, size) => Hdf5Elements.Float,
            3 when size > 0 => Hdf5Elements.Text,
            9 when (low & 15) == 1 && size == 16 => Hdf5Elements.LongText,
            _ => Hdf5Elements.Other,
        };
        return new Hdf5Type(elements, size, label);
    }

    // Little-endian, the sign at the top, with the sizes of exponent and mantissa that IEEE 754 has.
    private static bool IsIeee(Hdf5Cursor body, int low, int sign, long size)
    {
        bool littleEndian = (low & 0x41) == 0;
        body.Skip(4);
        (_, int exponent, _, int mantissa) = (body.Byte(), body.Byte(), body.Byte(), body.Byte());
        return littleEndian && sign == (size * 8) - 1 && (size, exponent, mantissa) is (2, 5, 10) or (4, 8, 23) or (8, 11, 52);
    }
}
