using Microsoft.Extensions.Compliance.Classification;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Nabla.Serving.Audit;

/// <summary>Adds the audit log.</summary>
internal static class AuditRegistration
{
    private const int KeyId = 1;

    /// <summary>Adds it, its file, and what masks.</summary>
    public static void AddServingAudit(this IServiceCollection services, ServingOptions options)
    {
        services.AddRedaction(redaction =>
        {
            redaction.SetRedactor<ErasingRedactor>(new DataClassificationSet(Masking.SensitiveData));
            if (options.Audit?.ReadHmacKey() is { } key)
            {
#pragma warning disable EXTEXP0002 // The shape of its options may change yet; that it is an HMAC does not.
                redaction.SetHmacRedactor(hmac => (hmac.Key, hmac.KeyId) = (key, KeyId), new DataClassificationSet(Masking.PersonalData));
#pragma warning restore EXTEXP0002
            }
            else
            {
                redaction.SetRedactor<ErasingRedactor>(new DataClassificationSet(Masking.PersonalData));
            }
        });
        services.AddSingleton<Masking>();
        services.AddSingleton<MaskedInputs>();
        services.AddSingleton<AuditLog>();
        if (options.Audit is { Path: { } path } audit)
        {
            services.AddSingleton<ILoggerProvider>(_ => new AuditFile(path, audit.FileBytes, audit.OlderFiles));
            services.Configure<LoggerFilterOptions>(filter =>
            {
                filter.Rules.Add(new LoggerFilterRule(null, AuditLog.Category, LogLevel.None, null));
                filter.Rules.Add(new LoggerFilterRule(typeof(AuditFile).FullName, AuditLog.Category, LogLevel.Information, null));
            });
        }
        else
        {
            services.Configure<LoggerFilterOptions>(filter => filter.Rules.Add(new LoggerFilterRule(null, AuditLog.Category, LogLevel.Information, null)));
        }
    }
}
