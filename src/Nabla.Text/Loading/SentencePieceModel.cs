using System.Buffers.Binary;
using System.Text;

namespace Nabla.Text;

/// <summary>What a piece of SentencePiece is; the numbers are those of its format.</summary>
internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    Byte = 6,
}

/// <summary>
/// A Unigram model in SentencePiece's own format (sentencepiece_model.proto, in protocol buffers' encoding), so that what reads those reads also the same
/// model out of a <c>tokenizer.json</c>.
/// </summary>
internal sealed class SentencePieceModel
{
    private const int Unigram = 1;
    private const int LengthDelimited = 2;
    private const int FixedFour = 5;

    private readonly MemoryStream pieces = new();
    private readonly Dictionary<string, int> places = new(StringComparer.Ordinal);
    private int unknown = -1;

    /// <summary>The rules of its normalizer; empty for none.</summary>
    public byte[] Charsmap { get; init; } = [];

    /// <summary>Whether a text begins as if a space stood before it.</summary>
    public bool AddsSpace { get; init; } = true;

    /// <summary>Adds a piece; its place is its id.</summary>
    public void Add(string piece, float score, PieceKind kind)
    {
        MemoryStream message = new();
        Write(message, 1, Encoding.UTF8.GetBytes(piece));
        byte[] bits = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bits, score);
        WriteNumber(message, (2 << 3) | FixedFour);
        message.Write(bits);
        Write(message, 3, (long)kind);
        Write(pieces, 1, message.ToArray());
        unknown = kind == PieceKind.Unknown ? places.Count : unknown;
        places.TryAdd(piece, places.Count);
    }

    /// <summary>The whole model.</summary>
    public byte[] ToBytes(bool hasBytes)
    {
        MemoryStream trainer = new();
        Write(trainer, 3, Unigram);
        Write(trainer, 35, hasBytes ? 1 : 0);
        Write(trainer, 40, unknown);
        Write(trainer, 41, places.GetValueOrDefault("<s>", -1));
        Write(trainer, 42, places.GetValueOrDefault("</s>", -1));
        Write(trainer, 43, places.GetValueOrDefault("<pad>", -1));
        MemoryStream normalizer = new();
        Write(normalizer, 1, Encoding.UTF8.GetBytes(Charsmap.Length == 0 ? "identity" : "precompiled"));
        Write(normalizer, 2, Charsmap);
        Write(normalizer, 3, AddsSpace ? 1 : 0);
        MemoryStream model = new();
        model.Write(pieces.ToArray());
        Write(model, 2, trainer.ToArray());
        Write(model, 3, normalizer.ToArray());
        return model.ToArray();
    }

    private static void Write(MemoryStream message, int field, byte[] value)
    {
        WriteNumber(message, (uint)((field << 3) | LengthDelimited));
        WriteNumber(message, (ulong)value.Length);
        message.Write(value);
    }

    private static void Write(MemoryStream message, int field, long value)
    {
        WriteNumber(message, (uint)(field << 3));
        WriteNumber(message, (ulong)value);
    }

    private static void WriteNumber(MemoryStream message, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            message.WriteByte((byte)(value | 0x80));
        }

        message.WriteByte((byte)value);
    }
}
