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
        RepeatedHeader header = Known(Two, "a");
        RestInferRequest first = Read(header, Two, [1, 2, 3, 4], "a");
        RestInferRequest second = Read(header, Two, [5, 6, 7, 8], "a");
        RestInferRequest third = Read(header, Other("c"), [9, 10, 11, 12], "a");
        Assert.Equal([[1, 2], [3, 4]], DataOf(first));
        Assert.Equal([[5, 6], [7, 8]], DataOf(second));
        Assert.Equal([[9, 10], [11, 12]], DataOf(third));
        Assert.Equal([("a", "a"), ("a", "a"), ("a", "c")], new[] { first, second, third }.Select(read => (read.Request.Model.Name, read.Request.Id)));
        Assert.Equal(["x:INT8[1, 2]", "y:INT16[1, 1]"], second.Request.Inputs.Select(input => $"{input.Name}:{input.Type.Name}{WireTensor.Print(input.Shape)}"));
        Assert.Equal((2, true), (second.Request.Priority, second.BinaryOutputs));
        Assert.Equal(7, Read(header, Two, [1, 2, 3, 4], "a", version: 7).Request.Model.Version);
    }

    [Fact]
    public void What_comes_a_second_time_is_kept_and_what_comes_once_is_not()
    {
        RepeatedHeader header = new();
        RestInferRequest first = Read(header, Two, [1, 2, 3, 4], "a");
        RestInferRequest second = Read(header, Two, [1, 2, 3, 4], "a");
        Assert.False(IsOfOneHeader(first, second));
        foreach (int id in Enumerable.Range(0, 10))
        {
            RestInferRequest single = Read(header, Other($"{id}"), [1, 2, 3, 4], "a");
            Assert.Equal($"{id}", single.Request.Id);
            Assert.True(IsOfOneHeader(second, Read(header, Two, [1, 2, 3, 4], "a")));
        }
    }

    [Fact]
    public void Each_model_has_a_header_of_its_own()
    {
        RepeatedHeader header = Known(Two, "a");
        RestInferRequest before = Read(header, Two, [1, 2, 3, 4], "a");
        foreach (int _ in Enumerable.Range(0, 3))
        {
            Assert.Equal("c", Read(header, Other("c"), [1, 2, 3, 4], "b").Request.Id);
        }

        Assert.True(IsOfOneHeader(before, Read(header, Two, [1, 2, 3, 4], "a")));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    public void Other_numbers_of_bytes_are_refused_as_ever(int bytes)
    {
        RepeatedHeader header = Known(Two, "a");
        string expected = Assert.Throws<ServingException>(() => Read(new RepeatedHeader(), Two, new byte[bytes], "a")).Message;
        Assert.Equal(expected, Assert.Throws<ServingException>(() => Read(header, Two, new byte[bytes], "a")).Message);
    }

    [Fact]
    public void The_elements_of_texts_are_counted_each_time()
    {
        RepeatedHeader header = new();
        Read(header, Texts, [1, 0, 0, 0, 65], "a");
        Read(header, Texts, [1, 0, 0, 0, 65], "a");
        Assert.Throws<ServingException>(() => Read(header, Texts, [9, 0, 0, 0, 65], "a"));
    }

    private static string Other(string id) => Two.Replace("\"a\"", $"\"{id}\"", StringComparison.Ordinal);

    // What was read twice.
    private static RepeatedHeader Known(string json, string model)
    {
        RepeatedHeader header = new();
        Read(header, json, [1, 2, 3, 4], model);
        Read(header, json, [1, 2, 3, 4], model);
        return header;
    }

    // What was read by itself has shapes of its own.
    private static bool IsOfOneHeader(RestInferRequest left, RestInferRequest right) => ReferenceEquals(left.Request.Inputs[0].Shape, right.Request.Inputs[0].Shape);

    private static RestInferRequest Read(RepeatedHeader header, string json, byte[] data, string model, int? version = null)
    {
        byte[] head = Encoding.UTF8.GetBytes(json);
        return header.Read(new byte[][] { head, data }.SelectMany(part => part).ToArray(), head.Length, new ModelAddress(model, version), MostTensors);
    }

    private static IEnumerable<byte[]> DataOf(RestInferRequest read) => read.Request.Inputs.Select(input => input.Data.ToArray());
}
