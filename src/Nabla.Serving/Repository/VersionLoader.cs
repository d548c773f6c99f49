using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Nabla.Formats;
using Nabla.Serving.Batching;
using Nabla.Serving.Drift;
using Nabla.Serving.Models;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Repository;

/// <summary>Reads versions of models and makes them ready: complete, compiled, warm.</summary>
internal sealed partial class VersionLoader(
    ServingOptions options, ModelReader read, SignatureCheck signatures, ServingMetrics metrics, TimeProvider time, ILogger<VersionLoader> log)
{
    /// <summary>Makes a version ready, or says why it cannot be.</summary>
    /// <param name="name">The name of the model.</param>
    /// <param name="version">The number of the version.</param>
    /// <param name="path">Where it is.</param>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A model that cannot be loaded harms no other.")]
    public (LoadedVersion? Loaded, string? Problem) TryLoad(string name, int version, string path)
    {
        string place = Path.GetFullPath(path);
        try
        {
            LoadedVersion loaded = Load(name, version, place);
            LogLoaded(name, version);
            return (loaded, null);
        }
        catch (Exception error) when (IsOfFiles(error))
        {
            LogRefused(name, version, error.Message);
            return (null, ProblemOf(error, place));
        }
        catch (Exception error)
        {
            LogFailed(error, name, version);
            return (null, "it could not be made ready");
        }
    }

    private LoadedVersion Load(string name, int version, string path)
    {
        string fingerprint = RepositoryLayout.Fingerprint(path);
        RequireComplete(path);
        signatures.Require(path);
        IServedModel model = read(path);
        RequireUnchanged(path, fingerprint);
        ModelOptions how = options.Of(name);
        DriftWindow? drift = DriftWindow.Of(model.Saved, options.Drift, time);

        // Last: what is started here runs until somebody closes it.
        ReplicaSet replicas = ReplicaSet.Start($"{name}/{version}", model, how, batch => metrics.Computed(name, version, batch), time);
        return new LoadedVersion(name, version, path, fingerprint, model, how, replicas) { Drift = drift };
    }

    // What was read is what was verified only if nobody wrote in between.
    private void RequireUnchanged(string path, string fingerprint)
    {
        if (signatures.IsAsked && RepositoryLayout.Fingerprint(path) != fingerprint)
        {
            throw new InvalidFileException(path, FilePosition.None, "expected signed files that nobody changes while they are read, got others");
        }
    }

    private void RequireComplete(string path)
    {
        if (!Directory.Exists(path))
        {
            return;
        }

        string? problem = options.RequireManifest && !File.Exists(Path.Combine(path, VersionManifest.FileName))
            ? $"expected {VersionManifest.FileName}, got none"
            : VersionManifest.Problem(path);
        if (problem is not null)
        {
            throw new InvalidFileException(path, FilePosition.None, problem);
        }
    }

    // Such an error says by itself what is wrong with a file, and where.
    private static bool IsOfFiles(Exception error) => error is IOException or FormatException or NotSupportedException or ArgumentException;

    // Callers are told what is wrong with a file, but not where on the disk it lies.
    private static string ProblemOf(Exception error, string path) =>
        error.Message.Replace($"{path}{Path.DirectorySeparatorChar}", "", StringComparison.Ordinal).Replace(path, "the model", StringComparison.Ordinal).TrimEnd('.');

    [LoggerMessage(Level = LogLevel.Information, Message = "Model {Name} version {Version} is ready.")]
    private partial void LogLoaded(string name, int version);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Name} version {Version} could not be loaded: {Problem}")]
    private partial void LogRefused(string name, int version, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Model {Name} version {Version} could not be loaded.")]
    private partial void LogFailed(Exception error, string name, int version);
}
