using System.Collections.Immutable;
using System.Globalization;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Repository;

/// <summary>All that is known of a model: the versions in memory, the state of the others, and who gets which.</summary>
/// <param name="name">Its name.</param>
/// <param name="rules">Who gets which version.</param>
internal sealed class ModelEntry(string name, TrafficRules rules)
{
    private readonly Lock gate = new();
    private readonly TrafficSplit split = new();
    private readonly SortedDictionary<int, VersionStatus> states = [];
    private readonly Dictionary<int, string> unloaded = [];
    private ImmutableSortedDictionary<int, LoadedVersion> loaded = ImmutableSortedDictionary<int, LoadedVersion>.Empty;
    private LoadedVersion? newest;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Who gets which version; replaced as a whole.</summary>
    public TrafficRules Rules { get; set; } = rules;

    /// <summary>The rules that were replaced, the last one first.</summary>
    public ImmutableStack<TrafficRules> FormerRules { get; set; } = [];

    /// <summary>One load or unload at a time.</summary>
    public SemaphoreSlim Changing { get; } = new(1, 1);

    /// <summary>The versions that take requests.</summary>
    public ImmutableSortedDictionary<int, LoadedVersion> Loaded => Volatile.Read(ref loaded);

    /// <summary>The version that requests get which name none, and no canary has taken; null when none is ready.</summary>
    public LoadedVersion? Stable => Rules.Stable is { } stable ? Loaded.GetValueOrDefault(stable) : Volatile.Read(ref newest);

    /// <summary>Whether it does not take requests though it was loaded, or was to be, and nobody asked to unload it.</summary>
    public bool IsMissing
    {
        get
        {
            lock (gate)
            {
                return Stable is null && states.Count > 0 && unloaded.Count == 0;
            }
        }
    }

    /// <summary>The state of each version that was met.</summary>
    public IReadOnlyList<VersionStatus> States
    {
        get
        {
            lock (gate)
            {
                return [.. states.Values];
            }
        }
    }

    /// <summary>The version for a request.</summary>
    /// <exception cref="ServingException">There is none that is ready.</exception>
    public LoadedVersion Resolve(ModelAddress address)
    {
        if (address.Version is { } number)
        {
            return Loaded.GetValueOrDefault(number) ?? throw Missing(number);
        }

        return address.Label switch
        {
            null when Rules.Canary is { } canary && split.NextIsCanary(Rules.CanaryShare) => Loaded.GetValueOrDefault(canary) ?? Stable ?? throw NotReady(),
            null or "stable" => Stable ?? throw NotReady(),
            "canary" => Labelled("canary", Rules.Canary),
            _ => throw new ServingException(ServingFault.NotFound, $"Model '{name}' has no version with the label '{address.Label}', only stable and canary."),
        };
    }

    /// <summary>Lets a version take requests.</summary>
    /// <returns>The one of the same number that it replaces.</returns>
    public LoadedVersion? Publish(LoadedVersion version)
    {
        lock (gate)
        {
            LoadedVersion? former = loaded.GetValueOrDefault(version.Version);
            Use(loaded.SetItem(version.Version, version));
            unloaded.Remove(version.Version);
            states[version.Version] = new VersionStatus(name, version.Version, VersionState.Ready, "");
            return former;
        }
    }

    /// <summary>Lets a version take no more requests.</summary>
    /// <returns>The version, or null when it was not in memory.</returns>
    public LoadedVersion? Withdraw(int version)
    {
        lock (gate)
        {
            LoadedVersion? former = loaded.GetValueOrDefault(version);
            Use(loaded.Remove(version));
            return former;
        }
    }

    /// <summary>Notes that a version is about to be unloaded because somebody asked for that.</summary>
    public void NoteRequested(LoadedVersion version)
    {
        lock (gate)
        {
            unloaded[version.Version] = version.Fingerprint;
        }
    }

    /// <summary>Whether a version was unloaded by request and has the same files still, so that only a request brings it back.</summary>
    public bool WasUnloaded(int version, string fingerprint)
    {
        lock (gate)
        {
            return unloaded.GetValueOrDefault(version) == fingerprint;
        }
    }

    /// <summary>Notes where a version is on its way; one that is ready stays so while it is loaded again.</summary>
    public void Note(int version, VersionState state) => Note(version, state, "", isFailure: false);

    /// <summary>Notes that a version could not be loaded; if one of its number is ready, that one stays.</summary>
    public void NoteFailure(int version, string reason) => Note(version, VersionState.Unavailable, reason, isFailure: true);

    /// <summary>Notes that a version has finished what it had, unless it was loaded again in the meantime.</summary>
    public void NoteUnloaded(int version, string reason)
    {
        lock (gate)
        {
            if (!loaded.ContainsKey(version))
            {
                states[version] = new VersionStatus(name, version, VersionState.Unavailable, reason);
            }
        }
    }

    /// <summary>Forgets a version that is gone.</summary>
    public void Forget(int version)
    {
        lock (gate)
        {
            states.Remove(version);
            unloaded.Remove(version);
        }
    }

    private void Note(int version, VersionState state, string reason, bool isFailure)
    {
        lock (gate)
        {
            states[version] = new VersionStatus(name, version, loaded.ContainsKey(version) ? VersionState.Ready : state, reason, isFailure);
        }
    }

    private void Use(ImmutableSortedDictionary<int, LoadedVersion> versions)
    {
        Volatile.Write(ref loaded, versions);
        Volatile.Write(ref newest, versions.IsEmpty ? null : versions[versions.Keys.Max()]);
    }

    private LoadedVersion Labelled(string label, int? version) => version is { } number
        ? Loaded.GetValueOrDefault(number) ?? throw Missing(number)
        : throw new ServingException(ServingFault.NotFound, $"Model '{name}' has no version with the label '{label}'.");

    private ServingException Missing(int version)
    {
        VersionStatus? status = States.FirstOrDefault(status => status.Version == version);
        string number = version.ToString(CultureInfo.InvariantCulture);
        return status?.State switch
        {
            null => new ServingException(ServingFault.NotFound, $"Model '{name}' has no version {number}."),
            VersionState.Loading => new ServingException(ServingFault.Loading, $"Version {number} of model '{name}' is being loaded."),
            _ => new ServingException(ServingFault.NotReady, $"Version {number} of model '{name}' is not loaded."),
        };
    }

    private ServingException NotReady() => States.Any(status => status.State == VersionState.Loading)
        ? new ServingException(ServingFault.Loading, $"Model '{name}' is being loaded.")
        : new ServingException(ServingFault.NotReady, $"Model '{name}' is not ready.");
}
