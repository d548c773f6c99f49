using Nabla.Formats;
using Nabla.Graphs;
using Nabla.Transforms;

namespace Nabla.Cli.Reports;

/// <summary>The graph of a model's forward pass in use.</summary>
internal static class GraphReport
{
    private static readonly OrderedDictionary<string, Func<Graph, string>> Writers = new()
    {
        [".svg"] = graph => graph.ToSvg(),
        [".dot"] = graph => graph.ToDot(),
        [".txt"] = graph => graph.ToString(),
    };

    /// <summary>The endings of the files that a graph can be written to.</summary>
    public static IReadOnlyList<string> Endings => Writers.Keys;

    /// <summary>Prints the graph for one input, or writes it to a file in the form that its ending says.</summary>
    public static void Print(Terminal terminal, SavedModel model, string? file)
    {
        TensorType input = new(model.Network.InputType, [1, .. model.Network.InputShape]);
        Graph graph = Compilation.Compile(inputs => [model.Network.Forward(inputs[0])]).GraphOf(input);
        if (file is null)
        {
            terminal.Output.Write(graph.ToString());
        }
        else
        {
            AtomicFile.WriteText(file, Writers[Path.GetExtension(file)](graph));
            terminal.Output.WriteLine($"Wrote {file}");
        }
    }
}
