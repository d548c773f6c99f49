using Nabla.Graphs;
using Nabla.Graphs.Free;
using Nabla.Onnx.Export.Translations;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Export;

/// <summary>Makes the model of a graph.</summary>
internal sealed class ModelExport
{
    // The oldest intermediate representation that has each operator set.
    private static readonly (int Opset, int Representation)[] Representations = [(21, 10), (19, 9), (15, 8), (0, 7)];

    private readonly FreeGraph graph;
    private readonly OnnxExportOptions options;
    private readonly ModelWriter model;
    private readonly GraphTranslator translator;
    private readonly string[] inputs;
    private readonly string[] outputs;

    private ModelExport(FreeGraph graph, OnnxExportOptions options)
    {
        (this.graph, this.options) = (graph, options);
        model = new ModelWriter(options.Opset);
        inputs = [.. graph.Graph.Arguments.Select(argument => model.Unique(argument.Name))];
        outputs = [.. OutputNames().Select(model.Unique)];
        translator = new GraphTranslator(graph, new SizeWriter(model, Sources()), new NodeWriter(model, []), options.Quantized);
    }

    /// <summary>The model of a graph; its weights are the initializers, without their data.</summary>
    /// <exception cref="NotSupportedException">There are ops that cannot be written; the message names all of them.</exception>
    public static UnwrittenModel Of(FreeGraph graph, OnnxExportOptions options, IReadOnlyDictionary<string, string> metadata) =>
        new ModelExport(graph, options).Run(metadata);

    private UnwrittenModel Run(IReadOnlyDictionary<string, string> metadata)
    {
        foreach ((int index, Argument argument) in graph.Graph.Arguments.Index())
        {
            translator.Values.Define(argument, inputs[index], FormOf(argument));
        }

        translator.Translate();
        if (translator.Problems.Count > 0)
        {
            throw new NotSupportedException($"The model cannot be written for ONNX: {string.Join("; ", translator.Problems.Distinct())}.");
        }

        GraphProto proto = new() { Name = options.Name ?? "network" };
        proto.Node.AddRange(Nodes());
        proto.Input.AddRange(graph.Graph.Arguments.Select((argument, index) => Describe(inputs[index], argument)));
        proto.Output.AddRange(graph.Graph.Outputs.Select((output, index) => Describe(outputs[index], output)));
        HashSet<string> read = [.. proto.Node.SelectMany(UsedNodes.Names)];
        return new UnwrittenModel(Wrap(proto, metadata), [.. model.Weights.Where(weight => read.Contains(weight.Key))]);
    }

    private ModelProto Wrap(GraphProto proto, IReadOnlyDictionary<string, string> metadata)
    {
        ModelProto wrapped = new()
        {
            IrVersion = Representations.First(version => options.Opset >= version.Opset).Representation,
            ProducerName = "nabla",
            ProducerVersion = typeof(ModelExport).Assembly.GetName().Version?.ToString(3) ?? "",
            Graph = proto,
        };
        wrapped.OpsetImport.Add(new OperatorSetIdProto { Version = options.Opset });
        wrapped.MetadataProps.AddRange(metadata.Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }));
        return wrapped;
    }

    // A result gets the name of the output that it is; what is an output twice, or an input or a weight, is handed through.
    private List<NodeProto> Nodes()
    {
        List<NodeProto> nodes = translator.Nodes.Nodes;
        string[] names = [.. graph.Graph.Outputs.Select(output => translator.Values.In(output, FormOf(output) ?? StoredValues.Natural(output.Type.Shape.Rank)))];
        Dictionary<string, string> renamed = [];
        foreach ((string name, string output) in names.Zip(outputs))
        {
            if (!renamed.ContainsKey(name) && nodes.Any(node => node.Output.Contains(name)))
            {
                UsedNodes.Rename(nodes, name, output);
                renamed[name] = output;
            }
            else
            {
                NodeProto handed = new() { OpType = "Identity", Name = model.Unique("Identity") };
                handed.Input.Add(renamed.GetValueOrDefault(name, name));
                handed.Output.Add(output);
                nodes.Add(handed);
            }
        }

        return UsedNodes.Of([.. model.Prologue, .. nodes], outputs);
    }

    private IEnumerable<string> OutputNames()
    {
        int count = graph.Graph.Outputs.Count;
        return options.Outputs.Count == count ? options.Outputs
            : options.Outputs.Count > 0 ? throw new ArgumentException($"The model has {count} outputs but got {options.Outputs.Count} names for them.")
            : count == 1 ? ["output"]
            : Enumerable.Range(0, count).Select(index => $"output{index}");
    }

    private Dictionary<string, (string Input, int Axis)> Sources()
    {
        Dictionary<string, (string Input, int Axis)> sources = [];
        foreach ((int index, Argument argument) in graph.Graph.Arguments.Index())
        {
            foreach ((int axis, FreeSize size) in Turned(argument).Index())
            {
                if (size.Name is { } name)
                {
                    sources.TryAdd(name, (inputs[index], axis));
                }
            }
        }

        return sources;
    }

    private Shape? FormOf(Value value) =>
        options.ChannelsFirst && value.Type.Shape.Rank == ConvolutionTranslations.ChannelsFirst.Rank ? ConvolutionTranslations.ChannelsFirst : null;

    private IEnumerable<FreeSize> Turned(Value value)
    {
        FreeShape shape = graph.ShapeOf(value);
        return FormOf(value) is { } form ? form.Select(axis => shape[axis]) : shape;
    }

    private ValueInfoProto Describe(string name, Value value) => ValueInfos.Of(name, value.Type.DataType, Turned(value));
}

/// <summary>A model whose weights are not in it yet.</summary>
/// <param name="Proto">The model.</param>
/// <param name="Weights">The weights by name.</param>
internal sealed record UnwrittenModel(ModelProto Proto, IReadOnlyList<KeyValuePair<string, Tensor>> Weights);
