using System.Globalization;
using Nabla.Conformance.Onnx;
using Nabla.Losses;
using Nabla.Onnx.Protos;
using Nabla.Optimizers;
using Nabla.Training;
using Nabla.Transforms;

namespace Nabla.Onnx.Tests;

/// <summary>Models that PyTorch exported (make_torch_models.py) give its outputs, gradients and the error after a step of training.</summary>
public sealed class TorchModelTests
{
    private const double Rate = 0.1;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Cases", "torch");

    public static TheoryData<string> Names => ["test_cnn", "test_bidirectional_lstm", "test_transformer_encoder"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Outputs_are_those_of_PyTorch_for_any_batch(string name)
    {
        CaseResult result = CaseRunner.Run(CaseOf(name));
        Assert.True(result.Outcome == CaseOutcome.Passed, result.Reason);
        OnnxModel model = OnnxModel.Parse(CaseOf(name).Model, name);
        foreach (string dataSet in CaseOf(name).DataSets)
        {
            Assert.True(model.Run(Read(name, dataSet, "input"))[0].AllClose(Read(name, dataSet, "output"), 1e-5));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_gradient_of_the_input_is_that_of_PyTorch(string name)
    {
        OnnxModel model = OnnxModel.Parse(CaseOf(name).Model, name);
        (Tensor input, Tensor target) = (Read(name, "test_data_set_0", "input"), Read(name, "test_data_set_0", "target"));
        (Tensor error, Tensor[] gradients) = Gradients.ValueAndGradient(() => (model.Compute(input)[0] - target).Square().Mean(), input);
        Assert.Equal(Losses(name)[0], error.ToDouble(), 1e-5);
        Assert.True(gradients[0].AllClose(Read(name, "test_data_set_0", "gradient"), 1e-5));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_step_of_training_leads_where_that_of_PyTorch_does(string name)
    {
        OnnxNetwork network = OnnxModel.Parse(CaseOf(name).Model, name).ToNetwork();
        (Tensor input, Tensor target) = (Read(name, "test_data_set_0", "input"), Read(name, "test_data_set_0", "target"));
        Trainer trainer = new(network, new MeanSquaredError(), new Sgd(Rate));
        trainer.Fit(input, target, new FitOptions { Epochs = 1, BatchSize = input.Shape[0] }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Losses(name)[1], (network.Forward(input) - target).Square().Mean().ToDouble(), 1e-5);
    }

    private static OnnxCase CaseOf(string name) => OnnxCases.Read(Folder).Single(item => item.Name == name);

    private static Tensor Read(string name, string dataSet, string kind) =>
        OnnxTensors.Read(TensorProto.Parser.ParseFrom(CaseOf(name).Messages(dataSet, kind)[0]), name);

    private static double[] Losses(string name) => [.. File.ReadAllText(Path.Combine(Folder, name, "losses.txt"))
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
}
