using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nabla.Serving.Http;

namespace Nabla.Serving.Alerts;

/// <summary>An alert as it is posted: JSON, and where there is a secret, a signature over the time and the body.</summary>
internal static class AlertMessage
{
    /// <summary>The header with the seconds since 1970 at which the message was made.</summary>
    public const string TimeHeader = "X-Nabla-Timestamp";

    /// <summary>The header with <c>sha256=</c> and the HMAC of <c>TIMESTAMP.BODY</c> in hexadecimal digits.</summary>
    public const string SignatureHeader = "X-Nabla-Signature";

    /// <summary>The body.</summary>
    public static byte[] Body(Alert alert) => JsonAnswer.ToBytes(writer =>
    {
        Breach breach = alert.Breach;
        writer.WriteStartObject();
        writer.WriteString("id", alert.Id);
        writer.WriteString("status", alert.EndedAt is null ? "firing" : "resolved");
        writer.WriteString("alert", breach.Alert);
        writer.WriteString("model", breach.Model);
        if (breach.Version is { } version)
        {
            writer.WriteString("version", version.ToString(CultureInfo.InvariantCulture));
        }

        writer.WriteNumber("value", breach.Value);
        writer.WriteNumber("threshold", breach.Threshold);
        writer.WriteString("message", breach.Message);
        writer.WriteString("startedAt", alert.StartedAt);
        if (alert.EndedAt is { } end)
        {
            writer.WriteString("endedAt", end);
        }

        writer.WriteEndObject();
    }).ToArray();

    /// <summary>The signature of a body.</summary>
    /// <param name="secret">The secret that the receiver knows too.</param>
    /// <param name="timestamp">The value of <see cref="TimeHeader"/>.</param>
    /// <param name="body">The body.</param>
    public static string Sign(byte[] secret, string timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{timestamp}."), .. body];
        return $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(secret, signed))}";
    }
}
