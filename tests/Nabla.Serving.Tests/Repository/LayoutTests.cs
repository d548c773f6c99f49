using Nabla.Formats;
using Nabla.Serving.Repository;
using Nabla.Serving.Tests.Hosts;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Repository;

public sealed class LayoutTests
{
    [Theory]
    [InlineData(null, "flowers")]
    [InlineData("garden", "garden")]
    public void A_single_model_has_its_own_name_or_that_which_it_is_given(string? given, string expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model");
        ModelFolder.Save(path, TestModels.Flowers());
        Assert.Equal([expected], RepositoryLayout.Scan(path, given).Keys);
    }

    [Fact]
    public void The_models_of_a_repository_take_no_other_name()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("flowers"));
        ModelFolder.Save(folder.File("flowers/1"), TestModels.Flowers());
        Assert.Equal(["flowers"], RepositoryLayout.Scan(folder.ToString(), null).Keys);
        ArgumentException error = Assert.Throws<ArgumentException>(() => RepositoryLayout.Scan(folder.ToString(), "garden"));
        Assert.Contains("expected a single model", error.Message, StringComparison.Ordinal);
    }
}
