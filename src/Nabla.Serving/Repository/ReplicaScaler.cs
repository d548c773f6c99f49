using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Nabla.Serving.Repository;

/// <summary>Lets the number of replicas of each model follow its queue.</summary>
internal sealed partial class ReplicaScaler(ModelRepository repository, TimeProvider time, ILogger<ReplicaScaler> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A replica that cannot be added harms none that is there.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            foreach (LoadedVersion version in repository.Entries.SelectMany(entry => entry.Loaded.Values))
            {
                try
                {
                    version.Replicas.Adjust();
                }
                catch (Exception error)
                {
                    LogFailed(error, version.Name, version.Version);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The replicas of model {Name} version {Version} could not be changed.")]
    private partial void LogFailed(Exception error, string name, int version);
}
