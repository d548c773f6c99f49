using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Security;

/// <summary>
/// A server that asks nobody who they are is for its own machine: it does not start on another address, answers no request that comes in by one, and none
/// that was sent to another name, as pages of strangers do that have their name lead to this machine.
/// </summary>
internal sealed class LoopbackRule(ServingOptions options)
{
    /// <summary>Whether the rule holds for this server.</summary>
    public bool Holds => !options.Security.AsksWho && !options.Security.Insecure;

    /// <summary>Whether an address is of this machine alone.</summary>
    /// <param name="host">A name, an address, or one of Kestrel's signs for all addresses.</param>
    public static bool IsLoopback(string host) => host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IsLoopback(address));

    /// <summary>Whether other machines may reach an address.</summary>
    public static bool IsReachable(BindingAddress address) => !address.IsUnixPipe && !address.IsNamedPipe && !IsLoopback(address.Host);

    /// <summary>What is wrong with the addresses of a server; null for nothing.</summary>
    public static string? Problem(SecurityOptions security, IEnumerable<BindingAddress> addresses)
    {
        bool isOpen = !security.AsksWho && !security.Insecure;
        return isOpen && addresses.FirstOrDefault(IsReachable) is { } other
            ? $"{other} can be reached from other machines, but the server asks nobody who they are: configure keys (nabla serve keys add), tokens or client "
            + "certificates, keep to 127.0.0.1, or say --insecure."
            : null;
    }

    /// <summary>Refuses a request that comes from elsewhere.</summary>
    /// <exception cref="ServingException">It does.</exception>
    public void Require(HttpContext context)
    {
        if (!Holds)
        {
            return;
        }

        if (context.Connection.LocalIpAddress is { } local && !IsLoopback(local))
        {
            throw new ServingException(ServingFault.Forbidden, "The server answers on its own machine only.");
        }

        if (context.Request.Host is { HasValue: true, Host: { } name } && !IsLoopback(name))
        {
            throw new ServingException(ServingFault.Forbidden, $"The server answers by the name localhost or 127.0.0.1 but was asked as '{name}'.");
        }
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}

/// <summary>Stops a server that starts on an address which it must not have, and warns of keys that travel in the clear.</summary>
internal sealed partial class LoopbackCheck(ServingOptions options, IServer server, ILogger<LoopbackCheck> log) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        BindingAddress[] addresses = [.. (server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []).Select(BindingAddress.Parse)];
        if (LoopbackRule.Problem(options.Security, addresses) is { } problem)
        {
            throw new InvalidOperationException(problem);
        }

        foreach (BindingAddress address in addresses.Where(address => options.Security.AsksWho && address.Scheme == "http" && LoopbackRule.IsReachable(address)))
        {
            LogClear(address);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "What is sent to {Address}, keys included, can be read on the way: use https here or in front of it.")]
    private partial void LogClear(BindingAddress address);
}
