using Nabla.Tests;
using static Nabla.Fuzz.Tests.BadFiles;

namespace Nabla.Fuzz.Tests;

/// <summary>Pictures and arrays of pixels that lie.</summary>
internal static class BadPictures
{
    public static IReadOnlyList<BadFile> All { get; } =
    [
        new("idx", "another magic", [1, 2, 8, 1, 0, 0, 0, 0], "expected", 0),
        new("idx", "a type that nobody knows", [0, 0, 7, 1, 0, 0, 0, 0], "expected", 0),
        new("idx", "200 dimensions", [0, 0, 8, 200], "expected", 3),
        new("idx", "2^64 elements", [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255], "expected elements of at most 2147483647 bytes", 4),
        new("idx", "2 gibibytes in 8 bytes", [0, 0, 8, 1, 0x7F, 255, 255, 255], "expected 2147483647 bytes for the elements, got the end of the file", 8),
        new("idx", "more than the elements", [0, 0, 8, 1, 0, 0, 0, 1, 7, 8], "expected the file to end after [1] elements, got more", 9),
        new("image", "no picture", Utf8("hello"), "expected", 0),
        new("image", "nothing", [], "expected", 0),
        new("image", "half a picture", Picture()[..100], "expected", 100),
        new("image", "four billion rows", Huge(), "expected", 8),
    ];

    private static byte[] Picture() => File.ReadAllBytes(Repository.PathOf("docs/images/seven.png"));

    // Width and height stand at bytes 16 to 23 of a PNG file.
    private static byte[] Huge()
    {
        byte[] picture = Picture();
        picture.AsSpan(16, 8).Fill(0x7F);
        return picture;
    }
}
