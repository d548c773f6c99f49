using Nabla.Transforms;

namespace Nabla.Tests;

public sealed class DocumentationTests
{
    [Fact]
    public void The_code_of_the_readme_is_that_of_the_example()
    {
        string[] example = [.. File.ReadAllLines(Repository.PathOf("examples/digits.cs")).Select(line => line.Trim())];
        IEnumerable<string> code = CodeOf("README.md").Where(line => !line.StartsWith("Console", StringComparison.Ordinal));
        Assert.All(code, line => Assert.Contains(line, example));
    }

    [Fact]
    public void The_code_of_the_guide_computes_what_its_comments_say()
    {
        Tensor x = Tensor.From([1f, 2f, 3f, 4f], [2, 2]);
        Tensor w = Tensor.Ones([2, 1]);
        (Tensor loss, Tensor[] gradients) = Gradients.ValueAndGradient(() => (x.MatMul(w) - 1).Relu().Mean(), w);
        Assert.Equal("float32 [] 4", loss.ToString());
        Assert.Equal([2f, 3f], gradients[0].ToArray<float>());
        string[] source = [.. File.ReadAllLines(Repository.PathOf("tests/Nabla.Tests/DocumentationTests.cs")).Select(line => line.Trim())];
        IEnumerable<string> code = CodeOf("docs/getting-started.md")
            .Where(line => !line.StartsWith("Console", StringComparison.Ordinal) && !line.StartsWith("using", StringComparison.Ordinal));
        Assert.All(code, line => Assert.Contains(line, source));
    }

    private static IEnumerable<string> CodeOf(string file) => File.ReadAllLines(Repository.PathOf(file))
        .SkipWhile(line => line != "```csharp").Skip(1).TakeWhile(line => line != "```").Select(line => line.Trim()).Where(line => line.Length > 0);
}
