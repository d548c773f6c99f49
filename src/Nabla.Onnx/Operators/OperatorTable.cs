using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Operators;

/// <summary>Computes the results of a node; null stands for a result that nobody asks for.</summary>
internal delegate Tensor?[] Operator(NodeCall call);

/// <summary>As <see cref="Operator"/>, with the element types of the results, or with values of other kinds.</summary>
internal delegate OnnxData?[] DataOperator(NodeCall call);

/// <summary>The operators of the default domain by name. Each family adds its own.</summary>
internal static class OperatorTable
{
    // Operators whose results are counts and places: they do not take over the element type of an input.
    private static readonly HashSet<string> Counting = ["ArgMax", "ArgMin", "NonMaxSuppression", "NonZero", "Shape", "Size"];
    // Operators whose first result are elements, the others places.
    private static readonly HashSet<string> Ordering = ["TopK", "Unique"];
    private static readonly Dictionary<string, DataOperator> Operators = Build();

    /// <summary>The names of all operators.</summary>
    public static IReadOnlyCollection<string> Names => Operators.Keys;

    public static bool Has(NodeProto node) => IsDefault(node) && Operators.ContainsKey(node.OpType);

    public static DataOperator Find(NodeProto node) => Has(node)
        ? Operators[node.OpType]
        : throw new NotSupportedException($"The operator {NodeCall.Label(node)} is not supported.");

    /// <summary>An operator of one result.</summary>
    internal static Operator One(Func<NodeCall, Tensor> function) => call => [function(call)];

    /// <summary>An operator of one result, with its element type.</summary>
    internal static DataOperator OneData(Func<NodeCall, OnnxData> function) => call => [function(call)];

    private static bool IsDefault(NodeProto node) => node.Domain is "" or "ai.onnx";

    private static Dictionary<string, DataOperator> Build()
    {
        Dictionary<string, DataOperator> operators = [];
        foreach ((string name, Operator function) in new[]
        {
            ElementwiseOperators.All, ActivationOperators.All, ReductionOperators.All, ShapeOperators.All, IndexOperators.All, ConstantOperators.All,
            ConvolutionOperators.All, PoolingOperators.All, NormalizationOperators.All, ProductOperators.All, ResizeOperators.All, SamplingOperators.All,
            RecurrentOperators.All, LossOperators.All, AttentionOperators.All, SelectionOperators.All,
        }.SelectMany(family => family))
        {
            operators.Add(name, WithTypes(name, function));
        }

        foreach ((string name, DataOperator function) in new[]
        {
            CastOperators.All, ControlOperators.All, FilledOperators.All, QuantizedOperators.All, QuantizationOperators.All, SequenceOperators.All,
            TextOperators.All, GramCounts.All,
        }.SelectMany(family => family))
        {
            operators.Add(name, function);
        }

        return operators;
    }

    private static DataOperator WithTypes(string name, Operator function) => call =>
        [.. function(call).Select((result, index) => result is null ? null
            : Counting.Contains(name) || (index > 0 && Ordering.Contains(name)) ? TensorData.Of(result) : call.LikeInputs(result))];
}
