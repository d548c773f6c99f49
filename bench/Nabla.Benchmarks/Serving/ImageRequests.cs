using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Nabla.Benchmarks.Serving;

/// <summary>One picture of a digit as the body of a request, for Nabla's server and for the peer.</summary>
internal sealed class ImageRequests
{
    private const string BinaryType = "application/octet-stream";
    private const string JsonType = "application/json";
    private const string PeerPath = "/predict";

    private readonly float[] pixels;
    private readonly string numbers;

    /// <param name="pixels">28 x 28 numbers between 0 and 1.</param>
    public ImageRequests(float[] pixels)
    {
        this.pixels = pixels;
        numbers = string.Join(',', pixels.Select(value => value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>The protocol's binary extension: JSON, and the pixels behind it; the answer in bytes, too.</summary>
    public LoadRequest Binary => BinaryFor("digits", "image");

    /// <summary>The same for the large network.</summary>
    public LoadRequest Large => BinaryFor(ServingBench.LargeModel, "input");

    /// <summary>The protocol's JSON.</summary>
    public LoadRequest Json => new(
        InferPath("digits"), Encoding.UTF8.GetBytes($$"""{"inputs":[{"name":"image","datatype":"FP32","shape":[1,28,28,1],"data":[{{numbers}}]}]}"""), Headers(JsonType));

    /// <summary>The pixels' bytes, for the peer.</summary>
    public LoadRequest PeerBinary => new(PeerPath, Bytes, Headers(BinaryType));

    /// <summary>The pixels' bytes, for the peer to read and to answer without computing.</summary>
    public LoadRequest PeerNothing => new(OnnxServer.NothingPath, Bytes, Headers(BinaryType));

    /// <summary>The pixels in JSON, for the peer.</summary>
    public LoadRequest PeerJson => new(PeerPath, Encoding.UTF8.GetBytes($$"""{"data":[{{numbers}}]}"""), Headers(JsonType));

    private byte[] Bytes => MemoryMarshal.AsBytes(pixels.AsSpan()).ToArray();

    private LoadRequest BinaryFor(string model, string input)
    {
        byte[] json = Encoding.UTF8.GetBytes(
            $$$"""{"parameters":{"binary_data_output":true},"inputs":[{"name":"{{{input}}}","datatype":"FP32","shape":[1,28,28,1],"parameters":{"binary_data_size":{{{pixels.Length * sizeof(float)}}}}}]}""");
        return new LoadRequest(
            InferPath(model), [.. json, .. Bytes], Headers(BinaryType, ("Inference-Header-Content-Length", json.Length.ToString(CultureInfo.InvariantCulture))));
    }

    private static string InferPath(string model) => $"/v2/models/{model}/infer";

    private static Dictionary<string, string> Headers(string type, params (string Name, string Value)[] others) =>
        new([KeyValuePair.Create("Content-Type", type), .. others.Select(header => KeyValuePair.Create(header.Name, header.Value))]);
}
