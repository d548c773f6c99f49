using Nabla.Cli.Runs;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class RunFolderTests
{
    [Fact]
    public void A_run_that_nothing_came_of_leaves_no_folder()
    {
        using TemporaryFolder folder = new();
        RunFolder run = RunFolder.Create(folder.File("runs/deep/one"), "text");
        Assert.True(Directory.Exists(run.Path));
        run.Discard();
        Assert.False(Directory.Exists(folder.File("runs")));
        Assert.True(Directory.Exists(folder.ToString()));
    }

    [Fact]
    public void It_leaves_the_folder_of_a_run_that_has_begun_beside_it()
    {
        using TemporaryFolder folder = new();
        RunFolder run = RunFolder.Create(folder.File("runs/one"), "text");
        RunFolder other = RunFolder.Create(folder.File("runs/other"), "text");
        run.Discard();
        Assert.False(Directory.Exists(run.Path));
        Assert.True(Directory.Exists(other.Path));
    }
}
