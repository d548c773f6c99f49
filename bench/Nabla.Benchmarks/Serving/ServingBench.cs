using System.Diagnostics;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;

namespace Nabla.Benchmarks.Serving;

/// <summary>What all cases share: the digits model in a repository, as ONNX, one picture, and the load generator.</summary>
/// <param name="folder">A folder for what the cases write.</param>
/// <param name="seconds">How long a load lasts.</param>
internal sealed class ServingBench(string folder, int seconds)
{
    /// <summary>What the large network is called.</summary>
    public const string LargeModel = "large";

    private const int Side = 28;

    private static readonly HttpClient Http = new();

    private int configurations;

    private string AdminKey => Path.Combine(folder, "admin.key");

    /// <summary>How long a load lasts, in seconds.</summary>
    public int Seconds => seconds;

    /// <summary>The repository with version 1 of <c>digits</c>.</summary>
    public string Models { get; } = Path.Combine(folder, "models");

    /// <summary>The repository with a network that takes some milliseconds a picture.</summary>
    public string LargeModels { get; } = Path.Combine(folder, "large-models");

    /// <summary>The same network for the peer.</summary>
    public string OnnxFile { get; } = Path.Combine(folder, "digits.onnx");

    /// <summary>The load generator.</summary>
    public Wrk Load { get; } = new(folder);

    /// <summary>The network, loaded.</summary>
    public SavedModel Model { get; private set; } = null!;

    /// <summary>What is asked.</summary>
    public ImageRequests Requests { get; private set; } = null!;

    /// <summary>The picture as a batch of one.</summary>
    public Tensor Image { get; private set; } = null!;

    /// <summary>Trains the digits network for a moment and puts it where the servers find it.</summary>
    public void Prepare()
    {
        string run = Path.Combine(folder, "run");
        Nabla("train", "digits", "--epochs", "1", "--limit", "2000", "--out", run);
        Directory.CreateDirectory(Path.Combine(Models, "digits"));
        Directory.CreateDirectory(Path.Combine(LargeModels, LargeModel));
        Model = ModelFolder.Load(Path.Combine(run, "model"));
        ModelFolder.Save(Path.Combine(Models, "digits", "1"), Model);
        ModelFolder.Save(Path.Combine(LargeModels, LargeModel, "1"), new SavedModel(LargeModel, Large()) { Task = PredictionTask.Classification });
        Nabla("export", run, "--to", "onnx", "--out", OnnxFile);
        float[] pixels = Mnist.LoadTest(Results.ResultFiles.Under("data", "mnist")).Images.Slice(0, 0, 1).ToArray<float>();
        Requests = new ImageRequests(pixels);
        Image = Tensor.From(pixels, [1, Side, Side, 1]);
    }

    /// <summary>Starts Nabla's server.</summary>
    /// <param name="configuration">JSON for <c>--config</c>.</param>
    /// <param name="models">The repository; null for that of the digits network.</param>
    public ServedProcess Start(string configuration = "{}", string? models = null)
    {
        string path = Path.Combine(folder, $"serve-{configurations++}.json");
        File.WriteAllText(path, configuration);
        return ServedProcess.Nabla(models ?? Models, path, AdminKey);
    }

    /// <summary>Starts Nabla's server and waits until it answers.</summary>
    /// <inheritdoc cref="Start"/>
    public async Task<ServedProcess> ServeAsync(string configuration = "{}", string? models = null)
    {
        ServedProcess server = Start(configuration, models);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Starts the peer.</summary>
    public async Task<ServedProcess> ServePeerAsync()
    {
        ServedProcess server = ServedProcess.OnnxRuntime(OnnxFile);
        await server.ReadyAsync();
        return server;
    }

    /// <summary>Asks with many connections, once to warm up: the runtime compiles what is called often in several rounds.</summary>
    public LoadResult Measure(ServedProcess server, LoadRequest request, int connections, bool mayRefuse = false)
    {
        Load.Run(server.Address, request, connections, Math.Max(2, seconds * 6 / 5));
        LoadResult result = Load.Run(server.Address, request, connections, seconds);
        return mayRefuse || (result.Refused == 0 && result.Broken == 0)
            ? result
            : throw new InvalidOperationException($"{request.Path}: {result.Refused} requests were refused and {result.Broken} broke.");
    }

    /// <summary>Has the model loaded anew.</summary>
    public async Task ReloadAsync(ServedProcess server)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"{server.Address}/v2/repository/models/digits/load") { Content = new StringContent("{}", null, "application/json") };
        request.Headers.Add("X-API-Key", (await File.ReadAllTextAsync(AdminKey)).Trim());
        using HttpResponseMessage answer = await Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static Sequential Large() => new(
        [Side, Side, 1], 1, new Conv2D(64, 3, ActivationKind.Relu), new Conv2D(128, 3, ActivationKind.Relu), new Conv2D(128, 3, ActivationKind.Relu),
        new MaxPool2D(2), new Flatten(), new Dense(10));

    private static void Nabla(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nabla.Cli.dll"), .. arguments]) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"nabla {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }
}
