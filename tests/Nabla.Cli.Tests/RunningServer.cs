using System.Net;
using System.Net.Sockets;
using System.Text;
using Nabla.Cli.Commands;

namespace Nabla.Cli.Tests;

/// <summary><c>nabla serve</c> in the test's own process.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly StringWriter error = new();
    private readonly StartedWriter output = new();
    private HttpClient client = new();
    private Task<int> run = Task.FromResult(0);

    /// <summary>Where it answers.</summary>
    public string Address => client.BaseAddress!.ToString();

    /// <summary>What it has written.</summary>
    public string Output => output.ToString();

    public static async Task<RunningServer> Start(params string[] arguments)
    {
        RunningServer server = new();
        Terminal terminal = new(() => new MemoryStream(), server.output, server.error, isLive: false);
        server.run = Task.Run(() => NablaCommand.Run(["serve", .. arguments], terminal, server.stop.Token), TestContext.Current.CancellationToken);
        await Task.WhenAny(server.run, server.output.Address);
        Assert.False(server.run.IsCompleted, server.error.ToString());
        server.client.Dispose();
        server.client = ClientOf(await server.output.Address);
        for (int round = 0; round < 1000 && (await server.client.GetAsync("/v2/health/ready", TestContext.Current.CancellationToken)).StatusCode != HttpStatusCode.OK; round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        return server;
    }

    public async Task<HttpStatusCode> Post(string path, string json, string? key = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("X-API-Key", key);
        }

        return (await client.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode;
    }

    public async Task<(int ExitCode, string Error)> Stop()
    {
        await stop.CancelAsync();
        return (await run, error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        client.Dispose();
        stop.Dispose();
    }

    private static HttpClient ClientOf(string address)
    {
        const string Socket = "http://unix:";
        return address.StartsWith(Socket, StringComparison.Ordinal)
            ? new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancellationToken) => Connect(address[Socket.Length..], cancellationToken) }) { BaseAddress = new Uri("http://localhost") }
            : new HttpClient { BaseAddress = new Uri(address) };
    }

    private static async ValueTask<Stream> Connect(string path, CancellationToken cancellationToken)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private sealed class StartedWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> address = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Address => address.Task;

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            address.TrySetResult(value!.Split(' ')[^1]);
        }
    }
}
