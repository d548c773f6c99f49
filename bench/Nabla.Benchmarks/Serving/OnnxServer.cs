using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace Nabla.Benchmarks.Serving;

/// <summary>
/// The peer: ONNX Runtime behind the least of ASP.NET Core that answers. Each request runs the session on its own thread, which is the better
/// setting for many requests of one image; bytes or <c>{"data": [...]}</c> in, the same out.
/// </summary>
internal static class OnnxServer
{
    /// <summary>The first argument of the program that makes it this server.</summary>
    public const string Argument = "onnx-server";

    /// <summary>Where it says that it is there.</summary>
    public const string ReadyPath = "/ready";

    /// <summary>Where it reads pixels and answers ten numbers that it did not compute: what ASP.NET Core and the load generator take of the machine.</summary>
    public const string NothingPath = "/nothing";

    private const int Classes = 10;

    private static readonly int[] Shape = [1, 28, 28, 1];

    /// <summary>Serves until it is killed.</summary>
    public static void Run(string model, string port)
    {
        using Microsoft.ML.OnnxRuntime.SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using InferenceSession session = new(model, options);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(int.Parse(port, CultureInfo.InvariantCulture), listen => listen.Protocols = HttpProtocols.Http1));
        WebApplication app = builder.Build();
        app.Use((HttpContext context, RequestDelegate _) =>
            context.Request.Path == ReadyPath ? Task.CompletedTask : context.Request.Path == NothingPath ? AnswerNothingAsync(context) : AnswerAsync(context, session));
        app.Run();
    }

    private static async Task AnswerAsync(HttpContext context, InferenceSession session)
    {
        bool isJson = context.Request.ContentType == "application/json";
        float[] image = isJson ? await ReadJsonAsync(context.Request) : await ReadBytesAsync(context.Request);
        using OrtValue input = OrtValue.CreateTensorValueFromMemory(image, [.. Shape.Select(size => (long)size)]);
        using RunOptions run = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, [input], session.OutputNames);
        float[] answer = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        if (isJson)
        {
            await context.Response.WriteAsJsonAsync(answer);
        }
        else
        {
            await WriteBytesAsync(context.Response, answer);
        }
    }

    private static async Task AnswerNothingAsync(HttpContext context)
    {
        await ReadBytesAsync(context.Request);
        await WriteBytesAsync(context.Response, new float[Classes]);
    }

    private static Task WriteBytesAsync(HttpResponse response, float[] answer)
    {
        response.ContentType = "application/octet-stream";
        return response.Body.WriteAsync(MemoryMarshal.AsBytes(answer.AsSpan()).ToArray()).AsTask();
    }

    private static async Task<float[]> ReadBytesAsync(HttpRequest request)
    {
        byte[] bytes = new byte[request.ContentLength ?? 0];
        await request.Body.ReadExactlyAsync(bytes);
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    private static async Task<float[]> ReadJsonAsync(HttpRequest request)
    {
        using JsonDocument document = await JsonDocument.ParseAsync(request.Body);
        JsonElement data = document.RootElement.GetProperty("data");
        float[] image = new float[data.GetArrayLength()];
        int place = 0;
        foreach (JsonElement value in data.EnumerateArray())
        {
            image[place++] = value.GetSingle();
        }

        return image;
    }
}
