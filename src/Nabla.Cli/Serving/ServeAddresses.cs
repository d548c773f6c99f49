using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Nabla.Cli.Commands;

namespace Nabla.Cli.Serving;

/// <summary>The addresses of <c>nabla serve</c>: those of REST as they are named, and one for gRPC on the host of the first.</summary>
internal static class ServeAddresses
{
    private const string Secure = "https";

    /// <summary>Reads addresses that are parted by semicolons.</summary>
    /// <exception cref="UsageException">There is none, one is no address that can be served, or gRPC has no host.</exception>
    public static BindingAddress[] Parse(string urls, int? grpcPort)
    {
        BindingAddress[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(ParseOne)];
        return addresses switch
        {
            [] => throw Expected(urls),
            _ when grpcPort > IPEndPoint.MaxPort => throw new UsageException($"--grpc-port expects a port up to {IPEndPoint.MaxPort} but got {grpcPort}."),
            [{ IsUnixPipe: true } first, ..] when grpcPort is not null => throw new UsageException($"--grpc-port expects a host as the first of --urls but got '{first}'."),
            _ => addresses,
        };
    }

    /// <summary>Has the server listen to them.</summary>
    public static void Listen(KestrelServerOptions kestrel, BindingAddress[] addresses, int? grpcPort)
    {
        kestrel.AddServerHeader = false;
        foreach (BindingAddress address in addresses)
        {
            Listen(kestrel, address, address.Port, HttpProtocols.Http1);
        }

        if (grpcPort is { } port)
        {
            Listen(kestrel, addresses[0], port, HttpProtocols.Http2);
        }
    }

    private static void Listen(KestrelServerOptions kestrel, BindingAddress address, int port, HttpProtocols protocols)
    {
        void Configure(ListenOptions listen)
        {
            listen.Protocols = protocols;
            if (address.Scheme == Secure)
            {
                UseCertificate(listen, address);
            }
        }

        if (address.IsUnixPipe)
        {
            kestrel.ListenUnixSocket(address.UnixPipePath, Configure);
        }
        else if (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? single))
        {
            kestrel.Listen(single, port, Configure);
        }
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(port, Configure);
        }
        else
        {
            kestrel.ListenAnyIP(port, Configure);
        }
    }

    private static void UseCertificate(ListenOptions listen, BindingAddress address)
    {
        try
        {
            listen.UseHttps();
        }
        catch (InvalidOperationException)
        {
            throw new UsageException($"--urls {address} needs a certificate: name its file as security.certificate in the file of --config.");
        }
    }

    private static BindingAddress ParseOne(string url)
    {
        try
        {
            BindingAddress address = BindingAddress.Parse(url);
            return address.Scheme is "http" or Secure && address.PathBase.Length == 0 && address.Port <= IPEndPoint.MaxPort && !address.IsNamedPipe ? address : throw Expected(url);
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidOperationException)
        {
            throw Expected(url);
        }
    }

    private static UsageException Expected(string url) => new(
        $"--urls expects addresses such as http://127.0.0.1:8000, https://0.0.0.0:8443 or http://unix:/run/nabla.sock, without a path behind them, but got '{url}'.");
}
