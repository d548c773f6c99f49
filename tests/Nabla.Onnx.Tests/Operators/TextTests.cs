using Nabla.Onnx.Protos;

namespace Nabla.Onnx.Tests.Operators;

/// <summary>Models of strings.</summary>
public sealed class TextTests
{
    [Fact]
    public void Numbers_that_are_written_read_as_themselves()
    {
        byte[] bytes = Models.Of(
            19, ["x"], ["y"], [Models.Node("Cast", ["x"], ["s"], Models.Int("to", OnnxTypes.Text)), Models.Node("Cast", ["s"], ["y"], Models.Int("to", OnnxTypes.Float))]);
        float[] values = [0.1f, -1e-30f, 3e38f, float.NaN, float.NegativeInfinity, 16777217f];
        Assert.Equal(values, OnnxModel.Parse(bytes, "words.onnx").Compute(Tensor.From(values))[0].ToArray<float>());
    }

    [Fact]
    public void Words_are_split_without_the_white_space_between_them()
    {
        OnnxModel model = OnnxModel.Parse(Models.OfNode("StringSplit", 1, 20, 2, Models.Int("maxsplit", 2)), "split.onnx");
        OnnxData[] results = model.ComputeData([new TextData(["  one two   three four ", ""], [2])]);
        Assert.Equal(["one", "two", "three four", "", "", ""], Assert.IsType<TextData>(results[0]).Elements);
        Assert.Equal([3L, 0L], Assert.IsType<TensorData>(results[1]).Tensor.ToArray<long>());
    }

    [Fact]
    public void A_pattern_that_is_none_is_named()
    {
        AttributeProto pattern = new() { Name = "pattern", S = Google.Protobuf.ByteString.CopyFromUtf8("(a"), Type = AttributeProto.Types.AttributeType.String };
        OnnxModel model = OnnxModel.Parse(Models.OfNode("RegexFullMatch", 1, 20, 1, pattern), "pattern.onnx");
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.ComputeData([new TextData(["a"], [1])]));
        Assert.Contains("'(a'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Strings_where_numbers_are_needed_are_named()
    {
        OnnxModel model = OnnxModel.Parse(Models.OfNode("Relu", 1), "relu.onnx");
        ArgumentException error = Assert.Throws<ArgumentException>(() => model.ComputeData([new TextData(["a"], [1])]));
        Assert.Contains("expects a tensor of numbers as input 0 but got a tensor of string [1]", error.Message, StringComparison.Ordinal);
    }
}
