using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Nabla.Benchmarks.Serving;

/// <summary>A server in a process of its own, on a free port of the loopback interface; it is killed with this object.</summary>
internal sealed class ServedProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly HttpClient Http = new();

    private readonly Process process;
    private readonly string readyPath;

    private ServedProcess(Process process, int port, string readyPath) => (this.process, this.readyPath, Address) = (process, readyPath, $"http://127.0.0.1:{port}");

    /// <summary>Where it answers, without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>The resident memory now, in 10^6 bytes.</summary>
    public double Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1e6;
        }
    }

    /// <summary>Nabla's own server of a folder.</summary>
    /// <param name="models">The repository.</param>
    /// <param name="configuration">A file with options.</param>
    /// <param name="adminKey">Where the server puts a key for whoever loads models.</param>
    public static ServedProcess Nabla(string models, string configuration, string adminKey)
    {
        int port = FreePort();
        return Start(
            ["Nabla.Cli.dll", "serve", models, "--urls", $"http://127.0.0.1:{port}", "--config", configuration, "--admin-key", adminKey], port, "/v2/health/ready");
    }

    /// <summary>ONNX Runtime behind an endpoint of ASP.NET Core.</summary>
    public static ServedProcess OnnxRuntime(string model)
    {
        int port = FreePort();
        return Start(["Nabla.Benchmarks.dll", OnnxServer.Argument, model, port.ToString(CultureInfo.InvariantCulture)], port, OnnxServer.ReadyPath);
    }

    /// <summary>Waits until it answers.</summary>
    /// <returns>The time from the start of the process.</returns>
    public async Task<TimeSpan> ReadyAsync()
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < Patience && !process.HasExited)
        {
            try
            {
                using HttpResponseMessage answer = await Http.GetAsync(new Uri(Address + readyPath));
                if (answer.IsSuccessStatusCode)
                {
                    return DateTime.Now - process.StartTime;
                }
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(10);
        }

        throw new InvalidOperationException($"The server at {Address} did not become ready.");
    }

    /// <summary>Asks for what a path has.</summary>
    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri(Address + path));

    /// <summary>Kills it as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            Kill();
        }

        process.Dispose();
    }

    private static ServedProcess Start(string[] arguments, int port, string readyPath)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, arguments[0]), .. arguments[1..]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // What the image of the server sets, for the peer as well; but not what this one has set for libtorch, which keeps what is freed.
        start.Environment["DOTNET_TieredPGO"] = "1";
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "0x10";
        start.Environment["DOTNET_TC_BackgroundWorkerTimeoutMs"] = "0";
        foreach (string variable in start.Environment.Keys.Where(name => name.StartsWith("MALLOC_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(variable);
        }

        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.Write(line.Data is { } text ? text + Environment.NewLine : "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServedProcess(process, port, readyPath);
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
