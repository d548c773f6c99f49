using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Cli.Tests;

public sealed class InspectTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public InspectTests()
    {
        Sequential network = new([4], seed: 1, new Dense(2, ActivationKind.Softmax));
        ModelFolder.Save(folder.File("model"), new SavedModel("small", network));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_graph_of_a_model_is_printed()
    {
        string graph = Cli.Run("inspect", folder.File("model"), "--graph").Succeeds().Output;
        Assert.StartsWith("graph(x0: float32[1, 4])", graph, StringComparison.Ordinal);
        Assert.Contains("(x0, 0.kernel", graph, StringComparison.Ordinal);
        Assert.Contains("Softmax", graph, StringComparison.Ordinal);
        Assert.Equal(graph, Cli.Run("inspect", "--graph", "--", folder.File("model")).Succeeds().Output);
    }

    [Theory]
    [InlineData("graph.svg", "<svg")]
    [InlineData("graph.dot", "digraph")]
    [InlineData("graph.txt", "graph(x0")]
    public void The_graph_of_a_model_is_written_in_the_form_that_the_ending_says(string name, string start)
    {
        Assert.Contains(name, Cli.Run("inspect", folder.File("model"), "--graph", folder.File(name)).Succeeds().Output, StringComparison.Ordinal);
        Assert.StartsWith(start, File.ReadAllText(folder.File(name)).TrimStart(), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_endings_are_refused_with_those_that_exist() =>
        Cli.Run("inspect", folder.File("model"), "--graph", "graph.pdf").FailsWith("'graph.pdf'", ".svg, .dot, .txt");
}
