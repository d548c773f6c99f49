using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Nabla.Peers;

/// <summary>Makes TorchSharp's native library load on systems whose libstdc++ is older than GCC 13's.</summary>
/// <remarks>
/// <c>libLibTorchSharp.so</c> of TorchSharp 0.107 asks libstdc++ for the version GLIBCXX_3.4.32 on account of one symbol,
/// <c>std::ios_base_library_init()</c>, which no code in it calls: <c>&lt;iostream&gt;</c> names it so that the linker insists
/// on a new enough libstdc++. Debian 12's is older. Marking that version need as weak in the copy that stands beside our
/// program (ELF gABI, section <c>.gnu.version_r</c>) lets the dynamic linker go on.
/// </remarks>
public static class LibtorchRuntime
{
    private const string Library = "libLibTorchSharp.so";
    private const string Version = "GLIBCXX_3.4.32";
    private const string Symbol = "_ZSt21ios_base_library_initv";

    private const uint VersionNeedSection = 0x6FFFFFFE; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    /// <summary>Call once, before the first use of TorchSharp.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || SystemHasSymbol())
            return;

        string path = FindLibrary();
        byte[] elf = File.ReadAllBytes(path);
        if (Weaken(elf) > 0)
            Replace(path, elf);
    }

    private static bool SystemHasSymbol() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint handle) && NativeLibrary.TryGetExport(handle, Symbol, out _);

    private static string FindLibrary()
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        string beside = Path.Combine(AppContext.BaseDirectory, Library);
        string below = Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{architecture}", "native", Library);
        return File.Exists(beside) ? beside
            : File.Exists(below) ? below
            : throw new FileNotFoundException($"{Library} stands neither at '{beside}' nor at '{below}': build the program again.");
    }

    /// <summary>Sets the weak flag of each need for <see cref="Version"/>; returns how many were strong.</summary>
    private static int Weaken(byte[] elf)
    {
        if (!elf.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8))
            throw new BadImageFormatException($"{Library} is not a 64-bit little-endian ELF file.");

        int changed = 0;
        for (int section = 0; section < UInt16(elf, 0x3C); section++)
        {
            int header = SectionHeader(elf, section);
            if (UInt32(elf, header + 4) != VersionNeedSection)
                continue;

            int strings = SectionOffset(elf, SectionHeader(elf, (int)UInt32(elf, header + 0x28)));
            changed += WeakenNeeds(elf, SectionOffset(elf, header), strings);
        }

        return changed;
    }

    // Elfxx_Verneed is a list of files, each with a list of Elfxx_Vernaux, its versions; both are linked by relative offsets.
    private static int WeakenNeeds(byte[] elf, int need, int strings)
    {
        int changed = 0;
        for (uint next = 1; next != 0; need += (int)next)
        {
            int version = need + (int)UInt32(elf, need + 8);
            for (int left = UInt16(elf, need + 2); left > 0; left--)
            {
                ushort flags = UInt16(elf, version + 4);
                if ((flags & Weak) == 0 && Text(elf, strings + (int)UInt32(elf, version + 8)) == Version)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(elf.AsSpan(version + 4), (ushort)(flags | Weak));
                    changed++;
                }

                version += (int)UInt32(elf, version + 12);
            }

            next = UInt32(elf, need + 12);
        }

        return changed;
    }

    // Another process may be starting from the same folder: the file is replaced whole, in one step.
    private static void Replace(string path, byte[] elf)
    {
        string fresh = $"{path}.{Environment.ProcessId}";
        File.WriteAllBytes(fresh, elf);
        File.Move(fresh, path, overwrite: true);
    }

    private static int SectionHeader(byte[] elf, int index) =>
        (int)BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(0x28)) + (index * UInt16(elf, 0x3A));

    private static int SectionOffset(byte[] elf, int header) =>
        (int)BinaryPrimitives.ReadUInt64LittleEndian(elf.AsSpan(header + 0x18));

    private static ushort UInt16(byte[] elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(at));

    private static uint UInt32(byte[] elf, int at) => BinaryPrimitives.ReadUInt32LittleEndian(elf.AsSpan(at));

    private static string Text(byte[] elf, int at) =>
        Encoding.ASCII.GetString(elf.AsSpan(at, elf.AsSpan(at).IndexOf((byte)0)));
}
