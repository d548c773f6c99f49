using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Http;

namespace Nabla.Serving.Alerts;

/// <summary>Posts to the webhook what begins and ends to be wrong. What cannot be delivered is tried again in the next round.</summary>
internal sealed partial class AlertService(
    ServingOptions options, Thresholds thresholds, IHttpClientFactory clients, TimeProvider time, ILogger<AlertService> log) : BackgroundService
{
    /// <summary>The name of the HTTP client.</summary>
    public const string ClientName = "nabla-alerts";

    private const int LargestSecret = 4096;
    private const int ShortestSecret = 16;

    private readonly AlertState state = new();
    private byte[]? secret;

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        secret = options.Alerts.SecretFile is { } file ? ReadSecret(file) : null;
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Alerts.Webhook is not { } webhook)
        {
            return;
        }

        using PeriodicTimer timer = new(options.Alerts.Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            foreach (Alert alert in state.Update(thresholds.Look(), time.GetUtcNow()))
            {
                if (await TryPostAsync(webhook, alert, stoppingToken).ConfigureAwait(false))
                {
                    state.Told(alert);
                }
            }
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The receiver's troubles are not to end the service.")]
    private async Task<bool> TryPostAsync(Uri webhook, Alert alert, CancellationToken cancellationToken)
    {
        try
        {
            using HttpClient client = clients.CreateClient(ClientName);
            using HttpRequestMessage request = CreateRequest(webhook, alert);
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            return true;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(error, alert.Breach.Alert, alert.Breach.Model);
            return false;
        }
    }

    private HttpRequestMessage CreateRequest(Uri webhook, Alert alert)
    {
        byte[] body = AlertMessage.Body(alert);
        string timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        HttpRequestMessage request = new(HttpMethod.Post, webhook) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(RequestBody.Json);
        request.Headers.Add(AlertMessage.TimeHeader, timestamp);
        if (secret is not null)
        {
            request.Headers.Add(AlertMessage.SignatureHeader, AlertMessage.Sign(secret, timestamp, body));
        }

        return request;
    }

    private static byte[] ReadSecret(string path)
    {
        string text = new FileInfo(path).Length <= LargestSecret ? File.ReadAllText(path).Trim() : "";
        return text.Length >= ShortestSecret
            ? Encoding.UTF8.GetBytes(text)
            : throw new IOException($"{path}: expected a secret of {ShortestSecret} to {LargestSecret} characters, got another length.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The alert {Alert} of model {Model} could not be delivered; it is tried again.")]
    private partial void LogFailed(Exception error, string alert, string model);
}
