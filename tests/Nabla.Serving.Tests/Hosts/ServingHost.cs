using System.Net;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nabla.Formats;
using Nabla.Serving.Models;
using Nabla.Serving.Repository;
using Nabla.Tests;

namespace Nabla.Serving.Tests.Hosts;

/// <summary>A server on free ports of the loopback interface, with a repository of its own that goes away with it.</summary>
internal sealed class ServingHost : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly WebApplication app;
    private GrpcChannel? channel;

    private ServingHost(TemporaryFolder folder, WebApplication app, ServingOptions options)
    {
        (this.folder, this.app) = (folder, app);
        Client = new HttpClient { BaseAddress = new Uri(Addresses[0]) };
        if (options.Security.AdminKeyFile is { } file)
        {
            AdminKey = File.ReadAllText(file).Trim();
            Client.DefaultRequestHeaders.Add("X-API-Key", AdminKey);
        }
    }

    /// <summary>A client that sends the admin's key.</summary>
    public HttpClient Client { get; }

    /// <summary>The key of the machine's own admin.</summary>
    public string AdminKey { get; } = "";

    /// <summary>What a call of gRPC sends for the admin.</summary>
    public Metadata AdminMetadata => new() { { "x-api-key", AdminKey } };

    public string RestAddress => Addresses[0];

    public string GrpcAddress => Addresses[1];

    public GrpcChannel Channel => channel ??= GrpcChannel.ForAddress(Addresses[1]);

    public ModelRepository Repository => app.Services.GetRequiredService<ModelRepository>();

    public IServiceProvider Services => app.Services;

    private string[] Addresses => [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>A server of saved models, the first version of each.</summary>
    public static Task<ServingHost> Start(params SavedModel[] models) => Start(new ServingOptions(), models);

    /// <summary>A server of saved models with options.</summary>
    public static async Task<ServingHost> Start(ServingOptions options, params SavedModel[] models)
    {
        TemporaryFolder folder = new();
        foreach (SavedModel model in models)
        {
            Save(folder, model.Name, 1, model);
        }

        return await Run(folder, WithAdmin(options, folder), new SharedModels(new SignatureCheck(options).Require).Load);
    }

    /// <summary>A server of saved models that were prepared, by signing them or otherwise.</summary>
    public static async Task<ServingHost> Start(ServingOptions options, Action<string> prepare, params SavedModel[] models)
    {
        TemporaryFolder folder = new();
        foreach (SavedModel model in models)
        {
            prepare(Save(folder, model.Name, 1, model));
        }

        return await Run(folder, WithAdmin(options, folder), new SharedModels(new SignatureCheck(options).Require).Load);
    }

    /// <summary>A server of saved models whose logs are kept.</summary>
    public static async Task<ServingHost> Start(ServingOptions options, ILoggerProvider logs, params SavedModel[] models)
    {
        TemporaryFolder folder = new();
        foreach (SavedModel model in models)
        {
            Save(folder, model.Name, 1, model);
        }

        return await Run(folder, WithAdmin(options, folder), new SharedModels(new SignatureCheck(options).Require).Load, logs);
    }

    /// <summary>A server of a saved model within an application that adds services of its own.</summary>
    public static async Task<ServingHost> Start(Action<IServiceCollection> configure, SavedModel model)
    {
        TemporaryFolder folder = new();
        Save(folder, model.Name, 1, model);
        return await Run(folder, WithAdmin(new ServingOptions(), folder), new SharedModels(_ => { }).Load, configure: configure);
    }

    /// <summary>A server of models that are made in memory: one version each.</summary>
    public static async Task<ServingHost> Start(ServingOptions options, IReadOnlyDictionary<string, IServedModel> models, Action<IServiceCollection>? configure = null)
    {
        TemporaryFolder folder = new();
        foreach (string name in models.Keys)
        {
            Directory.CreateDirectory(folder.File($"{name}/1"));
        }

        return await Run(folder, WithAdmin(options, folder), path => models[Path.GetFileName(Path.GetDirectoryName(path))!], configure: configure);
    }

    /// <summary>Puts a version into the repository.</summary>
    public string Save(string name, int version, SavedModel model) => Save(folder, name, version, model);

    /// <summary>A path in the repository.</summary>
    public string PathOf(string relative) => folder.File(relative);

    public async Task<(HttpStatusCode Status, string Text)> Get(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<JsonElement> GetJson(string path)
    {
        (HttpStatusCode status, string text) = await Get(path);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public async Task<(HttpStatusCode Status, string Text)> Post(string path, string json)
    {
        using StringContent content = new(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<JsonElement> PostJson(string path, string json)
    {
        (HttpStatusCode status, string text) = await Post(path, json);
        Assert.True(status == HttpStatusCode.OK, $"{path}: {status} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Does what SIGTERM does.</summary>
    public async ValueTask StopAsync() => await app.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        channel?.Dispose();
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        folder.Dispose();
    }

    private static ServingOptions WithAdmin(ServingOptions options, TemporaryFolder folder) =>
        options with { Models = folder.ToString(), Security = options.Security with { AdminKeyFile = folder.File("admin.key") } };

    private static async Task<ServingHost> Run(TemporaryFolder folder, ServingOptions options, ModelReader read, ILoggerProvider? logs = null, Action<IServiceCollection>? configure = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (logs is not null)
        {
            builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Trace);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => Listen(listen, HttpProtocols.Http1, options));
            kestrel.Listen(IPAddress.Loopback, 0, listen => Listen(listen, HttpProtocols.Http2, options));
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton(read);
        builder.Services.AddNablaServing(options);
        configure?.Invoke(builder.Services);
        WebApplication app = builder.Build();
        app.MapNablaServing();
        await app.StartAsync(TestContext.Current.CancellationToken);
        ServingHost host = new(folder, app, options);
        for (int round = 0; round < 1000 && !host.Repository.IsStarted; round++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        return host;
    }

    private static void Listen(ListenOptions listen, HttpProtocols protocols, ServingOptions options)
    {
        listen.Protocols = protocols;
        if (options.Security.Certificate is not null)
        {
            listen.UseHttps();
        }
    }

    private static string Save(TemporaryFolder folder, string name, int version, SavedModel model)
    {
        Directory.CreateDirectory(folder.File(name));
        string path = folder.File($"{name}/{version}");
        ModelFolder.Save(path, model);
        return path;
    }
}
