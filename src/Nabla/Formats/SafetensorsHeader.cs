using System.Text.Json;
using System.Text.Unicode;

namespace Nabla.Formats;

/// <summary>A tensor as the header describes it. Offsets count from the first byte after the header.</summary>
internal sealed record SafetensorsEntry(string Name, StoredTensorType Type, long Begin, long End);

/// <summary>The JSON header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The name that is no tensor.</summary>
    public const string MetadataName = "__metadata__";

    private const int LengthSize = sizeof(ulong);
    private const int MostNumbers = 64;

    private readonly List<SafetensorsEntry> entries = [];
    private readonly Dictionary<string, string> metadata = [];

    private SafetensorsHeader()
    {
    }

    /// <summary>The format's names of the types.</summary>
    public static IReadOnlyList<(string Name, StoredType Type)> Types { get; } =
    [
        ("F64", StoredType.Float64), ("F32", StoredType.Float32), ("F16", StoredType.Float16), ("BF16", StoredType.BFloat16),
        ("I64", StoredType.Int64), ("I32", StoredType.Int32), ("I16", StoredType.Int16), ("I8", StoredType.Int8),
        ("U64", StoredType.UInt64), ("U32", StoredType.UInt32), ("U16", StoredType.UInt16), ("U8", StoredType.UInt8),
        ("BOOL", StoredType.Bool), ("C64", StoredType.Complex64),
        ("F8_E4M3", StoredType.Float8E4M3), ("F8_E5M2", StoredType.Float8E5M2), ("F8_E8M0", StoredType.Float8E8M0),
    ];

    /// <summary>The tensors in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries => entries;

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>Reads a header, and checks each entry by itself.</summary>
    public static SafetensorsHeader Parse(FileInput input, byte[] json)
    {
        if (json is not [(byte)'{', ..] || !Utf8.IsValid(json))
        {
            throw input.ErrorAt(LengthSize, "expected a safetensors header, JSON in UTF-8 that starts with '{', got something else");
        }

        SafetensorsHeader header = new();
        Utf8JsonReader reader = new(json);
        try
        {
            header.Parse(input, ref reader);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw input.ErrorAt(LengthSize + reader.BytesConsumed, "expected a header in JSON, got a syntax error", error);
        }

        return header;
    }

    /// <summary>The tensors in the order in which their elements lie in the file, which must be without overlap and gap.</summary>
    public IEnumerable<SafetensorsEntry> InFileOrder(FileInput input)
    {
        long start = input.Position;
        long end = 0;
        SafetensorsEntry[] sorted = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        foreach (SafetensorsEntry entry in sorted)
        {
            if (entry.Begin != end)
            {
                string found = entry.Begin < end ? "an overlap with the tensor before it" : "a gap before it";
                throw input.ErrorAt(start + entry.Begin, $"expected tensor '{entry.Name}' to begin at offset {end}, got {found}");
            }

            end = entry.End;
        }

        input.Require(end, "the tensors");
        return sorted;
    }

    private void Parse(FileInput input, ref Utf8JsonReader reader)
    {
        HashSet<string> names = [];
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            long position = LengthSize + reader.TokenStartIndex;
            string name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw input.ErrorAt(position, $"expected each name once, got '{name}' twice");
            }

            reader.Read();
            Require(input, in reader, JsonTokenType.StartObject, name);
            if (name == MetadataName)
            {
                ParseMetadata(input, ref reader);
            }
            else
            {
                entries.Add(ParseEntry(input, ref reader, name, position));
            }
        }

        // Only whitespace may follow the closing brace; the reader throws at anything else.
        reader.Read();
    }

    private void ParseMetadata(FileInput input, ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            long position = LengthSize + reader.TokenStartIndex;
            string name = reader.GetString()!;
            reader.Read();
            Require(input, in reader, JsonTokenType.String, MetadataName);
            if (!metadata.TryAdd(name, reader.GetString()!))
            {
                throw input.ErrorAt(position, $"expected each name once, got '{name}' twice in the metadata");
            }
        }
    }

    private static SafetensorsEntry ParseEntry(FileInput input, ref Utf8JsonReader reader, string name, long position)
    {
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            long place = LengthSize + reader.TokenStartIndex;
            string field = reader.GetString()!;
            reader.Read();
            bool fresh = field switch
            {
                "dtype" => dtype is null && (dtype = ParseString(input, in reader, name)) is not null,
                "shape" => shape is null && (shape = ParseNumbers(input, ref reader, name)) is not null,
                "data_offsets" => offsets is null && (offsets = ParseNumbers(input, ref reader, name)) is not null,
                _ => throw input.ErrorAt(place, $"expected dtype, shape and data_offsets of tensor '{name}', got '{field}'"),
            };
            if (!fresh)
            {
                throw input.ErrorAt(place, $"expected one {field} of tensor '{name}', got two");
            }
        }

        return dtype is not null && shape is not null && offsets is not null
            ? Entry(input, name, dtype, shape, offsets, position)
            : throw input.ErrorAt(position, $"expected dtype, shape and data_offsets of tensor '{name}', got fewer");
    }

    private static SafetensorsEntry Entry(FileInput input, string name, string dtype, long[] shape, long[] offsets, long position)
    {
        StoredTensorType type = ElementReader.TypeOf(input, TypeNamed(input, dtype, name, position), shape, $"tensor '{name}'", position);
        return offsets is [>= 0, >= 0] && offsets[1] - offsets[0] == type.ByteCount
            ? new SafetensorsEntry(name, type, offsets[0], offsets[1])
            : throw input.ErrorAt(
                position, $"expected data_offsets of tensor '{name}' {type.ByteCount} bytes apart for {type}, got {TensorInput.Show(offsets)}");
    }

    private static StoredType TypeNamed(FileInput input, string dtype, string name, long position)
    {
        foreach ((string known, StoredType type) in Types)
        {
            if (known == dtype)
            {
                return type;
            }
        }

        string all = string.Join(", ", Types.Select(pair => pair.Name));
        throw input.ErrorAt(position, $"expected a dtype of tensor '{name}' out of {all}, got '{dtype}'");
    }

    private static string ParseString(FileInput input, in Utf8JsonReader reader, string name)
    {
        Require(input, in reader, JsonTokenType.String, name);
        return reader.GetString()!;
    }

    private static long[] ParseNumbers(FileInput input, ref Utf8JsonReader reader, string name)
    {
        Require(input, in reader, JsonTokenType.StartArray, name);
        List<long> numbers = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.Number)
        {
            if (numbers.Count == MostNumbers)
            {
                throw input.ErrorAt(LengthSize + reader.TokenStartIndex, $"expected at most {MostNumbers} numbers in '{name}', got more");
            }

            numbers.Add(reader.TryGetInt64(out long number) && number >= 0
                ? number
                : throw input.ErrorAt(LengthSize + reader.TokenStartIndex, $"expected whole numbers from 0 to 2^63 - 1 in '{name}', got another"));
        }

        Require(input, in reader, JsonTokenType.EndArray, name);
        return [.. numbers];
    }

    private static void Require(FileInput input, in Utf8JsonReader reader, JsonTokenType expected, string name)
    {
        if (reader.TokenType != expected)
        {
            throw input.ErrorAt(LengthSize + reader.TokenStartIndex, $"expected {expected} in '{name}', got {reader.TokenType}");
        }
    }
}
