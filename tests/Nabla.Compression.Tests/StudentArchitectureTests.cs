using Nabla.Formats;
using Nabla.Layers;
using Nabla.Tests;

namespace Nabla.Compression.Tests;

public sealed class StudentArchitectureTests
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void A_convolutional_network_becomes_thinner(double share)
    {
        Sequential teacher = Digits();
        Sequential student = StudentArchitecture.Shrink(teacher, share, seed: 1);
        Assert.InRange((double)student.ParameterCount / teacher.ParameterCount, share * 0.85, share * 1.15);
        Assert.Equal(teacher.InputShape, student.InputShape);
        Assert.Equal(teacher.OutputShape, student.OutputShape);
        Assert.Equal(teacher.Layers.Select(layer => layer.Kind), student.Layers.Select(layer => layer.Kind));
    }

    [Fact]
    public void Heads_divide_the_features_of_a_thinner_transformer_and_residuals_fit()
    {
        Sequential teacher = new([6], 1, new TiedEmbedding(new Embedding(20, 32), new TransformerBlock(4, 64) { Causal = true, Positions = AttentionPositions.Rotary }));
        Sequential student = StudentArchitecture.Shrink(teacher, 0.3, seed: 1);
        Assert.Equal([6, 20], student.OutputShape);
        Assert.InRange((double)student.ParameterCount / teacher.ParameterCount, 0.1, 0.5);
        Assert.Equal([2, 6, 20], student.Forward(Tensor.Zeros([2, 6], DataType.Int32)).Shape);
    }

    [Fact]
    public void Residual_blocks_keep_fitting()
    {
        Sequential teacher = new(
            [8, 8, 3], 1, new Conv2D(16, 3, padding: Padding.Same), new Residual(new Chain(new Conv2D(16, 3, padding: Padding.Same), new BatchNorm())), new GlobalAveragePool2D(), new Dense(4));
        Sequential student = StudentArchitecture.Shrink(teacher, 0.25, seed: 1);
        Assert.Equal([2, 4], student.Forward(Tensor.Zeros([2, 8, 8, 3])).Shape);
        Assert.InRange((double)student.ParameterCount / teacher.ParameterCount, 0.15, 0.35);
    }

    [Fact]
    public void The_same_architecture_begins_with_other_weights()
    {
        Sequential teacher = Digits();
        Sequential student = StudentArchitecture.Renew(teacher, seed: 9);
        Assert.Equal(teacher.State().Keys, student.State().Keys);
        Assert.NotEqual(teacher.State()["0.kernel"].ToArray<float>(), student.State()["0.kernel"].ToArray<float>());
    }

    [Fact]
    public void An_architecture_is_read_from_a_file_of_its_own_or_of_a_model()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("student.json", """{"inputShape": [4], "layers": [{"kind": "Dense", "units": 2, "activation": "Relu"}, {"kind": "Dense", "units": 3}]}""");
        Assert.Equal((4 * 2) + 2 + (2 * 3) + 3, StudentArchitecture.Read(file, seed: 1).ParameterCount);
        ModelFolder.Save(folder.File("model"), new SavedModel("digits", Digits()));
        Assert.Equal(Digits().ParameterCount, StudentArchitecture.Read(folder.File("model/model.json"), seed: 1).ParameterCount);
    }

    [Theory]
    [InlineData("[]", "expected an object with 'inputShape' and 'layers'")]
    [InlineData("""{"inputShape": [4], "layers": [{"kind": "Danse"}]}""", "got 'Danse'")]
    [InlineData("""{"inputShape": [4], "layers": [3]}""", "expected layers that are objects")]
    [InlineData("""{"inputShape": ["a"], "layers": []}""", "student.json")]
    [InlineData("{", "student.json")]
    public void A_file_that_describes_no_network_says_so(string json, string problem)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("student.json", json);
        Assert.Contains(problem, Assert.Throws<InvalidFileException>(() => StudentArchitecture.Read(file, seed: 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_traced_graph_has_no_architecture_to_make_thinner()
    {
        Sequential network = new([4], 1, GraphLayer.Trace(new Sequential([4], 1, new Dense(3)), [4]));
        Assert.Contains("traced graph", Assert.Throws<ArgumentException>(() => StudentArchitecture.Shrink(network, 0.1, seed: 1)).Message, StringComparison.Ordinal);
    }

    private static Sequential Digits() => new(
        [28, 28, 1], 1, new Conv2D(32, 3, ActivationKind.Relu), new MaxPool2D(2), new Conv2D(64, 3, ActivationKind.Relu), new MaxPool2D(2), new Flatten(),
        new Dense(64, ActivationKind.Relu), new Dense(10, ActivationKind.Softmax));
}
