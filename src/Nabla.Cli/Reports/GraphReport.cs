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

    /// <summary>Prints the graph of a model for one input, or writes it to a file in the form that its ending says.</summary>
    public static void Print(Terminal terminal, string model, string? file)
    {
        Graph graph = ModelFolder.HoldsGraph(model) ? GraphOf(ModelFolder.LoadGraph(model)) : GraphOf(ModelFolder.Load(model));
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

    private static Graph GraphOf(SavedModel model)
    {
        TensorType input = new(model.Network.InputType, [1, .. model.Network.InputShape]);
        return Compilation.Compile(inputs => [model.Network.Forward(inputs[0])]).GraphOf(input);
    }

    // Open sizes are 1, or as large as they may be.
    private static Graph GraphOf(SavedGraph model)
    {
        TensorType[] inputs = [.. model.Network.Inputs.Select(input => new TensorType(input.Type, [.. input.Sizes.Select(size => size.Number ?? size.Largest ?? 1)]))];
        return Compilation.Compile(given => model.Network.Compute(given)).GraphOf(inputs);
    }
}
