using Nabla.Tests;
using static Nabla.Fuzz.Tests.BadFiles;

namespace Nabla.Fuzz.Tests;

/// <summary>Models of this library and of ONNX that lie.</summary>
internal static class BadModels
{
    private const string Dense = """{"schema":2,"name":"x","architecture":{"inputShape":[4,4,3],"layers":[{"kind":"Dense","units":2}]}}""";

    public static IReadOnlyList<BadFile> All { get; } =
    [
        new("model-archive", "no archive", Utf8("hello"), "expected a model as a zip file, got something else"),
        new("model-archive", "a file that does not belong there", BadZips.Stored(("model.json", []), ("run.sh", [])), "got 'run.sh'"),
        new("model-archive", "an entry above the folder", BadZips.Stored(("../model.json", [])), "got '../model.json'"),
        new("model-archive", "a name that is there twice", BadZips.Stored(("model.json", []), ("model.json", [])), "expected each name once, got 'model.json' twice"),
        new("model-archive", "a bomb of zeros", BadZips.Packed(("model.json", new byte[10_000_000])), "expected entries packed 100 to 1 at most, got 'model.json' with 10000000 bytes"),
        new("model-archive", "a description without weights", BadZips.Stored(("model.json", Utf8(Dense))), "expected an entry 'weights.safetensors', got none"),
        new("model-json", "no JSON", Utf8("hello"), "expected", Line: 1),
        new("model-json", "a schema of the future", Utf8("""{"schema":99}"""), "expected a model of schema 1 to 3, got 99"),
        new("model-json", "a field that is there twice", Utf8("""{"schema":2,"schema":2}"""), "expected", Line: 1),
        new("model-json", "a field that nobody knows", Utf8(Dense.Replace("\"name\":\"x\"", "\"name\":\"x\",\"run\":\"rm\"", StringComparison.Ordinal)), "run", Line: 1),
        new("model-json", "a layer that nobody knows", Utf8(Dense.Replace("\"Dense\"", "\"Lambda\"", StringComparison.Ordinal)), "Lambda"),
        new("model-json", "a layer that fills the memory", Utf8(Dense.Replace("\"units\":2", "\"units\":2000000000", StringComparison.Ordinal)), "expected"),
        new("model-json", "a shape of 100 dimensions", Utf8(Dense.Replace("[4,4,3]", $"[{string.Join(',', Enumerable.Repeat(1, 100))}]", StringComparison.Ordinal)), "expected", Line: 1),
        new("model-json", "a deep list", Utf8($"{{\"schema\":2,\"name\":{new string('[', 100_000)}"), "expected", Line: 1),
        new("graph-json", "no JSON", Utf8("hello"), "expected JSON, got something else", Line: 1),
        new("graph-json", "graphs of the future", Utf8("""{"schema":9,"graphs":{}}"""), "expected graphs of schema 1, got 9"),
        new("graph-json", "no graph", Utf8("""{"schema":1,"graphs":{}}"""), "expected one graph in graph.json, got 0"),
        new("graph-json", "a node that reads itself", Utf8("""{"schema":1,"graphs":{"graph0":{"inputs":[{"name":"x","type":"float32","shape":[2]}],"nodes":[{"op":"Relu","name":"n0","inputs":["n0"]}],"outputs":["n0"]}}}"""), "n0"),
        new("graph-json", "a field that is there twice", Utf8("""{"schema":1,"graphs":{"graph0":{"inputs":[{"name":"x","type":"float32","shape":[2]}],"nodes":[{"op":"Relu","op":"Relu","name":"n0","inputs":["x"]}],"outputs":["n0"]}}}"""), "expected", Line: 1),
        new("graph-json", "an op that nobody knows", Utf8("""{"schema":1,"graphs":{"graph0":{"inputs":[{"name":"x","type":"float32","shape":[2]}],"nodes":[{"op":"Shell","name":"n0","inputs":["x"]}],"outputs":["n0"]}}}"""), "Shell"),
        new("graph-json", "a size that fills the memory", Utf8("""{"schema":1,"graphs":{"graph0":{"inputs":[{"name":"x","type":"float32","shape":[1000000,1000000,1000000]}],"nodes":[],"outputs":["x"]}}}"""), "graph 'graph0'"),
        new("graph-model-json", "no outputs", Utf8("""{"schema":2,"name":"x","outputs":[]}"""), "expected outputs"),
        new("graph-model-json", "sizes that nobody knows", Utf8("""{"schema":2,"name":"x","outputs":[{"name":"a","type":"float32","shape":["rows"]}]}"""), "expected outputs whose sizes are made of 'batch', 'time'"),
        new("torch-index", "a file above the folder", Utf8("""{"weight_map":{"a":"../x.bin"}}"""), "expected a file beside the index, got '../x.bin'"),
        new("torch-index", "a tensor that is not there", Utf8("""{"weight_map":{"a":"one.bin"}}"""), "expected tensor 'a' in 'one.bin', got none"),
        new("keras", "neither an archive nor HDF5", Utf8("hello"), "expected", 0),
        new("keras", "an archive of something else", BadZips.Stored(("model.json", [])), "expected one entry"),
        new("huggingface-config", "no JSON", Utf8("hello"), "expected"),
        new("huggingface-config", "a network that is not there", Utf8("""{"model_type":"t5"}"""), "expected 'model_type' to be one of"),
        new("checkpoint", "weights that are no checkpoint", File.ReadAllBytes(Repository.PathOf("fuzz/corpus/safetensors/plain.safetensors")), "expected a checkpoint with 'settings' in its metadata, got none"),
        new("onnx", "no model", Utf8("hello"), "expected an ONNX model with a graph, got none"),
        new("onnx", "no graph", Message(1, [8]), "expected an ONNX model with a graph, got none"),
        new("onnx", "graphs in graphs, 300 deep", Nested(300), "expected an ONNX model", 603),
        new("onnx", "a tensor of 2^62 elements", Weight(Dimensions(1L << 31, 1L << 31)), "tensor 'w': expected dimensions whose product is at most 2147483647"),
        new("onnx", "a tensor of -1 elements", Weight(Dimensions(-1)), "tensor 'w': expected dimensions whose product is at most 2147483647"),
        new("onnx", "a tensor without its elements", Weight(Dimensions(4)), "tensor 'w': expected"),
        new("onnx", "data above the folder", Weight([.. Dimensions(1), .. External("../secret")]), "tensor 'w': expected a file in the model's folder, got '../secret'"),
        new("onnx", "data anywhere", Weight([.. Dimensions(1), .. External("/etc/hostname")]), "tensor 'w': expected a file in the model's folder, got '/etc/hostname'"),
        new("onnx", "data above a folder below", Weight([.. Dimensions(1), .. External("a/../../secret")]), "tensor 'w': expected a file in the model's folder"),
        new("onnx", "data that is not there", Weight([.. Dimensions(1), .. External("data.bin")]), "tensor 'w': expected a file in the model's folder, got 'data.bin'"),
    ];

    // ModelProto.graph is field 7, GraphProto.initializer 5; TensorProto: dims 1, data_type 2, name 8, external_data 13, data_location 14.
    private static byte[] Weight(byte[] fields) => Message(7, Message(5, [.. fields, .. Number(2, 1), .. Message(8, Utf8("w"))]));

    private static byte[] Dimensions(params long[] sizes) => [.. sizes.SelectMany(size => Number(1, size))];

    private static byte[] External(string location) => [.. Message(13, [.. Message(1, Utf8("location")), .. Message(2, Utf8(location))]), .. Number(14, 1)];

    // GraphProto.node is field 1, NodeProto.attribute 5, AttributeProto.g 6.
    private static byte[] Nested(int depth)
    {
        byte[] graph = [];
        for (int level = 0; level < depth; level++)
        {
            graph = Message(1, Message(5, Message(6, graph)));
        }

        return Message(7, graph);
    }

    private static byte[] Message(int field, byte[] content) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)content.Length), .. content];

    private static byte[] Number(int field, long value) => [.. Varint((ulong)field << 3), .. Varint((ulong)value)];

    private static byte[] Varint(ulong value) => value < 128 ? [(byte)value] : [(byte)(value | 128), .. Varint(value >> 7)];
}
