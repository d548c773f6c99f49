using Nabla.Tests;

namespace Nabla.Fuzz.Tests;

/// <summary>Event files of TensorBoard that are damaged.</summary>
internal static class BadEventFiles
{
    private const int HeadLength = 12;

    public static IReadOnlyList<BadFile> All { get; } =
    [
        new("events", "a length of 2 gibibytes", Changed(3, 0x80), "for the length of a record, got 0x224B7FA3", 0),
        new("events", "a record with another byte", Changed(HeadLength, 0xFF), "for a record, got 0xDC07CF85", HeadLength),
    ];

    private static byte[] Changed(int place, byte value)
    {
        byte[] file = File.ReadAllBytes(Repository.PathOf("fuzz/corpus/events/torchsharp.tfevents"));
        file[place] = value;
        return file;
    }
}
