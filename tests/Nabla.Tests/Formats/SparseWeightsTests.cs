using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Tests.Formats;

public sealed class SparseWeightsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("model")]
    [InlineData("model.nabla")]
    public void Weights_with_many_zeros_take_little_room_and_come_back_to_the_bit(string name)
    {
        float[] values = new float[40 * 30];
        values[3] = -0f;
        values[7] = float.NaN;
        values[8] = float.PositiveInfinity;
        values[1199] = 1e-40f;
        Sequential network = Network(values);
        ModelFolder.Save(folder.File(name), new SavedModel("sparse", network));
        Sequential loaded = ModelFolder.Load(folder.File(name)).Network;
        Assert.Equal(
            values.Select(BitConverter.SingleToUInt32Bits), loaded.State()["0.kernel"].ToArray<float>().Select(BitConverter.SingleToUInt32Bits));
        Assert.Equal(loaded.State().Values.Select(tensor => tensor.Type), ModelFolder.Outline(folder.File(name)).Network.State().Values.Select(tensor => tensor.Type));
        string file = folder.File(Directory.Exists(folder.File(name)) ? "model/weights.safetensors" : name);
        Assert.InRange(new FileInfo(file).Length, 0, 3000);
    }

    [Fact]
    public void The_file_has_a_bit_for_each_element_the_lowest_first_and_the_values_in_order()
    {
        float[] values = new float[40 * 30];
        (values[0], values[9], values[1198]) = (1, 2, 3);
        ModelFolder.Save(folder.File("model"), new SavedModel("sparse", Network(values)));
        SafetensorsFile file = Safetensors.Read(folder.File("model/weights.safetensors"));
        byte[] mask = file["0.kernel.sparse_mask"].ToArray<byte>();
        Assert.Equal((150, 1, 2, 64), (mask.Length, mask[0], mask[1], mask[149]));
        Assert.Equal([1f, 2f, 3f], file["0.kernel.sparse_values"].ToArray<float>());
        Assert.Equal("40,30", file.Metadata["nabla.sparse.0.kernel"]);
        Assert.DoesNotContain("0.kernel", file.Keys);
    }

    [Fact]
    public void Weights_that_would_not_become_smaller_stay_as_they_are()
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("dense", Network([.. Enumerable.Range(0, 1200).Select(index => index % 5 == 0 ? 0f : 1f)])));
        SafetensorsFile file = Safetensors.Read(folder.File("model/weights.safetensors"));
        Assert.Equal(["0.kernel", "0.bias"], file.Keys);
        Assert.Empty(file.Metadata);
    }

    [Theory]
    [InlineData("40,30", 150, 3, "UInt8", false, "expected as many of '0.kernel.sparse_values' as '0.kernel.sparse_mask' has bits set, 2, got 3")]
    [InlineData("40,30", 149, 2, "UInt8", false, "expected '0.kernel.sparse_mask' as uint8 [150] for a tensor of shape [40, 30], got uint8[149]")]
    [InlineData("40,30", 150, 2, "Int32", false, "expected '0.kernel.sparse_mask' as uint8 [150]")]
    [InlineData("40,x", 150, 2, "UInt8", false, "expected the shape of the sparse '0.kernel' as at most 16 sizes with commas between, got '40,x'")]
    [InlineData("65536,65536,65536", 150, 2, "UInt8", false, "expected the shape of the sparse '0.kernel'")]
    [InlineData("2147483647", 150, 2, "UInt8", false, "expected '0.kernel.sparse_mask' as uint8 [268435456]")]
    [InlineData("-40,-30", 150, 2, "UInt8", false, "expected the shape of the sparse '0.kernel'")]
    [InlineData("1,1197", 150, 2, "UInt8", false, "expected no bits of '0.kernel.sparse_mask' set behind its 1197 elements")]
    [InlineData("40,30", 150, -1, "UInt8", false, "expected tensor '0.kernel.sparse_values' of the sparse '0.kernel', got none")]
    [InlineData("40,30", 0, 2, "UInt8", false, "expected tensor '0.kernel.sparse_mask' of the sparse '0.kernel', got none")]
    [InlineData("40,30", 150, 2, "UInt8", true, "expected tensor '0.kernel' sparse or whole, got both")]
    [InlineData("30,40", 150, 2, "UInt8", false, "expected tensor '0.kernel' of float32 [40, 30], got float32 [30, 40]")]
    public void Files_whose_parts_do_not_fit_are_refused(string shape, int bytes, int values, string type, bool both, string problem)
    {
        ModelFolder.Save(folder.File("model"), new SavedModel("sparse", Network(new float[1200])));
        List<KeyValuePair<string, Tensor>> tensors = [new("0.bias", Tensor.Zeros([30]))];
        if (bytes > 0)
        {
            byte[] mask = new byte[bytes];
            (mask[0], mask[^1]) = (1, 128);
            tensors.Add(new("0.kernel.sparse_mask", Tensor.From(mask).To(Enum.Parse<DataType>(type))));
        }

        if (values >= 0)
        {
            tensors.Add(new("0.kernel.sparse_values", Tensor.Ones([values])));
        }

        if (both)
        {
            tensors.Add(new("0.kernel", Tensor.Zeros([40, 30])));
        }

        Safetensors.Write(folder.File("model/weights.safetensors"), tensors, [new("nabla.sparse.0.kernel", shape)]);
        InvalidFileException error = Assert.Throws<InvalidFileException>(() => ModelFolder.Load(folder.File("model")));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("weights.safetensors", error.Message, StringComparison.Ordinal);
    }

    private static Sequential Network(float[] kernel)
    {
        Sequential network = new([40], 1, new Dense(30));
        network.NamedParameters.First().Value.Value = Tensor.From(kernel, [40, 30]);
        return network;
    }
}
