using System.Buffers.Binary;
using System.Text;
using CsCheck;

namespace Nabla.Fuzz.Tests;

/// <summary>The ways in which a good file is spoilt.</summary>
internal enum MutationKind
{
    FlipBit,
    SetByte,
    SetHugeLittleEndian,
    SetHugeBigEndian,
    HugeNumberInText,
    Truncate,
    Remove,
    Repeat,
    Splice,
}

/// <summary>One change of a file.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Place">Where, as a share of the file.</param>
/// <param name="Extent">How much, as a share of what is left.</param>
/// <param name="Value">With what.</param>
internal sealed record Mutation(MutationKind Kind, double Place, double Extent, uint Value)
{
    private const int LargestFile = 1 << 20;
    private static readonly ulong[] Huge = [0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, ulong.MaxValue];
    private static readonly string[] HugeTexts = ["99999999999999999999", "-1", "4294967296", "2147483647", "1e999", "9223372036854775807", "[[[[[[", "null", "../../"];

    /// <summary>Any change.</summary>
    public static Gen<Mutation> Any { get; } = Gen.Select(
        Gen.Int[0, (int)MutationKind.Splice], Gen.Double.Unit, Gen.Double.Unit, Gen.UInt,
        (kind, place, extent, value) => new Mutation((MutationKind)kind, place, extent, value));

    /// <summary>The file with this change.</summary>
    /// <param name="file">The file.</param>
    /// <param name="other">Another good file, of which a piece may come in.</param>
    public byte[] Apply(byte[] file, byte[] other)
    {
        int place = (int)(Place * file.Length);
        int extent = (int)(Extent * Math.Min(file.Length - place, 64));
        int width = 1 << (int)(Value % 4);
        byte[] huge = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(huge, Huge[(Value >> 2) % (uint)Huge.Length]);
        return Kind switch
        {
            _ when file.Length is 0 or > LargestFile => file,
            MutationKind.FlipBit => With(file, place, [(byte)(file[place] ^ (1 << (int)(Value % 8)))]),
            MutationKind.SetByte => With(file, place, [(byte)Value]),
            MutationKind.SetHugeLittleEndian => With(file, place, huge[..width]),
            MutationKind.SetHugeBigEndian => With(file, place, [.. huge[..width].Reverse()]),
            MutationKind.HugeNumberInText => [.. file[..place], .. Encoding.ASCII.GetBytes(HugeTexts[Value % (uint)HugeTexts.Length]), .. file[(place + extent)..]],
            MutationKind.Truncate => file[..place],
            MutationKind.Remove => [.. file[..place], .. file[(place + extent)..]],
            MutationKind.Repeat => [.. file[..(place + extent)], .. file[place..]],
            _ => [.. file[..place], .. other[(int)(Extent * other.Length)..]],
        };
    }

    private static byte[] With(byte[] file, int place, byte[] bytes)
    {
        byte[] changed = [.. file];
        bytes.AsSpan(0, Math.Min(bytes.Length, file.Length - place)).CopyTo(changed.AsSpan(place));
        return changed;
    }
}
