using System.Collections.Concurrent;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Repository;

/// <summary>
/// The models of the server. A version is read, compiled and warm before it takes requests; the one that it replaces finishes what it has. Whatever goes
/// wrong while one is loaded is noted and harms no other.
/// </summary>
internal sealed class ModelRepository(ServingOptions options, VersionLoader loader)
{
    private readonly ConcurrentDictionary<string, ModelEntry> entries = new(StringComparer.Ordinal);
    private volatile bool isDraining;
    private volatile bool isStarted;

    /// <summary>Whether the models that were there at the start have been loaded, or could not be.</summary>
    public bool IsStarted => isStarted;

    /// <summary>All models, by name.</summary>
    public IEnumerable<ModelEntry> Entries => entries.Values.OrderBy(entry => entry.Name, StringComparer.Ordinal);

    /// <summary>Whether the server is about to stop.</summary>
    public bool IsDraining => isDraining;

    /// <summary>Whether each model has a version that takes requests, and the server is not about to stop.</summary>
    public bool IsReady => isStarted && !isDraining && entries.Values.All(entry => entry.Stable is not null);

    /// <summary>The model of a name.</summary>
    /// <exception cref="ServingException">There is none.</exception>
    public ModelEntry Find(string name) => entries.TryGetValue(name, out ModelEntry? entry)
        ? entry
        : throw (isStarted
            ? new ServingException(ServingFault.NotFound, $"There is no model '{name}'.")
            : new ServingException(ServingFault.Loading, "Models are being loaded."));

    /// <summary>The version for a request.</summary>
    /// <exception cref="ServingException">There is none that is ready.</exception>
    public LoadedVersion Resolve(ModelAddress address) => isDraining
        ? throw new ServingException(ServingFault.Draining, "The server is about to stop.")
        : Find(address.Name).Resolve(address);

    /// <summary>Loads what is to be served of all that lies in the repository.</summary>
    /// <exception cref="IOException">There is no repository.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach ((string name, IReadOnlyDictionary<int, string> versions) in RepositoryLayout.Scan(options.Models, options.Name))
        {
            ModelEntry entry = EntryOf(name);
            foreach (int version in Wanted(entry, versions.Keys))
            {
                await ChangeAsync(entry, () => TryLoad(entry, version, versions), cancellationToken).ConfigureAwait(false);
            }
        }

