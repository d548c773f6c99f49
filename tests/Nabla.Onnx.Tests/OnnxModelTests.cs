using Google.Protobuf;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Losses;
using Nabla.Onnx.Protos;
using Nabla.Optimizers;
using Nabla.Tests;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Onnx.Tests;

/// <summary>Models that are read, run, compiled, differentiated and trained further.</summary>
public sealed class OnnxModelTests
{
    private static readonly float[] Kernel = [1, 0, -1, 2, 0, -2, 1, 0, -1];

    [Fact]
    public void A_model_runs_node_by_node_and_compiled_with_one_result()
    {
        OnnxModel model = OnnxModel.Parse(Edges(), "edges.onnx");
        Tensor image = Tensor.From([.. Enumerable.Range(0, 30).Select(index => (float)(index % 7))], [1, 1, 5, 6]);
        Tensor expected = image.Transpose(0, 2, 3, 1)
            .Conv2D(Tensor.From(Kernel, [3, 3, 1, 1]), Tensor.From(0.5f), padding: 1).Relu().MaxPool2D(2).Transpose(0, 3, 1, 2);
        Assert.True(model.Compute(image)[0].AllClose(expected, 1e-6));
        Assert.True(model.Run(image)[0].AllClose(expected, 1e-6));
        Assert.Equal(["x"], model.Inputs.Select(input => input.Name));
        Assert.Equal(17, model.Opset);
    }

    [Fact]
    public void A_model_that_is_read_has_gradients()
    {
        OnnxModel model = OnnxModel.Parse(Edges(), "edges.onnx");
        Tensor image = Tensor.From([.. Enumerable.Range(0, 30).Select(index => MathF.Sin(index))], [1, 1, 5, 6]);
        (Tensor value, Tensor[] gradients) = Gradients.ValueAndGradient(() => model.Compute(image)[0].Sum(), image);
        const float Step = 1e-2f;
        float[] pixels = image.ToArray<float>();
        pixels[14] += Step;
        Tensor moved = model.Compute(Tensor.From(pixels, image.Shape))[0].Sum();
        Assert.Equal((moved.ToDouble() - value.ToDouble()) / Step, gradients[0].ToArray<float>()[14], 1e-2);
    }

