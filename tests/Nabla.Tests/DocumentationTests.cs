using Nabla.Transforms;

namespace Nabla.Tests;

/// <summary>Runs the code of the README and the guides: each block stands, line by line, in one file of the tests or examples.</summary>
public sealed class DocumentationTests
{
    public static TheoryData<string> Pages => [.. Directory.GetFiles(Repository.PathOf("docs"), "*.md").Select(page => $"docs/{Path.GetFileName(page)}"), "README.md", "README.zh-CN.md"];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Each_block_of_code_stands_in_a_test_or_an_example(string page)
    {
        string[][] sources = [.. Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.PathOf("examples"), "*.cs"))
            .Select(file => File.ReadLines(file).Select(line => line.Trim()).ToArray())];
        foreach (string[] block in BlocksOf(page))
        {
            Assert.True(sources.Any(source => block.All(source.Contains)), $"This code of {page} stands in no test:\n{string.Join('\n', block)}");
        }
    }

    [Fact]
    public void Gradients_of_the_guide_are_what_its_comments_say()
    {
        Tensor x = Tensor.From([1f, 2f, 3f, 4f], [2, 2]);
        Tensor w = Tensor.Ones([2, 1]);
        (Tensor loss, Tensor[] gradients) = Gradients.ValueAndGradient(() => (x.MatMul(w) - 1).Relu().Mean(), w);
        Assert.Equal("float32 [] 4", loss.ToString());
        Assert.Equal([2f, 3f], gradients[0].ToArray<float>());
    }

    [Fact]
    public void The_compiled_function_of_the_guide_prints_the_graph_that_the_guide_shows()
    {
        CompiledFunction norm = Compilation.Compile(x => [(x[0] * x[0]).Sum().Sqrt()]);
        Tensor five = norm.Invoke(Tensor.From([3f, 4f]))[0];
        Assert.Equal("float32 [] 5", five.ToString());
        string graph = norm.GraphOf(new TensorType(DataType.Float32, [2])).ToString();
        Assert.Contains(graph, File.ReadAllText(Repository.PathOf("docs/compiling.md")), StringComparison.Ordinal);
    }

    // What prints and what imports is left out: tests look at values instead.
    private static IEnumerable<string[]> BlocksOf(string page)
    {
        if (!File.Exists(Repository.PathOf(page)))
        {
            yield break;
        }

        IEnumerator<string> lines = File.ReadLines(Repository.PathOf(page)).GetEnumerator();
        while (lines.MoveNext())
        {
            if (lines.Current == "```csharp")
            {
                List<string> block = [];
                while (lines.MoveNext() && lines.Current != "```")
                {
                    block.Add(lines.Current.Trim());
                }

                yield return [.. block.Where(line => line.Length > 0 && !line.StartsWith("Console", StringComparison.Ordinal) && !line.StartsWith("using ", StringComparison.Ordinal))];
            }
        }
    }
}
