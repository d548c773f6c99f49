using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Security;

namespace Nabla.Serving.Audit;

/// <summary>
/// Writes down who asked what: with <see cref="AuditOptions"/> each request that a model answers; always those that change something, and those that were
/// refused to somebody.
/// </summary>
internal sealed partial class AuditLog
{
    /// <summary>What the log is called within the application's.</summary>
    public const string Category = "Nabla.Serving.Audit";

    private const int LongestText = 256;

    private readonly ServingOptions options;
    private readonly Masking masking;
    private readonly TimeProvider time;
    private readonly ILogger log;

    /// <param name="options">What is written down.</param>
    /// <param name="masking">Masks what is personal.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Makes the log.</param>
    public AuditLog(ServingOptions options, Masking masking, TimeProvider time, ILoggerFactory logs)
    {
        (this.options, this.masking, this.time) = (options, masking, time);
        log = logs.CreateLogger(Category);
    }

    /// <summary>Writes a request down, if it is one of those that are.</summary>
    /// <param name="context">The request, when it has been answered.</param>
    /// <param name="entry">What was found out about it.</param>
    /// <param name="took">How long it took.</param>
    public void Write(HttpContext context, AuditEntry entry, TimeSpan took)
    {
        ModelRole? role = RoleFor(context);
        if (role == ModelRole.Admin || IsRefusal(entry.Reason) || (role == ModelRole.Predict && options.Audit is not null))
        {
            LogEntry(Encoding.UTF8.GetString(JsonAnswer.ToBytes(writer => Write(writer, context, entry, took)).Span));
        }
    }

    private static ModelRole? RoleFor(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<AccessRequirement>()?.Role;

    private static bool IsRefusal(string? reason) => reason is not null
        && (reason == ServingException.ReasonOf(ServingFault.Unauthenticated)
            || reason == ServingException.ReasonOf(ServingFault.Forbidden)
            || reason == ServingException.ReasonOf(ServingFault.QuotaSpent));

    private void Write(Utf8JsonWriter writer, HttpContext context, AuditEntry entry, TimeSpan took)
    {
        CallerIdentity? caller = Access.CallerOf(context);
        writer.WriteStartObject();
        writer.WriteString("time", time.GetUtcNow());
        writer.WriteString("who", caller?.Caller);
        writer.WriteString("by", caller?.AuthenticationType);
        writer.WriteString("from", AddressOf(context));
        writer.WriteString("what", WhatOf(context));
        writer.WriteString("model", Short(entry.Model ?? context.GetRouteValue("name") as string));
        if (entry.Version is { } version)
        {
            writer.WriteNumber("version", version);
        }

        WriteQuestion(writer, entry);
        writer.WriteString("outcome", OutcomeOf(context, entry));
        writer.WriteNumber("status", context.Response.StatusCode);
        writer.WriteNumber("milliseconds", Math.Round(took.TotalMilliseconds, 3));
        writer.WriteEndObject();
    }

    private static void WriteQuestion(Utf8JsonWriter writer, AuditEntry entry)
    {
        if (entry.RequestId is { } id)
        {
            writer.WriteString("request", Short(id));
        }

        if (entry.Rows is { } rows)
        {
            writer.WriteNumber("rows", rows);
        }

        if (entry.Inputs.Count > 0)
        {
            writer.WriteStartObject("inputs");
            foreach ((string field, string value) in entry.Inputs)
            {
                writer.WriteString(field, Short(value));
            }

            writer.WriteEndObject();
        }
    }

    private string? AddressOf(HttpContext context)
    {
        string? address = context.Connection.RemoteIpAddress?.ToString();
        return address is null || options.Audit?.PlainAddresses == true ? address : masking.Personal(address);
    }

    // The pattern of the path says what was asked; what stands in its place may be anything.
    private static string WhatOf(HttpContext context) =>
        $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "unknown"}";

    private static string OutcomeOf(HttpContext context, AuditEntry entry) =>
        entry.Reason ?? (context.RequestAborted.IsCancellationRequested ? "cancelled" : context.Response.StatusCode < StatusCodes.Status400BadRequest ? "ok" : "refused");

    private static string? Short(string? text) => text is { Length: > LongestText } ? text[..LongestText] : text;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Entry}")]
    private partial void LogEntry(string entry);
}

/// <summary>Follows each request to its end for the audit log.</summary>
internal sealed class AuditTrail(RequestDelegate next, AuditLog log, TimeProvider time)
{
    /// <summary>Handles a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        AuditEntry entry = new();
        context.Features.Set(entry);
        long start = time.GetTimestamp();
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            log.Write(context, entry, time.GetElapsedTime(start));
        }
    }
}
