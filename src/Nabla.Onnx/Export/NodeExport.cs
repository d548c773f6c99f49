using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Ops;

namespace Nabla.Onnx.Export;

/// <summary>One node that is written: what its translation asks and where it puts the results.</summary>
internal sealed class NodeExport(GraphTranslator graph, Node node)
{
    /// <summary>The op.</summary>
    public Op Op => node.Op;

    public Node Node => node;

    public GraphTranslator Graph => graph;

    /// <summary>Where nodes go.</summary>
    public NodeWriter Write => graph.Nodes;

    public ModelWriter Model => graph.Nodes.Model;

    public SizeWriter Sizes => graph.Sizes;

    public StoredValues Values => graph.Values;

    public IReadOnlyList<Value> Inputs => node.Inputs;

    public DataType DataType => node.Results[0].Type.DataType;

    /// <summary>The name of an input.</summary>
    public string In(int index) => graph.Values.In(node.Inputs[index]);

    /// <summary>The name of an input in a form.</summary>
    public string In(int index, Shape form) => graph.Values.In(node.Inputs[index], form);

    /// <summary>The name of a bias, which stands behind the kernel of a product or convolution.</summary>
    public string Bias() => graph.Values.In(node.Inputs[2], StoredValues.Natural(1), Baking.NameOfBias(node.Inputs[1], node.Inputs[2]));

    /// <summary>The shape of an input.</summary>
    public FreeShape Shape(int index) => graph.Graph.ShapeOf(node.Inputs[index]);

    /// <summary>The shape of a result.</summary>
    public FreeShape ResultShape(int index = 0) => graph.Graph.ShapeOf(node.Results[index]);

    /// <summary>The rank of the first result.</summary>
    public int Rank => node.Results[0].Type.Shape.Rank;

    /// <summary>The tensor of an input that does not depend on the model's inputs; null for others.</summary>
    public Tensor? Baked(int index) => graph.Baking.Of(node.Inputs[index]);

    /// <summary>Whether somebody reads a result.</summary>
    public bool IsRead(int result) => graph.Readers.Keeps(node.Results[result]) || graph.Readers.Of(node.Results[result]).Count > 0;

    /// <summary>Says where the first result stands.</summary>
    public void Give(string name, Shape? form = null) => Give(0, name, form);

    /// <summary>Says where a result stands.</summary>
    public void Give(int result, string name, Shape? form = null) => graph.Values.Define(node.Results[result], name, form);

    /// <summary>The error about a node that cannot be written.</summary>
    public NotSupportedException Error(string problem) => new($"{node.Op.Name} of {string.Join(" and ", node.Inputs.Select(input => input.Type))} {problem}");

    /// <summary>Requires that nobody reads the results behind the first.</summary>
    public void RequireFirstAlone()
    {
        if (Enumerable.Range(1, node.Results.Count - 1).Any(IsRead))
        {
            throw Error("has results that a backward pass reads alone, but somebody reads them");
        }
    }
}