    [Fact]
    public void A_model_becomes_a_graph_that_a_folder_keeps()
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(Models.Of(13, ["x"], ["y", "z"], [Models.Node("Relu", ["x"], ["y"]), Models.Node("Neg", ["x"], ["z"])]));
        TensorShapeProto shape = new();
        shape.Dim.AddRange([new TensorShapeProto.Types.Dimension { DimParam = "N" }, new TensorShapeProto.Types.Dimension { DimValue = 3 }]);
        proto.Graph.Input[0].Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = OnnxTypes.Float, Shape = shape } };
        OnnxModel model = OnnxModel.Parse(proto.ToByteArray(), "two.onnx");
        using TemporaryFolder folder = new();
        string path = folder.File("digits");
        GraphNetwork graph = model.ToGraph(sizes: new Dictionary<string, int> { ["N"] = 1 });
        ModelFolder.Save(path, new SavedGraph("digits", graph));
        Tensor[] outputs = ModelFolder.LoadGraph(path).Network.Compute(Tensor.From([1f, -2, 3], [1, 3]));
        Assert.Equal([[1f, 0, 3], [-1f, 2, -3]], outputs.Select(output => output.ToArray<float>()));
        Assert.Equal(["N"], model.OpenSizes);
        Assert.Equal([-1, 3], model.ToGraph().Outputs[0].Dimensions);
        Assert.Equal([-1f, 2, -3], model.ToNetwork("z").Forward(Tensor.From([1f, -2, 3], [1, 3])).ToArray<float>());
        Assert.Contains("has no output 'q': it has y, z", Assert.Throws<ArgumentException>(() => model.ToNetwork("q")).Message, StringComparison.Ordinal);
        Assert.Contains("has no size 'M': it has N", Assert.Throws<ArgumentException>(() => model.ToGraph(new Dictionary<string, int> { ["M"] = 1 })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_trained_further()
    {
        NodeProto product = Models.Node("Gemm", ["x", "layer.weight", "layer.bias"], ["y"]);
        byte[] bytes = Models.Of(17, ["x"], ["y"], [product], Models.Weight("layer.weight", [0.1f, 0.2f], 2, 1), Models.Weight("layer.bias", [0], 1));
        OnnxNetwork network = OnnxModel.Parse(bytes, "line.onnx").ToNetwork();
        Assert.Equal(["layer/weight", "layer/bias"], network.NamedParameters.Select(pair => pair.Key));
        Tensor inputs = Tensor.From([.. Enumerable.Range(0, 64).Select(index => (float)Math.Sin(index))], [32, 2]);
        Tensor targets = inputs.MatMul(Tensor.From([3f, -1f], [2, 1])) + 0.5;
        Trainer trainer = new(network, new MeanSquaredError(), new Adam(0.1));
        trainer.Fit(inputs, targets, new FitOptions { Epochs = 80, BatchSize = 32 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([3f, -1f], network.Parameters[0].Value.ToArray<float>(), (left, right) => Math.Abs(left - right) < 0.05);
    }

    [Fact]
    public void The_code_of_the_guide_runs()
    {
        byte[] bytes = Edges();
        Tensor image = Tensor.Ones([1, 1, 5, 6]);
        OnnxModel model = OnnxModel.Parse(bytes, "digits.onnx");
        Tensor scores = model.Run(image)[0];
        Assert.Equal([1, 1, 2, 3], scores.Shape);
        OnnxNetwork network = model.ToNetwork();
        Trainer trainer = new(network, new MeanSquaredError(), new Adam(0.01));
        History history = trainer.Fit(image, scores, new FitOptions { Epochs = 1 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(0, history.Epochs[0].Train.Loss, 1e-9);
    }

    [Fact]
    public void Branches_and_loops_are_computed()
    {
        AttributeProto body = new() { Name = "body", Type = AttributeProto.Types.AttributeType.Graph, G = new GraphProto() };
        body.G.Input.AddRange(new[] { "round", "go", "sum" }.Select(name => new ValueInfoProto { Name = name }));
        body.G.Node.Add(Models.Node("Add", ["sum", "x1"], ["next"]));
        body.G.Node.Add(Models.Node("Identity", ["go"], ["goes"]));
        body.G.Output.AddRange(new[] { "goes", "next", "next" }.Select(name => new ValueInfoProto { Name = name }));
        TensorProto rounds = new() { Name = "rounds", DataType = OnnxTypes.Int64 };
        rounds.Int64Data.Add(3);
        byte[] bytes = Models.Of(17, ["x0", "x1"], ["last", "all"], [Models.Node("Loop", ["rounds", "", "x0"], ["last", "all"], body)], rounds);
        Tensor[] results = OnnxModel.Parse(bytes, "loop.onnx").Compute(Tensor.From(1f, 2f), Tensor.From(10f, 20f));
        Assert.Equal([31f, 62f], results[0].ToArray<float>());
        Assert.Equal([3, 2], results[1].Shape);
        Assert.Equal([11f, 22f, 21f, 42f, 31f, 62f], results[1].ToArray<float>());
    }

    [Fact]
    public void Missing_operators_are_named_all_at_once()
    {
        byte[] bytes = Models.Of(
            17, ["x"], ["y"], [Models.Node("Relu", ["x"], ["a"]), Models.Node("Frobnicate", ["a"], ["b"]), Models.Node("Twist", ["b"], ["y"])]);
        NotSupportedException error = Assert.Throws<NotSupportedException>(() => OnnxModel.Parse(bytes, "odd.onnx"));
        Assert.Contains("Frobnicate 'frobnicate_node' (domain ai.onnx, opset 17)", error.Message, StringComparison.Ordinal);
        Assert.Contains("Twist", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Relu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_inputs_are_refused_with_both_shapes()
    {
        ModelProto proto = ModelProto.Parser.ParseFrom(Models.OfNode("Relu", 1));
        TypeProto.Types.Tensor type = new() { ElemType = OnnxTypes.Float, Shape = new TensorShapeProto() };
        type.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        type.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = 3 });
        proto.Graph.Input[0].Type = new TypeProto { TensorType = type };
        OnnxModel model = OnnxModel.Parse(Google.Protobuf.MessageExtensions.ToByteArray(proto), "relu.onnx");
        Assert.Equal([7, 3], model.Run(Tensor.Ones([7, 3]))[0].Shape);
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.Compute(Tensor.Ones([7, 4])));
        Assert.Contains("'x0' float32 [?, 3]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[7, 4]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_official_cases_pass_where_they_are_there()
    {
        string? archive = Environment.GetEnvironmentVariable("NABLA_ONNX_TESTS");
        Assert.SkipWhen(archive is null, "NABLA_ONNX_TESTS names no folder or archive of the official ONNX test cases.");
        Conformance.Onnx.CaseResult[] failed = [.. Conformance.Onnx.OnnxCases.Read(archive!)
            .Select(Conformance.Onnx.CaseRunner.Run)
            .Where(result => result.Outcome == Conformance.Onnx.CaseOutcome.Failed)];
        Assert.True(failed.Length == 0, string.Join('\n', failed.Select(result => $"{result.Case.Name}: {result.Reason}")));
    }

    private static byte[] Edges() => Models.Of(
        17, ["x"], ["y"],
        [
            Models.Node("Conv", ["x", "kernel", "bias"], ["edges"], Models.Ints("pads", 1, 1, 1, 1)),
            Models.Node("Relu", ["edges"], ["lit"]),
            Models.Node("MaxPool", ["lit"], ["y"], Models.Ints("kernel_shape", 2, 2), Models.Ints("strides", 2, 2)),
        ],
        Models.Weight("kernel", Kernel, 1, 1, 3, 3), Models.Weight("bias", [0.5f], 1));
}
