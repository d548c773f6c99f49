using Google.Protobuf;
using Nabla.Formats;
using Nabla.Onnx.Protos;
using Nabla.Tests;

namespace Nabla.Onnx.Tests;

/// <summary>Files that are no models, or lie.</summary>
public sealed class BadFileTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    [InlineData(60)]
    public void A_file_that_ends_too_early_is_one_error(int length)
    {
        byte[] bytes = Models.Of(17, ["x"], ["y"], [Models.Node("MatMul", ["x", "w"], ["y"])], Models.Weight("w", [1, 2, 3, 4], 2, 2));
        Assert.ThrowsAny<Exception>(() => OnnxModel.Parse(bytes[..length], "short.onnx").Compute(Tensor.Ones([1, 2])));
        Exception? error = Record.Exception(() => OnnxModel.Parse(bytes[..length], "short.onnx"));
        Assert.True(error is null or InvalidFileException or NotSupportedException, $"{error}");
    }

    [Fact]
    public void Any_changed_byte_gives_a_model_or_a_typed_error()
    {
        byte[] bytes = Models.Of(17, ["x"], ["y"], [Models.Node("MatMul", ["x", "w"], ["y"])], Models.Weight("w", [1, 2, 3, 4], 2, 2));
        Random random = new(1);
        for (int round = 0; round < 2000; round++)
        {
            byte[] changed = [.. bytes];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Exception? error = Record.Exception(() => OnnxModel.Parse(changed, "changed.onnx"));
            Assert.True(error is null or InvalidFileException or NotSupportedException, $"{error}");
        }
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, "expected 6 elements for [2, 3], got 4")]
    [InlineData(new long[] { -1, 4 }, "expected dimensions whose product is at most")]
    [InlineData(new[] { long.MaxValue, 4 }, "expected dimensions whose product is at most")]
    [InlineData(new long[] { 1 << 20, 1 << 20 }, "expected dimensions whose product is at most")]
    public void A_tensor_that_claims_another_size_is_refused(long[] dimensions, string problem)
    {
        byte[] bytes = Models.Of(17, ["x"], ["y"], [Models.Node("MatMul", ["x", "w"], ["y"])], Models.Weight("w", [1, 2, 3, 4], dimensions));
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => OnnxModel.Parse(bytes, "bad.onnx"));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("'w'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../secret.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("a/../../secret.bin")]
    [InlineData("link.bin")]
    [InlineData("missing.bin")]
    [InlineData("")]
    public void Data_outside_of_the_model_stays_in_its_folder(string location)
    {
        using TemporaryFolder folder = new();
        string models = folder.File("models");
        Directory.CreateDirectory(models);
        File.WriteAllBytes(folder.File("secret.bin"), new byte[16]);
        File.CreateSymbolicLink(Path.Combine(models, "link.bin"), folder.File("secret.bin"));
        File.WriteAllBytes(Path.Combine(models, "model.onnx"), WithExternal(location, length: null));
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => OnnxModel.Load(Path.Combine(models, "model.onnx")));
        Assert.Contains("expected a file in the model's folder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_beside_the_model_is_read_within_its_bounds()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("model.onnx");
        File.WriteAllBytes(folder.File("data.bin"), [.. new byte[8], .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)]);
        File.WriteAllBytes(path, WithExternal("data.bin", "8", offset: "8"));
        Assert.Equal([3f], OnnxModel.Load(path).Compute(Tensor.Ones([1, 2]))[0].ToArray<float>());
        File.WriteAllBytes(path, WithExternal("data.bin", "800", offset: "8"));
        Assert.Throws<InvalidFileException>(() => OnnxModel.Load(path));
        File.WriteAllBytes(path, WithExternal("data.bin", "many", offset: "8"));
        Assert.Throws<InvalidFileException>(() => OnnxModel.Load(path));
    }

    [Fact]
    public void Graphs_within_graphs_have_an_end()
    {
        GraphProto inner = new();
        for (int depth = 0; depth < 400; depth++)
        {
            GraphProto outer = new();
            outer.Node.Add(Models.Node("If", ["x"], ["y"], new AttributeProto { Name = "then_branch", G = inner, Type = AttributeProto.Types.AttributeType.Graph }));
            inner = outer;
        }

        byte[] bytes = new ModelProto { Graph = inner }.ToByteArray();
        Assert.Throws<InvalidFileException>(() => OnnxModel.Parse(bytes, "deep.onnx"));
    }

    [Fact]
    public void A_value_that_nobody_made_is_named()
    {
        byte[] bytes = Models.Of(17, ["x"], ["y"], [Models.Node("Add", ["x", "ghost"], ["y"])]);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => OnnxModel.Parse(bytes, "ghost.onnx").Compute(Tensor.Ones([1])));
        Assert.Contains("'ghost'", error.Message, StringComparison.Ordinal);
    }

    private static byte[] WithExternal(string location, string? length, string? offset = null)
    {
        TensorProto weight = new() { Name = "w", DataType = OnnxTypes.Float, DataLocation = TensorProto.Types.DataLocation.External };
        weight.Dims.AddRange([2, 1]);
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        if (length is not null)
        {
            weight.ExternalData.Add(new StringStringEntryProto { Key = "length", Value = length });
        }

        if (offset is not null)
        {
            weight.ExternalData.Add(new StringStringEntryProto { Key = "offset", Value = offset });
        }

        return Models.Of(17, ["x"], ["y"], [Models.Node("MatMul", ["x", "w"], ["y"])], weight);
    }
}
