using Google.Protobuf;
using Nabla.Formats;
using Nabla.Onnx.Operators;
using Nabla.Onnx.Protos;

namespace Nabla.Onnx;

/// <summary>A model file, parsed and checked.</summary>
internal sealed class LoadedModel
{
    private const string DefaultDomain = "ai.onnx";
    private const int MostNested = 200;

    private readonly Dictionary<string, int> opsets = [];
    private readonly Dictionary<(string Domain, string Name), FunctionProto> functions = [];

    private LoadedModel(ModelProto proto, string file, string? folder)
    {
        (Proto, File, Folder) = (proto, file, folder);
        foreach (OperatorSetIdProto opset in proto.OpsetImport)
        {
            opsets[Normalized(opset.Domain)] = NodeCall.Size(opset.Version);
        }

        foreach (FunctionProto function in proto.Functions)
        {
            functions[(Normalized(function.Domain), function.Name)] = function;
        }

        Initial = ReadInitial();
        Inputs = [.. Graph.Input.Where(input => !Initial.ContainsKey(input.Name))];
        Weights = Initial.Where(pair => pair.Value is TensorData).ToDictionary(pair => pair.Key, pair => ((TensorData)pair.Value).Tensor);
    }

    public ModelProto Proto { get; }

    public GraphProto Graph => Proto.Graph;

    /// <summary>The file as the user named it.</summary>
    public string File { get; }

    /// <summary>The folder that data outside the file lies in.</summary>
    public string? Folder { get; }

    /// <summary>The initializers by name.</summary>
    public Dictionary<string, OnnxData> Initial { get; }

    /// <summary>The initializers that are numbers, by name.</summary>
    public Dictionary<string, Tensor> Weights { get; }

    /// <summary>What the graph is given, weights left out.</summary>
    public IReadOnlyList<ValueInfoProto> Inputs { get; }

    /// <summary>The version of the operator set of each domain.</summary>
    public IReadOnlyDictionary<string, int> Opsets => opsets;

    /// <summary>All nodes, those of graphs within nodes and of the model's functions too.</summary>
    public IEnumerable<NodeProto> AllNodes => NodesWithin(Graph.Node).Concat(Proto.Functions.SelectMany(function => NodesWithin(function.Node)));

    /// <summary>Parses a file.</summary>
    /// <exception cref="InvalidFileException">It is no ONNX model.</exception>
    /// <exception cref="NotSupportedException">It has operators that are not there; the message names all of them.</exception>
    public static LoadedModel Parse(byte[] bytes, string file, string? folder)
    {
        LoadedModel model = Read(bytes, file, folder);
        model.RequireOperators();
        return model;
    }

    /// <summary>Parses a file, whatever operators it has.</summary>
    /// <exception cref="InvalidFileException">It is no ONNX model.</exception>
    public static LoadedModel Read(byte[] bytes, string file, string? folder)
    {
        ModelProto proto;
        using CodedInputStream input = CodedInputStream.CreateWithLimits(new MemoryStream(bytes), Math.Max(bytes.Length, 1), MostNested);
        try
        {
            proto = ModelProto.Parser.ParseFrom(input);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or ArgumentException)
        {
            throw new InvalidFileException(file, FilePosition.Byte(input.Position), "expected an ONNX model", error);
        }

        if (proto.Graph is null)
        {
            throw new InvalidFileException(file, FilePosition.None, "expected an ONNX model with a graph, got none");
        }

        return new LoadedModel(proto, file, folder);
    }

    /// <summary>The version of the operator set of a domain that the model asks for.</summary>
    public int OpsetOf(string domain) => opsets.GetValueOrDefault(Normalized(domain), 1);

    /// <summary>The element type of an input as the file has it; float32 where it does not say.</summary>
    public int TypeOfInput(int index) => Inputs[index].Type?.TensorType is { ElemType: > 0 and var type } ? type : OnnxTypes.Float;

    /// <summary>The function of the model that a node calls; null where it is an operator.</summary>
    public FunctionProto? FunctionOf(NodeProto node) => functions.GetValueOrDefault((Normalized(node.Domain), node.OpType));

    /// <summary>Whether a node is computed by an operator of the library or a function of the model.</summary>
    public bool Computes(NodeProto node) => FunctionOf(node) is not null || OperatorTable.Has(node);

    /// <summary>The name of a domain; the default one has two.</summary>
    public static string Normalized(string domain) => domain.Length == 0 ? DefaultDomain : domain;

    private Dictionary<string, OnnxData> ReadInitial()
    {
        Dictionary<string, OnnxData> weights = [];
        foreach (TensorProto tensor in Graph.Initializer)
        {
            if (!weights.TryAdd(tensor.Name, OnnxTensors.ReadData(tensor, File, Folder)))
            {
                throw new InvalidFileException(File, FilePosition.None, $"expected weights of different names, got '{tensor.Name}' twice");
            }
        }

        return weights;
    }

    private void RequireOperators()
    {
        string[] missing = [.. AllNodes.Where(node => !Computes(node))
            .Select(node => $"{NodeCall.Label(node)} (domain {Normalized(node.Domain)}, opset {OpsetOf(node.Domain)})")
            .Distinct()];
        if (missing.Length > 0)
        {
            throw new NotSupportedException($"{File}: these operators are not supported: {string.Join("; ", missing)}.");
        }
    }

    private static IEnumerable<NodeProto> NodesWithin(IEnumerable<NodeProto> nodes)
    {
        foreach (NodeProto node in nodes)
        {
            yield return node;
            foreach (NodeProto inner in node.Attribute.Where(attribute => attribute.G is not null).SelectMany(attribute => NodesWithin(attribute.G.Node)))
            {
                yield return inner;
            }
        }
    }
}
