using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nabla.Cli.Commands;
using Nabla.Serving;
using Nabla.Serving.Repository;
using Nabla.Serving.Security;

namespace Nabla.Cli.Serving;

/// <summary>The process of <c>nabla serve</c>: Kestrel with the model server, until Ctrl-C or SIGTERM.</summary>
internal static class ModelServer
{
    /// <summary>Serves until it is stopped.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ServeSettings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        ServingOptions options = OptionsOf(settings);
        BindingAddress[] addresses = [.. settings.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
        if (LoopbackRule.Problem(options.Security, addresses) is { } problem)
        {
            throw new UsageException(problem);
        }

        RequireModels(options, settings.Models);
        await using WebApplication app = Create(settings, addresses, options);
        await app.StartAsync(cancellationToken).ConfigureAwait(false);
        foreach (string address in app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses)
        {
            terminal.Output.WriteLine($"Serving {settings.Models} at {address}");
        }

        terminal.Output.Flush();
        using CancellationTokenRegistration stop = cancellationToken.Register(app.Lifetime.StopApplication);
        await app.WaitForShutdownAsync(CancellationToken.None).ConfigureAwait(false);
        return 0;
    }

    private static ServingOptions OptionsOf(ServeSettings settings)
    {
        ServingOptions options = ServingConfiguration.Read(settings.Config);
        return options with
        {
            Models = Found(settings.Models),
            Name = settings.Name ?? options.Name,
            Security = options.Security with
            {
                Keys = settings.Keys ?? options.Security.Keys,
                AdminKeyFile = settings.AdminKey ?? options.Security.AdminKeyFile,
                Insecure = settings.IsInsecure || options.Security.Insecure,
            },
        };
    }

    private static void RequireModels(ServingOptions options, string path)
    {
        if (RepositoryLayout.Scan(options.Models, options.Name).Count == 0 && !options.Watch)
        {
            throw new UsageException($"{path}: there is no model in it. A repository has a folder name/version/ for each version of each model.");
        }
    }

    private static WebApplication Create(ServeSettings settings, BindingAddress[] addresses, ServingOptions options)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Nabla", LogLevel.Information);

        // Of requests it would say nothing above information, but each would be given a trace of its own for that.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, addresses, settings.GrpcPort));
        builder.Services.AddNablaServing(options);
        WebApplication app = builder.Build();
        app.MapNablaServing();
        return app;
    }

    private static void Listen(KestrelServerOptions kestrel, BindingAddress[] addresses, int? grpcPort)
    {
        kestrel.AddServerHeader = false;
        foreach (BindingAddress address in addresses)
        {
            Listen(kestrel, address.Host, address.Port, HttpProtocols.Http1, address.Scheme == "https");
        }

        if (grpcPort is { } port)
        {
            Listen(kestrel, addresses[0].Host, port, HttpProtocols.Http2, addresses[0].Scheme == "https");
        }
    }

    private static void Listen(KestrelServerOptions kestrel, string host, int port, HttpProtocols protocols, bool isSecure)
    {
        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocols;
            if (isSecure)
            {
                listen.UseHttps();
            }
        }

        if (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out System.Net.IPAddress? address))
        {
            kestrel.Listen(address, port, Configure);
        }
        else if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(port, Configure);
        }
        else
        {
            kestrel.ListenAnyIP(port, Configure);
        }
    }

    private static BindingAddress Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            throw new UsageException($"--urls expects addresses such as http://127.0.0.1:8000 but got '{url}'.");
        }
    }

    // A run folder holds its model in a folder of its own; so does a repository with a model of the name 'model', but its versions.
    private static string Found(string path)
    {
        string inner = Path.Combine(path, "model");
        return File.Exists(Path.Combine(inner, "model.json")) ? inner : path;
    }
}
