using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace Nabla.Serving.Security;

/// <summary>
/// The certificate that the server shows. Its files are read again for the next connection when they have changed, so that one that is renewed needs no new
/// start; files that do not fit each other, as between the writing of one and the other, leave the certificate that was there.
/// </summary>
internal sealed partial class ShownCertificate
{
    private readonly Lock gate = new();
    private readonly ServerCertificateOptions files;
    private readonly ILogger log;
    private volatile SslStreamCertificateContext current;
    private (FileStamp Certificate, FileStamp Key) seen;

    /// <param name="files">Where it lies.</param>
    /// <param name="log">Where it is said that it was read again.</param>
    /// <exception cref="ArgumentException">The files hold no certificate, or another's key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public ShownCertificate(ServerCertificateOptions files, ILogger<ShownCertificate> log)
    {
        (this.files, this.log) = (files, log);
        seen = Stamps();
        current = Load();
    }

    /// <summary>The certificate with those between it and its authority, as it is now.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            Refresh();
            return current;
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "Connections go on with the certificate that was there.")]
    private void Refresh()
    {
        lock (gate)
        {
            (FileStamp, FileStamp) stamps = Stamps();
            if (stamps == seen)
            {
                return;
            }

            seen = stamps;
            try
            {
                current = Load();
                LogRead(current.TargetCertificate.Subject, current.TargetCertificate.NotAfter);
            }
            catch (Exception error)
            {
                LogFailed(error);
            }
        }
    }

    private SslStreamCertificateContext Load() => SslStreamCertificateContext.Create(files.Load(), files.LoadChain(), offline: true);

    private (FileStamp Certificate, FileStamp Key) Stamps() => (FileStamp.Of(files.Path), FileStamp.Of(files.Key));

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificate of the server was read again: {Subject}, valid until {End:u}.")]
    private partial void LogRead(string subject, DateTime end);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificate of the server cannot be read; the one before it is still shown.")]
    private partial void LogFailed(Exception error);
}
