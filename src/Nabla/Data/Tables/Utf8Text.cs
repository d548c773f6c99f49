using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Nabla.Formats;

namespace Nabla.Data;

/// <summary>Checks that a file is text in UTF-8.</summary>
internal static class Utf8Text
{
    public static void Require(ReadOnlySpan<byte> bytes, string path)
    {
        if (Utf8.IsValid(bytes))
        {
            return;
        }

        int position = 0;
        while (Rune.DecodeFromUtf8(bytes[position..], out _, out int length) == OperationStatus.Done)
        {
            position += length;
        }

        int line = bytes[..position].Count((byte)'\n') + 1;
        throw new InvalidFileException(path, FilePosition.Line(line), $"expected text in UTF-8, got byte {bytes[position]:X2}");
    }
}
