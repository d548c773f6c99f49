using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Nabla.Formats;

/// <summary>
/// The header of an array file: magic, version, length, and a Python dictionary such as
/// <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>.
/// </summary>
internal sealed record NpyHeader(StoredTensorType Type, bool FortranOrder, bool BigEndian)
{
    private const int LengthLimit = 1 << 16;
    private const int Alignment = 64;

    // As NumPy writes them on this machine; the first character is the order of bytes, of single bytes none.
    private static readonly (string Name, StoredType Type)[] Types =
    [
        ("<f4", StoredType.Float32), ("<f8", StoredType.Float64), ("<f2", StoredType.Float16),
        ("<i4", StoredType.Int32), ("<i8", StoredType.Int64), ("<i2", StoredType.Int16), ("|i1", StoredType.Int8),
        ("|u1", StoredType.UInt8), ("<u2", StoredType.UInt16), ("<u4", StoredType.UInt32), ("<u8", StoredType.UInt64),
        ("|b1", StoredType.Bool), ("<c8", StoredType.Complex64),
    ];

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads a header up to the first byte of the elements.</summary>
    public static NpyHeader Parse(FileInput input)
    {
        int version = ReadVersion(input);
        int length = ReadLength(input, version);
        long position = input.Position;
        string text = (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(input.Read(length, "the header"));
        return Parse(input, new PythonLiteral(text, problem => input.ErrorAt(position, problem)), position);
    }

    /// <summary>The header of a tensor; the elements after it begin at a multiple of 64 bytes.</summary>
    public static byte[] Format(Tensor tensor)
    {
        string type = Types.First(pair => pair.Type == StoredTypes.Of(tensor.DataType)).Name;
        string shape = string.Concat(tensor.Shape.Select(size => string.Create(CultureInfo.InvariantCulture, $"{size}, ")));
        string text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({(tensor.Shape.Rank == 1 ? shape.TrimEnd() : shape.TrimEnd(',', ' '))}), }}";
        int before = Magic.Length + 4;
        int total = (before + text.Length + Alignment) / Alignment * Alignment;
        byte[] header = new byte[total];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), checked((ushort)(total - before)));
        Encoding.Latin1.GetBytes(text.PadRight(total - before - 1) + '\n', header.AsSpan(before));
        return header;
    }

    private static int ReadVersion(FileInput input)
    {
        Span<byte> start = stackalloc byte[8];
        input.Read(start, "the magic and version of a NumPy array");
        if (!start.StartsWith(Magic))
        {
            throw input.ErrorAt(0, $"expected a NumPy array that starts with 93 4E 55 4D 50 59, got {Convert.ToHexString(start[..6])}");
        }

        return start[6] is >= 1 and <= 3
            ? start[6]
            : throw input.ErrorAt(6, $"expected format version 1, 2 or 3, got {start[6]}.{start[7]}");
    }

    private static int ReadLength(FileInput input, int version)
    {
        long position = input.Position;
        Span<byte> bytes = stackalloc byte[version == 1 ? 2 : 4];
        input.Read(bytes, "the header's length");
        uint length = version == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length <= LengthLimit
            ? (int)length
            : throw input.ErrorAt(position, $"expected a header of at most {LengthLimit} bytes, got {length}");
    }

    private static NpyHeader Parse(FileInput input, PythonLiteral literal, long position)
    {
        string? type = null;
        bool? fortranOrder = null;
        long[]? shape = null;
        literal.Expect('{');
        while (!literal.TryTake('}'))
        {
            string key = literal.Text();
            literal.Expect(':');
            switch (key)
            {
                case "descr":
                    type = literal.Text();
                    break;
                case "fortran_order":
                    fortranOrder = literal.Boolean();
                    break;
                case "shape":
                    shape = literal.Numbers();
                    break;
                default:
                    throw input.ErrorAt(position, $"expected descr, fortran_order and shape in the header, got '{key}'");
            }

            if (!literal.TryTake(','))
            {
                literal.Expect('}');
                break;
            }
        }

        literal.ExpectEnd();
        return type is not null && fortranOrder is { } fortran && shape is not null
            ? new NpyHeader(ElementReader.TypeOf(input, TypeNamed(input, type, position), shape, "the array", position), fortran, type[0] == '>')
            : throw input.ErrorAt(position, "expected descr, fortran_order and shape in the header, got fewer");
    }

    private static StoredType TypeNamed(FileInput input, string name, long position)
    {
        int index = name is ['<' or '>' or '=' or '|', ..] ? Array.FindIndex(Types, pair => pair.Name[1..] == name[1..]) : -1;
        return index >= 0
            ? Types[index].Type
            : throw input.ErrorAt(position, $"expected a type out of {string.Join(", ", Types.Select(pair => pair.Name[1..]))}, got '{name}'");
    }
}
