using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Graphs.Passes;
using Nabla.Onnx.Export.Translations;

namespace Nabla.Onnx.Export;

/// <summary>Writes the nodes of a graph as nodes of the format.</summary>
internal sealed class GraphTranslator
{
    private readonly List<string> problems = [];
    private readonly HashSet<Node> absorbed;
    private readonly Dictionary<Node, Node> quantizations;

    public GraphTranslator(FreeGraph graph, SizeWriter sizes, NodeWriter nodes, QuantizedForm form = QuantizedForm.QuantizeDequantize)
    {
        (Graph, Sizes, Nodes, Form) = (graph, sizes, nodes, form);
        Baking = new Baking(graph);
        Values = new StoredValues(graph, Baking, sizes, nodes);
        Readers = Readers.In(graph.Graph);
        absorbed = RecurrentProjection.Absorbed(this);
        quantizations = IntegerProducts.Quantizations(this);
        absorbed.UnionWith(quantizations.Values);
    }

    /// <summary>How products of bytes are written.</summary>
    public QuantizedForm Form { get; }

    /// <summary>What is written.</summary>
    public FreeGraph Graph { get; }

    public SizeWriter Sizes { get; }

    public NodeWriter Nodes { get; }

    public Baking Baking { get; }

    public StoredValues Values { get; }

    public Readers Readers { get; }

    /// <summary>What cannot be written, a sentence each.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>The quantisation of a product's results that is written with the product; null for none.</summary>
    public Node? QuantizationBehind(Node product) => quantizations.GetValueOrDefault(product);

    /// <summary>Writes all nodes but those that are tensors of the model, or part of an operator that is written for another node.</summary>
    public void Translate()
    {
        foreach (Node node in Graph.Graph.Nodes.Where(node => !absorbed.Contains(node) && node.Results.Any(result => Baking.Of(result) is null)))
        {
            Translate(node);
        }
    }

    // What cannot be written gets names all the same, so that whatever else cannot be is found too.
    private void Translate(Node node)
    {
        try
        {
            TranslationTable.Translate(new NodeExport(this, node));
        }
        catch (NotSupportedException error)
        {
            problems.Add(error.Message.TrimEnd('.'));
            foreach (Result result in node.Results)
            {
                Values.Define(result, "missing");
            }
        }
    }
}
