using Nabla.Serving.Repository;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Repository;

public sealed class ManifestTests
{
    [Theory]
    [InlineData("""{"files": {"a": null}}""")]
    [InlineData("""{"files": null}""")]
    [InlineData("""{"files": {"a": {"size": 1, "sha256": null}}}""")]
    [InlineData("""{"files": {"a": {"size": 1}}}""")]
    [InlineData("""{"files": {"a": 1}}""")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{")]
    public void What_is_no_manifest_is_said_to_be_none(string text)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File(VersionManifest.FileName), text);
        Assert.Equal("manifest.json is no manifest", VersionManifest.Problem(folder.ToString()));
    }
}