        isStarted = true;
    }

    /// <summary>Loads a model anew from the repository, or for the first time.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Which version; null for those that its rules want.</param>
    /// <param name="cancellationToken">Ends the wait for another change of the same model.</param>
    /// <exception cref="ServingException">There is no such model, or it cannot be loaded: what served before still does.</exception>
    public async Task LoadAsync(string name, int? version, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<int, string> versions = Scan().GetValueOrDefault(name)
            ?? throw new ServingException(ServingFault.NotFound, $"There is no model '{name}'.");
        if (version is { } number && !versions.ContainsKey(number))
        {
            throw new ServingException(ServingFault.NotFound, $"Model '{name}' has no version {number}.");
        }

        ModelEntry entry = EntryOf(name);
        await ChangeAsync(entry, () =>
        {
            IReadOnlyList<int> wanted = version is { } only ? [only] : Wanted(entry, versions.Keys);
            foreach (int each in wanted)
            {
                RequireLoaded(entry, each, TryLoad(entry, each, versions));
            }

            if (version is null)
            {
                Retire(entry, wanted);
            }
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a model go, when it has finished what it was asked.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Which version; null for all.</param>
    /// <param name="cancellationToken">Ends the wait for another change of the same model.</param>
    /// <exception cref="ServingException">There is no such model.</exception>
    public Task UnloadAsync(string name, int? version, CancellationToken cancellationToken)
    {
        ModelEntry entry = Find(name);
        return ChangeAsync(entry, () =>
        {
            foreach (int number in entry.Loaded.Keys.Where(number => version is null || number == version))
            {
                Unload(entry, number, "unloaded");
            }
        }, cancellationToken);
    }

    /// <summary>Changes who gets which version; those that are named and not in memory are loaded first.</summary>
    /// <exception cref="ServingException">A version cannot be loaded: the rules stay as they were.</exception>
    public async Task SetTrafficAsync(string name, TrafficRules rules, CancellationToken cancellationToken)
    {
        ModelEntry entry = Find(name);
        TrafficRules former = entry.Rules;
        await UseRulesAsync(entry, rules, cancellationToken).ConfigureAwait(false);
        entry.FormerRules = entry.FormerRules.Push(former);
    }

    /// <summary>Goes back to the rules before the last change, or where there was none, from the newest version to the one before it.</summary>
    /// <returns>The rules that hold now.</returns>
    /// <exception cref="ServingException">There is nothing to go back to, or it cannot be loaded.</exception>
    public async Task<TrafficRules> RollBackAsync(string name, CancellationToken cancellationToken)
    {
        ModelEntry entry = Find(name);
        if (!entry.FormerRules.IsEmpty)
        {
            await UseRulesAsync(entry, entry.FormerRules.Peek(), cancellationToken).ConfigureAwait(false);
            entry.FormerRules = entry.FormerRules.Pop();
            return entry.Rules;
        }

        int current = entry.Stable?.Version ?? throw new ServingException(ServingFault.NotReady, $"Model '{name}' is not ready.");
        int[] older = [.. Scan().GetValueOrDefault(name)?.Keys.Where(version => version < current) ?? []];
        TrafficRules back = new() { Stable = older.Length > 0 ? older.Max() : throw ServingException.Invalid($"Model '{name}' has no version before {current}.") };
        await UseRulesAsync(entry, back, cancellationToken).ConfigureAwait(false);
        return entry.Rules;
    }

    /// <summary>Loads what has appeared in the repository and lets go what has vanished from it.</summary>
    /// <param name="settled">Whether the files of a version have not changed for a while; asked for those without a manifest.</param>
    /// <param name="cancellationToken">Ends it between two models.</param>
    public async Task RefreshAsync(Func<string, bool> settled, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, IReadOnlyDictionary<int, string>> found = Scan();
        foreach ((string name, IReadOnlyDictionary<int, string> versions) in found)
        {
            ModelEntry entry = EntryOf(name);
            await ChangeAsync(entry, () => Refresh(entry, versions, settled), cancellationToken).ConfigureAwait(false);
        }

        foreach (ModelEntry entry in Entries.Where(entry => !found.ContainsKey(entry.Name)))
        {
            await ChangeAsync(entry, () => Refresh(entry, new Dictionary<int, string>(), settled), cancellationToken).ConfigureAwait(false);
            entries.TryRemove(entry.Name, out _);
        }
    }

    /// <summary>Takes no more requests.</summary>
    public void Drain() => isDraining = true;

    /// <summary>Lets each model finish what it has.</summary>
    public Task CloseAsync() => Task.WhenAll(entries.Values.SelectMany(entry => entry.Loaded.Values).Select(version => version.Replicas.CloseAsync()));

    private IReadOnlyDictionary<string, IReadOnlyDictionary<int, string>> Scan() => RepositoryLayout.Scan(options.Models, options.Name);

    private ModelEntry EntryOf(string name) =>
        entries.GetOrAdd(name, static (name, options) => new ModelEntry(name, options.Of(name).Traffic ?? new TrafficRules()), options);

    private IReadOnlyList<int> Wanted(ModelEntry entry, IEnumerable<int> versions)
    {
        int[] all = [.. versions.Order()];
        return options.Of(entry.Name).Versions == VersionPolicy.All || all.Length == 0
            ? all
            : [.. entry.Rules.Versions.Intersect(all).Concat(entry.Rules.Stable is null ? [all[^1]] : []).Distinct().Order()];
    }

    private static async Task ChangeAsync(ModelEntry entry, Action change, CancellationToken cancellationToken)
    {
        await entry.Changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.Run(change, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            entry.Changing.Release();
        }
    }

    private Task UseRulesAsync(ModelEntry entry, TrafficRules rules, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<int, string> versions = Scan().GetValueOrDefault(entry.Name) ?? new Dictionary<int, string>();
        if (rules.Versions.Where(version => !versions.ContainsKey(version)).ToArray() is [int missing, ..])
        {
            throw new ServingException(ServingFault.NotFound, $"Model '{entry.Name}' has no version {missing}.");
        }

        return ChangeAsync(entry, () =>
        {
            foreach (int version in rules.Versions.Where(version => !entry.Loaded.ContainsKey(version)))
            {
                RequireLoaded(entry, version, TryLoad(entry, version, versions));
            }

            entry.Rules = rules;
            Retire(entry, Wanted(entry, versions.Keys));
        }, cancellationToken);
    }

    private static void RequireLoaded(ModelEntry entry, int version, string? problem)
    {
        if (problem is not null)
        {
            throw ServingException.Invalid($"Version {version} of model '{entry.Name}' cannot be loaded: {problem}.");
        }
    }

    // The new version of the newest serves before the former one goes; if it cannot be loaded, the former one stays.
    private void Refresh(ModelEntry entry, IReadOnlyDictionary<int, string> versions, Func<string, bool> settled)
    {
        bool allLoaded = true;
        IReadOnlyList<int> wanted = Wanted(entry, versions.Keys);
        foreach (int version in wanted.Where(version => entry.Loaded.GetValueOrDefault(version)?.Fingerprint != RepositoryLayout.Fingerprint(versions[version])))
        {
            allLoaded &= settled(versions[version]) && TryLoad(entry, version, versions) is null;
        }

        if (allLoaded)
        {
            Retire(entry, wanted);
        }

        foreach (VersionStatus gone in entry.States.Where(status => !versions.ContainsKey(status.Version) && !entry.Loaded.ContainsKey(status.Version)))
        {
            entry.Forget(gone.Version);
        }
    }

    private void Retire(ModelEntry entry, IReadOnlyList<int> wanted)
    {
        foreach (int version in entry.Loaded.Keys.Except(wanted))
        {
            Unload(entry, version, "another version is served");
        }
    }

    private string? TryLoad(ModelEntry entry, int version, IReadOnlyDictionary<int, string> versions)
    {
        entry.Note(version, VersionState.Loading);
        (LoadedVersion? loaded, string? problem) = loader.TryLoad(entry.Name, version, versions[version]);
        if (loaded is null)
        {
            entry.NoteFailure(version, problem!);
        }
        else if (entry.Publish(loaded) is { } former)
        {
            _ = Release(former);
        }

        return problem;
    }

    private void Unload(ModelEntry entry, int version, string reason)
    {
        if (entry.Withdraw(version) is not { } former)
        {
            return;
        }

        entry.Note(version, VersionState.Unloading);
        Release(former).ContinueWith(
            _ => entry.NoteUnloaded(version, reason), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static Task Release(LoadedVersion former) => CollectAfterAsync(former.Replicas.CloseAsync());

    // What replicas computed in is pinned memory that a full collection alone gives back; requests leave nothing that lasts, and so hardly ever cause one.
    private static async Task CollectAfterAsync(Task closed)
    {
        await closed.ConfigureAwait(false);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
