using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Nabla.Transforms;

namespace Nabla.Benchmarks.Serving;

/// <summary>
/// What the machine leaves to a server: the time that all cores together spend on a request that is only read and answered, and what a picture takes on
/// one thread. From these follow the largest gain that batches can have, and the largest lead over the peer.
/// </summary>
internal static class BoundCases
{
    private const int Connections = 64;
    private const int Batch = 64;
    private const int Calls = 2000;
    private const double Microseconds = 1e6;

    /// <summary>All of it.</summary>
    public static async Task<IReadOnlyList<ServingRow>> RunAsync(ServingBench bench)
    {
        double alone = OnOneThread(() => Prediction(bench, 1));
        double together = OnOneThread(() => Prediction(bench, Batch)) / Batch;
        double peer = PeerPrediction(bench);
        using ServedProcess server = await bench.ServePeerAsync();
        double nothing = bench.Measure(server, bench.Requests.PeerNothing, Connections).Good;
        double request = Environment.ProcessorCount * Microseconds / nothing;
        return
        [
            new("a picture on one thread, Predict without a server", "us", alone),
            new($"a picture on one thread, Predict of {Batch} without a server", "us", together),
            new("a picture on one thread, ONNX Runtime without a server", "us", peer),
            new($"{Connections} connections, tensor in bytes, ASP.NET Core that computes nothing", "requests/s", nothing),
            new("a request that is read and answered, load generator included", "us of a core", request),
            new($"{Connections} connections, tensor in bytes: what batches can gain at most", "times", (request + alone) / (request + together)),
            new($"{Connections} connections, tensor in bytes: Nabla beside ONNX Runtime at most", "times", (request + peer) / (request + together)),
        ];
    }

    /// <summary>The median time of a prediction without a server, in us.</summary>
    public static double Prediction(ServingBench bench, int pictures)
    {
        Func<Tensor, Tensor> predict = Compilation.Compile(bench.Model.Network.Forward);
        Tensor images = ShapeOps.Concatenate(0, [.. Enumerable.Repeat(bench.Image, pictures)]);
        return MedianTime(Math.Max(100, Calls / pictures), () => predict(images).ToArray<float>());
    }

    private static double PeerPrediction(ServingBench bench)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        using InferenceSession session = new(bench.OnnxFile, options);
        float[] image = bench.Image.ToArray<float>();
        return MedianTime(Calls, () =>
        {
            using OrtValue input = OrtValue.CreateTensorValueFromMemory(image, [1, 28, 28, 1]);
            using RunOptions run = new();
            using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(run, session.InputNames, [input], session.OutputNames);
            _ = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        });
    }

    private static double OnOneThread(Func<double> measure)
    {
        int usual = Threads.Count;
        Threads.Count = 1;
        try
        {
            return measure();
        }
        finally
        {
            Threads.Count = usual;
        }
    }

    // The first half warms up.
    private static double MedianTime(int calls, Action call)
    {
        double[] times = new double[calls];
        for (int each = 0; each < 2 * calls; each++)
        {
            long start = Stopwatch.GetTimestamp();
            call();
            times[each % calls] = Stopwatch.GetElapsedTime(start).TotalSeconds * Microseconds;
        }

        Array.Sort(times);
        return times[calls / 2];
    }
}
