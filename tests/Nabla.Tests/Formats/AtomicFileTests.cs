using Nabla.Formats;

namespace Nabla.Tests.Formats;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_new_file_appears_with_its_content_and_nothing_else()
    {
        AtomicFile.WriteText(folder.File("a.txt"), "∇");
        Assert.Equal("∇", File.ReadAllText(folder.File("a.txt")));
        Assert.Equal(3, new FileInfo(folder.File("a.txt")).Length);
        Assert.Single(Directory.GetFileSystemEntries(folder.ToString()));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_no_other()
    {
        string path = folder.Write("a.txt", "old");
        Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half of the new"u8);
            throw new InvalidTimeZoneException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(folder.ToString()));
    }

    [Fact]
    public void A_reader_of_the_old_file_reads_on_undisturbed()
    {
        string path = folder.Write("a.txt", "old");
        using (StreamReader reader = new(path))
        {
            AtomicFile.WriteText(path, "new");
            Assert.Equal("old", reader.ReadToEnd());
        }

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error() =>
        Assert.Throws<DirectoryNotFoundException>(() => AtomicFile.WriteText(folder.File("no/a.txt"), ""));
}
