using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Operators;

/// <summary>Computes the results of a node; null stands for a result that nobody asks for.</summary>
internal delegate Tensor?[] Operator(NodeCall call);

/// <summary>The operators of the default domain by name. Each family adds its own.</summary>
internal static class OperatorTable
{
    private static readonly Dictionary<string, Operator> Operators = Build();

    /// <summary>The names of all operators.</summary>
    public static IReadOnlyCollection<string> Names => Operators.Keys;

    public static bool Has(NodeProto node) => IsDefault(node) && Operators.ContainsKey(node.OpType);

    public static Operator Find(NodeProto node) => Has(node)
        ? Operators[node.OpType]
        : throw new NotSupportedException($"The operator {NodeCall.Label(node)} is not supported.");

    /// <summary>An operator of one result.</summary>
    internal static Operator One(Func<NodeCall, Tensor> function) => call => [function(call)];

    private static bool IsDefault(NodeProto node) => node.Domain is "" or "ai.onnx";

    private static Dictionary<string, Operator> Build()
    {
        Dictionary<string, Operator> operators = [];
        foreach (IEnumerable<KeyValuePair<string, Operator>> family in new[]
        {
            ElementwiseOperators.All, ActivationOperators.All, ReductionOperators.All, ShapeOperators.All, IndexOperators.All, ConstantOperators.All,
            ConvolutionOperators.All, PoolingOperators.All, NormalizationOperators.All, ProductOperators.All, ResizeOperators.All, SamplingOperators.All,
            RecurrentOperators.All, LossOperators.All, ControlOperators.All, AttentionOperators.All, SelectionOperators.All,
        })
        {
            foreach ((string name, Operator function) in family)
            {
                operators.Add(name, function);
            }
        }

        return operators;
    }
}
