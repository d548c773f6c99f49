using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Onnx.Protos;
using Nabla.Ops.Recurrent;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Loops over time as the operator Scan: the step is a graph within the node, which sees what it takes from around it by name.</summary>
internal static class ScanTranslation
{
    public static Dictionary<Type, Translation> All { get; } = new() { [typeof(Scan)] = Translate };

    private static void Translate(NodeExport node)
    {
        Scan op = (Scan)node.Op;
        int outputs = op.Step.Graph.Outputs.Count;
        if (Enumerable.Range(outputs, node.Node.Results.Count - outputs).Any(node.IsRead))
        {
            throw node.Error("has the states of all steps as results that somebody reads: give them out of the step");
        }

        string[] inputs = [.. Enumerable.Range(0, op.States + op.Sequences).Select(node.In)];
        GraphProto body = Body(node, op);
        string[] results = node.Write.Add(
            "Scan", inputs, outputs,
            Attributes.Graph("body", body), Attributes.Int("num_scan_inputs", op.Sequences),
            Attributes.Ints("scan_input_axes", Enumerable.Repeat(1, op.Sequences)), Attributes.Ints("scan_output_axes", Enumerable.Repeat(1, op.Outputs)),
            Attributes.Ints("scan_input_directions", Enumerable.Repeat(op.Reverse ? 1 : 0, op.Sequences)),
            Attributes.Ints("scan_output_directions", Enumerable.Repeat(op.Reverse ? 1 : 0, op.Outputs)));
        for (int index = 0; index < outputs; index++)
        {
            node.Give(index, results[index]);
        }
    }

    private static GraphProto Body(NodeExport node, Scan op)
    {
        FreeGraph step = node.Graph.Graph.StepOf(node.Node);
        GraphTranslator inner = new(step, node.Sizes, new NodeWriter(node.Model, []));
        GraphProto body = new() { Name = node.Model.Unique("step") };
        foreach ((int index, Argument argument) in step.Graph.Arguments.Index())
        {
            bool isOuter = index >= op.States + op.Sequences;
            string name = isOuter ? node.In(index) : node.Model.Unique("step.in");
            inner.Values.Define(argument, name);
            if (!isOuter)
            {
                body.Input.Add(ValueInfos.Of(name, argument.Type.DataType, step.ShapeOf(argument)));
            }
        }

        inner.Translate();
        if (inner.Problems.Count > 0)
        {
            throw new NotSupportedException(string.Join("; ", inner.Problems));
        }

        foreach (Value output in step.Graph.Outputs)
        {
            string name = inner.Nodes.Add("Identity", [inner.Values.In(output)]);
            body.Output.Add(ValueInfos.Of(name, output.Type.DataType, step.ShapeOf(output)));
        }

        body.Node.AddRange(inner.Nodes.Nodes);
        return body;
    }
}
