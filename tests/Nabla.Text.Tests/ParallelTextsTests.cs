using System.IO.Compression;
using System.Text;
using Nabla.Formats;
using Nabla.Tests;

namespace Nabla.Text.Tests;

public sealed class ParallelTextsTests
{
    [Fact]
    public void Lines_of_two_files_belong_together_and_pairs_with_an_empty_side_are_left_out()
    {
        using TemporaryFolder folder = new();
        string source = folder.Write("train.en", "One dog.\n\nTwo cats.\nLast\n");
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionMode.Compress))
        {
            gzip.Write(Encoding.UTF8.GetBytes("Ein Hund.\nLeer\n \nÄußerst\n"));
        }

        ParallelTexts pairs = ParallelTexts.Read(source, folder.Write("train.de.gz", packed.ToArray()));
        Assert.Equal(["One dog.", "Last"], pairs.Sources);
        Assert.Equal(["Ein Hund.", "Äußerst"], pairs.Targets);
        Assert.Equal((2, 2), (pairs.Count, pairs.Dropped));
        Assert.Equal(["Äußerst"], pairs.Select([1]).Reversed().Sources);
    }

    [Fact]
    public void A_file_may_have_pairs_apart_by_a_tab()
    {
        using TemporaryFolder folder = new();
        ParallelTexts pairs = ParallelTexts.Read(folder.Write("cmn.txt", "Hi.\t嗨。\tCC-BY\nRun.\t你用跑的。\n\nNo.\t\n"));
        Assert.Equal(["Hi.", "Run."], pairs.Sources);
        Assert.Equal(["嗨。", "你用跑的。"], pairs.Targets);
        Assert.Equal(1, pairs.Dropped);
    }

    [Fact]
    public void What_does_not_belong_together_is_refused_with_both_counts_and_places()
    {
        using TemporaryFolder folder = new();
        string three = folder.Write("a", "x\ny\nz\n");
        string two = folder.Write("b", "x\ny\n");
        Assert.Equal($"{three}: expected as many lines as its translation {two} has, 2, got 3", Assert.Throws<InvalidFileException>(() => ParallelTexts.Read(three, two)).Message);
        Assert.Contains("got no tab at line 1", Assert.Throws<InvalidFileException>(() => ParallelTexts.Read(two)).Message, StringComparison.Ordinal);
        Assert.Contains("2 pairs with an empty side", Assert.Throws<InvalidFileException>(() => ParallelTexts.Read(two, folder.Write("c", "\n \n"))).Message, StringComparison.Ordinal);
        Assert.Contains("at line 2", Assert.Throws<InvalidFileException>(() => ParallelTexts.Read(folder.Write("d", [(byte)'a', (byte)'\n', 0xFF]))).Message, StringComparison.Ordinal);
    }
}
