using CsCheck;
using Nabla.Formats;

namespace Nabla.Tests.Formats;

/// <summary>What every reader must stand: a good file cut short at each byte, and random bytes changed. Only one exception may come out.</summary>
internal static class HostileInput
{
    /// <summary>Reads the file cut at every length below its own; each must be refused.</summary>
    public static void EveryTruncationIsRefused(byte[] good, Action<string> read)
    {
        using TemporaryFolder folder = new();
        for (int length = 0; length < good.Length; length++)
        {
            string path = folder.Write("cut", good[..length]);
            InvalidFileException error = Assert.Throws<InvalidFileException>(() => read(path));
            Assert.StartsWith(path, error.Message);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    /// <summary>Reads the file with up to four random bytes changed, and perhaps an end cut off: it is read or refused, nothing else.</summary>
    public static void RandomCorruptionIsReadOrRefused(byte[] good, Action<string> read)
    {
        using TemporaryFolder folder = new();
        Gen<(int Place, byte Value)> change = Gen.Select(Gen.Int[0, good.Length - 1], Gen.OneOf(Gen.Byte, Gen.Byte[0, 1], Gen.Byte[0x7F, 0x80], Gen.Byte[(byte)'0', (byte)'9']));
        Gen.Select(change.Array[1, 4], Gen.Int[0, good.Length], Gen.Bool).Sample(
            (changes, length, cut) =>
            {
                byte[] bad = [.. good];
                foreach ((int place, byte value) in changes)
                {
                    bad[place] = value;
                }

                string path = folder.Write("corrupt", cut ? bad[..length] : bad);
                try
                {
                    read(path);
                }
                catch (InvalidFileException error)
                {
                    Assert.DoesNotContain('\n', error.Message);
                }
            },
            iter: 2000,
            threads: 1);
    }
}
