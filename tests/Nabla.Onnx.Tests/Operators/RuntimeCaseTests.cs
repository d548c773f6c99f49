using Nabla.Conformance.Onnx;

namespace Nabla.Onnx.Tests.Operators;

/// <summary>
/// Operators and forms of them that the official cases do not have, against what ONNX Runtime computed (<c>Nabla.Conformance onnx-golden</c>): node by node
/// and as a compiled graph.
/// </summary>
public sealed class RuntimeCaseTests
{
    // The number of results, or their order, depends on values: such operators run node by node alone.
    private static readonly string[] Uncompiled =
    [
        "test_nonzero", "test_nonmaxsuppression_classes", "test_nonmaxsuppression_centres", "test_topk_opset7", "test_topk_opset10", "test_topk_smallest",
    ];

    private static readonly Lazy<IReadOnlyList<OnnxCase>> Cases = new(() => OnnxCases.Read(Path.Combine(AppContext.BaseDirectory, "Cases", "runtime.tar.gz")));

    public static TheoryData<string> Names => [.. Cases.Value.Select(item => item.Name)];

    public static TheoryData<string> Compiled => [.. Cases.Value.Select(item => item.Name).Except(Uncompiled)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Results_are_those_of_ONNX_Runtime(string name)
    {
        CaseResult result = CaseRunner.Run(Find(name));
        Assert.True(result.Outcome == CaseOutcome.Passed, result.Reason);
    }

    [Theory]
    [MemberData(nameof(Compiled))]
    public void A_compiled_graph_gives_the_same_as_the_nodes(string name)
    {
        OnnxCase item = Find(name);
        OnnxModel model = OnnxModel.Parse(item.Model, name);
        Tensor[] inputs = [.. item.Messages("test_data_set_0", "input").Select(message => OnnxTensors.Read(Protos.TensorProto.Parser.ParseFrom(message), name))];
        (Tensor[] nodes, Tensor[] graph) = (model.Compute(inputs), model.Run(inputs));
        Assert.Equal(nodes.Select(tensor => tensor.Type), graph.Select(tensor => tensor.Type));
        Assert.All(nodes.Zip(graph), pair => Assert.True(pair.First.To(DataType.Float64).AllClose(pair.Second.To(DataType.Float64), 1e-5)));
    }

    private static OnnxCase Find(string name) => Cases.Value.Single(item => item.Name == name);
}
