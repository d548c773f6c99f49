using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nabla.Serving.Repository;

/// <summary>Loads the models when the server starts, follows the repository where that is asked for, and lets models finish when it stops.</summary>
internal sealed partial class RepositoryService(
    ModelRepository repository, ServingOptions options, TimeProvider time, IHostApplicationLifetime lifetime, ILogger<RepositoryService> log) : BackgroundService
{
    private readonly Dictionary<string, string> seen = [];

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await repository.CloseAsync().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using CancellationTokenRegistration draining = lifetime.ApplicationStopping.Register(repository.Drain);
        await repository.StartAsync(stoppingToken).ConfigureAwait(false);
        foreach (string name in options.PerModel.Keys.Where(name => repository.TryFind(name) is null))
        {
            LogUnknown(name);
        }

        if (!options.Watch)
        {
            return;
        }

        using PeriodicTimer timer = new(options.WatchInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            await RefreshAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    // The repository may be out of reach for a while; what is in memory goes on.
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The next round looks again.")]
    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            await repository.RefreshAsync(IsSettled, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogFailed(error);
        }
    }

    // A version with a manifest is complete when the manifest holds. One without is taken to be when nothing has changed since the round before; one
    // that could not be loaded is tried again when it has changed.
    private bool IsSettled(string path)
    {
        string fingerprint = RepositoryLayout.Fingerprint(path);
        string key = $"{path}\n{fingerprint}";
        bool hasManifest = File.Exists(Path.Combine(path, VersionManifest.FileName));
        if (hasManifest && VersionManifest.Problem(path) is null && seen.GetValueOrDefault(path) != $"{key}\ntried")
        {
            seen[path] = $"{key}\ntried";
            return true;
        }

        bool isSettled = !hasManifest && seen.GetValueOrDefault(path) == key;
        seen[path] = isSettled ? $"{key}\ntried" : seen.GetValueOrDefault(path) == $"{key}\ntried" ? $"{key}\ntried" : key;
        return isSettled;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "perModel has options of a model '{Name}', but there is no such model.")]
    private partial void LogUnknown(string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "The repository could not be read; what is served stays.")]
    private partial void LogFailed(Exception error);
}
