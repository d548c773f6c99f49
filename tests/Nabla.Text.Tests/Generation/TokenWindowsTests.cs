using Nabla.Data;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Text.Tests;

public sealed class TokenWindowsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Windows_follow_one_another_and_targets_are_one_token_further_on()
    {
        Sample[] windows = [.. TokenWindows.Of([.. Enumerable.Range(0, 12)], length: 4).Epoch(0)];
        Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7]], windows.Select(window => window.Input.ToArray<int>()));
        Assert.Equal([[1, 2, 3, 4], [5, 6, 7, 8]], windows.Select(window => window.Target!.ToArray<int>()));
    }

    [Fact]
    public void With_a_seed_each_epoch_cuts_the_text_at_other_places_and_the_same_epoch_at_the_same()
    {
        Dataset<Sample> windows = TokenWindows.Of([.. Enumerable.Range(0, 100)], length: 10, seed: 5);
        int First(int epoch) => windows.Epoch(epoch).First().Input.ToArray<int>()[0];
        int[] first = [.. Enumerable.Range(0, 20).Select(First)];
        Assert.Equal(first, Enumerable.Range(0, 20).Select(First));
        Assert.All(first, start => Assert.InRange(start, 0, 9));
        Assert.True(first.Distinct().Count() > 4);
        Assert.Equal(9, windows.Count);
        Assert.All(Enumerable.Range(0, 20), epoch => Assert.Equal(9, windows.Epoch(epoch).Count()));
    }

    [Fact]
    public void A_text_shorter_than_a_window_is_refused_with_both_lengths() => Assert.Contains(
        "Windows of 4 tokens need a text of at least 5 tokens, but it has 4.",
        Assert.Throws<ArgumentException>(() => TokenWindows.Of([1, 2, 3, 4], length: 4)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Lines_of_a_file_end_alike_and_what_is_no_text_is_refused()
    {
        string path = folder.File("text.txt");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, (byte)'a', (byte)'\r', (byte)'\n', 0xE6, 0xB1, 0x89]);
        Assert.Equal("a\n汉", TextFile.Read(path));
        Assert.Equal("a\r\n汉", TextFile.ReadExact(path));
        File.WriteAllBytes(path, [(byte)'a', (byte)'\n', 0xFF]);
        Assert.Contains("line 2", Assert.Throws<InvalidFileException>(() => TextFile.Read(path)).Message, StringComparison.Ordinal);
        Assert.Contains("expected a text, got none", Assert.Throws<InvalidFileException>(() => TextFile.Read(folder.Write("empty.txt", " \n"))).Message, StringComparison.Ordinal);
    }
}
