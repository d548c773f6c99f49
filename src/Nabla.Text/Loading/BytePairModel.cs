using System.Text;

namespace Nabla.Text;

/// <summary>
/// Byte-pair encoding of characters (Sennrich, Haddow and Birch, arXiv 1508.07909) as the models made from SentencePiece's have it: a character that the
/// vocabulary does not have becomes the tokens of its UTF-8's bytes.
/// </summary>
/// <param name="ids">The tokens with their ids.</param>
/// <param name="merges">For each pair of ids its rank and the id of what it becomes.</param>
internal sealed class BytePairModel(Dictionary<string, int> ids, Dictionary<(int Left, int Right), (int Rank, int Merged)> merges)
{
    private const int MostBytes = 4;

    private readonly SubwordMerging merging = new(merges);

    /// <summary>The tokens with their ids.</summary>
    public IReadOnlyDictionary<string, int> Ids => ids;

    /// <summary>The ids of the tokens of the 256 bytes, null for one without; empty when there is no such fallback.</summary>
    public IReadOnlyList<int?> Bytes { get; init; } = [];

    /// <summary>The token of characters that have none; null to leave them out.</summary>
    public int? Unknown { get; init; }

    /// <summary>Whether unknown characters that follow each other are one token.</summary>
    public bool FusesUnknown { get; init; }

    /// <summary>Whether a piece that is a token needs no merges.</summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>The tokens of a piece, each with the number of its characters. The time is that of sorting, however long the piece is.</summary>
    public ReadOnlySpan<(int Id, int Length)> Encode(string piece)
    {
        if (IgnoresMerges && ids.TryGetValue(piece, out int whole))
        {
            return new (int, int)[] { (whole, piece.Length) };
        }

        (int, int)[] symbols = [.. Symbols(piece)];
        return symbols.AsSpan(0, merging.Merge(symbols));
    }

    // Bytes that come behind an unknown character stand before its token, as in the published implementation, whose ids these are.
    private List<(int Id, int Length)> Symbols(string piece)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        List<(int, int)> symbols = new(piece.Length);
        Span<char> character = stackalloc char[2];
        int unknownLength = 0;
        for (int index = 0, length; index < piece.Length; index += length)
        {
            _ = Rune.DecodeFromUtf16(piece.AsSpan(index), out Rune rune, out length);
            if (lookup.TryGetValue(character[..rune.EncodeToUtf16(character)], out int id))
            {
                AddUnknown(symbols, ref unknownLength);
                symbols.Add((id, length + unknownLength));
                unknownLength = 0;
            }
            else if (!TryAddBytes(symbols, rune, length))
            {
                if (!FusesUnknown)
                {
                    AddUnknown(symbols, ref unknownLength);
                }

                unknownLength += length;
            }
        }

        AddUnknown(symbols, ref unknownLength);
        return symbols;
    }

    private void AddUnknown(List<(int Id, int Length)> symbols, ref int length)
    {
        if (Unknown is { } unknown && length > 0)
        {
            symbols.Add((unknown, length));
            length = 0;
        }
    }

    // The last byte stands for the character, so that no part of it is left when a text is cut.
    private bool TryAddBytes(List<(int Id, int Length)> symbols, Rune rune, int length)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        bytes = bytes[..rune.EncodeToUtf8(bytes)];
        foreach (byte value in bytes)
        {
            if (Bytes.Count == 0 || Bytes[value] is null)
            {
                return false;
            }
        }

        for (int place = 0; place < bytes.Length; place++)
        {
            symbols.Add((Bytes[bytes[place]]!.Value, place == bytes.Length - 1 ? length : 0));
        }

        return true;
    }
}
