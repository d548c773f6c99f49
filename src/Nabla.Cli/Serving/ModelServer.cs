using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
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
        BindingAddress[] addresses = ServeAddresses.Parse(settings.Urls, settings.GrpcPort);
        if (LoopbackRule.Problem(options.Security, addresses) is { } problem)
        {
            throw new UsageException(problem);
        }

        RequireModels(options, settings.Models);
        await using WebApplication app = Create(settings, addresses, options);
        await StartAsync(app, settings.Urls, cancellationToken).ConfigureAwait(false);
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

        // What cannot be loaded was said when it was; whoever asks for health is told, and asks every few seconds.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);

        // Why it does not start is said by the command, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => ServeAddresses.Listen(kestrel, addresses, settings.GrpcPort));
        builder.Services.AddNablaServing(options);
        WebApplication app = builder.Build();
        app.MapNablaServing();
        return app;
    }

    // An address that cannot be had shows only when it is opened.
    private static async Task StartAsync(WebApplication app, string urls, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException error)
        {
            throw new UsageException($"--urls {urls}: {error.Message}");
        }
    }

    // A run folder holds its model in a folder of its own; so does a repository with a model of the name 'model', but its versions.
    private static string Found(string path)
    {
        string inner = Path.Combine(path, "model");
        return File.Exists(Path.Combine(inner, "model.json")) ? inner : path;
    }
}
