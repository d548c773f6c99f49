using System.Xml.Linq;

namespace Nabla.Tests;

public sealed class SolutionTests
{
    private static readonly string[] NativeRuntimes = ["TorchSharp", "libtorch", "OnnxRuntime"];

    [Fact]
    public void No_project_of_the_main_solution_downloads_a_native_runtime_of_a_peer()
    {
        string[] projects = [.. Elements("Nabla.slnx", "Project").Select(project => project.Attribute("Path")!.Value)];
        Assert.Contains("src/Nabla/Nabla.csproj", projects);
        Assert.DoesNotContain(projects, project => project.StartsWith("bench/", StringComparison.Ordinal));
        Assert.All(projects, project =>
        {
            Assert.All(Included(project, "PackageReference"), package =>
                Assert.DoesNotContain(NativeRuntimes, runtime => package.Contains(runtime, StringComparison.OrdinalIgnoreCase)));
            Assert.All(Included(project, "ProjectReference"), reference => Assert.Contains(Normalize(project, reference), projects));
        });
    }

    private static IEnumerable<string> Included(string project, string kind) =>
        Elements(project, kind).Select(element => element.Attribute("Include")!.Value);

    private static IEnumerable<XElement> Elements(string file, string name) => XDocument.Load(Repository.PathOf(file)).Descendants(name);

    private static string Normalize(string project, string reference) => Path.GetRelativePath(
        Repository.PathOf(string.Empty), Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Repository.PathOf(project))!, reference))).Replace('\\', '/');
}
