using Nabla.Serving.Batching;
using Nabla.Serving.Drift;
using Nabla.Serving.Models;

namespace Nabla.Serving.Repository;

/// <summary>A version of a model that is in memory, compiled and takes requests.</summary>
/// <param name="Name">The name of the model.</param>
/// <param name="Version">The number of the version.</param>
/// <param name="Path">Where it was read from.</param>
/// <param name="Fingerprint">What its files were like when it was read.</param>
/// <param name="Model">The model.</param>
/// <param name="Options">How it is served.</param>
/// <param name="Replicas">What computes it.</param>
internal sealed record LoadedVersion(
    string Name, int Version, string Path, string Fingerprint, IServedModel Model, ModelOptions Options, ReplicaSet Replicas)
{
    /// <summary>How its requests compare with its training data; null where that is not known.</summary>
    public DriftWindow? Drift { get; init; }
}

/// <summary>Where a version is on its way.</summary>
internal enum VersionState
{
    /// <summary>It takes requests.</summary>
    Ready,

    /// <summary>It is being read and compiled.</summary>
    Loading,

    /// <summary>It finishes the requests that it has.</summary>
    Unloading,

    /// <summary>It is there, but not in memory.</summary>
    Unavailable,
}

/// <summary>What is told of a version.</summary>
/// <param name="Name">The name of the model.</param>
/// <param name="Version">The number of the version.</param>
/// <param name="State">Where it is on its way.</param>
/// <param name="Reason">Why, where it is not ready; empty otherwise.</param>
/// <param name="IsFailure">Whether the last attempt to load it failed.</param>
internal sealed record VersionStatus(string Name, int Version, VersionState State, string Reason, bool IsFailure = false)
{
    /// <summary>The name of the state in the protocol.</summary>
    public string StateName => State.ToString().ToUpperInvariant();
}
