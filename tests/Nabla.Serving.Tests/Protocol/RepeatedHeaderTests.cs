using System.Text;
using Nabla.Serving.Inference;
using Nabla.Serving.OpenInference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Tests.Protocol;

public sealed class RepeatedHeaderTests
{
    private const int MostTensors = 4;
    private const string Two =
        """{"id": "a", "inputs": [{"name": "x", "datatype": "INT8", "shape": [1, 2], "parameters": {"binary_data_size": 2}}, {"name": "y", "datatype": "INT16", "shape": [1, 1], "parameters": {"binary_data_size": 2}}], "parameters": {"priority": 2, "binary_data_output": true}}""";

    private const string Texts = """{"inputs": [{"name": "x", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": 5}}]}""";

    [Fact]
    public void A_request_that_says_the_same_has_inputs_of_its_own()
    {
        RepeatedHeader header = new();
        RestInferRequest first = Read(header, Two, [1, 2, 3, 4], "a");
        RestInferRequest second = Read(header, Two, [5, 6, 7, 8], "b");
        RestInferRequest third = Read(header, Two.Replace("\"a\"", "\"c\"", StringComparison.Ordinal), [9, 10, 11, 12], "b");
        Assert.Equal([[1, 2], [3, 4]], DataOf(first));
        Assert.Equal([[5, 6], [7, 8]], DataOf(second));
        Assert.Equal([[9, 10], [11, 12]], DataOf(third));
        Assert.Equal([("a", "a"), ("b", "a"), ("b", "c")], new[] { first, second, third }.Select(read => (read.Request.Model.Name, read.Request.Id)));
        Assert.Equal(["x:INT8[1, 2]", "y:INT16[1, 1]"], second.Request.Inputs.Select(input => $"{input.Name}:{input.Type.Name}{WireTensor.Print(input.Shape)}"));
        Assert.Equal((2, true), (second.Request.Priority, second.BinaryOutputs));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Other_numbers_of_bytes_are_refused_as_ever(int bytes)
    {
        RepeatedHeader header = new();
        Read(header, Two, [1, 2, 3, 4], "a");
        string expected = Assert.Throws<ServingException>(() => Read(new RepeatedHeader(), Two, new byte[bytes], "a")).Message;
        Assert.Equal(expected, Assert.Throws<ServingException>(() => Read(header, Two, new byte[bytes], "a")).Message);
    }

    [Fact]
    public void The_elements_of_texts_are_counted_each_time()
    {
        RepeatedHeader header = new();
        Read(header, Texts, [1, 0, 0, 0, 65], "a");
        Assert.Throws<ServingException>(() => Read(header, Texts, [9, 0, 0, 0, 65], "a"));
    }

    private static RestInferRequest Read(RepeatedHeader header, string json, byte[] data, string model)
    {
        byte[] head = Encoding.UTF8.GetBytes(json);
        return header.Read(new byte[][] { head, data }.SelectMany(part => part).ToArray(), head.Length, new ModelAddress(model), MostTensors);
    }

    private static IEnumerable<byte[]> DataOf(RestInferRequest read) => read.Request.Inputs.Select(input => input.Data.ToArray());
}
