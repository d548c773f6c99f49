using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Repository;

/// <summary>
/// The models of the server. A version is read, compiled and warm before it takes requests; the one that it replaces finishes what it has. Whatever goes
/// wrong while one is loaded is noted and harms no other.
/// </summary>
internal sealed partial class ModelRepository(ServingOptions options, VersionLoader loader, ILogger<ModelRepository> log)
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

    /// <summary>
    /// Whether requests are to be sent to this server: models that are missing keep nobody from those that answer, so one is enough, and none is needed where
    /// none is missing.
    /// </summary>
    public bool IsServing => isStarted && !isDraining
        && (entries.Values.Any(entry => entry.Stable is not null) || !entries.Values.Any(entry => entry.IsMissing));

    /// <summary>The model of a name; null where there is none.</summary>
    public ModelEntry? TryFind(string name) => entries.GetValueOrDefault(name);

    /// <summary>The model of a name.</summary>
    /// <exception cref="ServingException">There is none.</exception>
    public ModelEntry Find(string name) => TryFind(name) ?? throw (isStarted
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
            foreach (int version in Wanted(entry, versions))
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
        ModelEntry entry = EntryOf(name);
        await ChangeAsync(entry, () =>
        {
            IReadOnlyList<int> wanted = version is { } only ? [only] : Wanted(entry, versions);
            RequireThere(entry, wanted is [] ? entry.Rules.Versions : wanted, versions);
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

    /// <summary>Lets a model go, when it has finished what it was asked. Only a request, or other files, bring it back.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="version">Which version; null for all.</param>
    /// <param name="cancellationToken">Ends the wait for another change of the same model.</param>
    /// <exception cref="ServingException">There is no such model, or nothing was ever loaded of the version.</exception>
    public Task UnloadAsync(string name, int? version, CancellationToken cancellationToken)
    {
        ModelEntry entry = Find(name);
        return ChangeAsync(entry, () =>
        {
            if (version is { } number && entry.States.All(status => status.Version != number))
            {
                throw new ServingException(ServingFault.NotFound, $"Model '{name}' has no version {number} that was loaded.");
            }

            foreach (LoadedVersion each in entry.Loaded.Values.Where(each => version is null || each.Version == version))
            {
                entry.NoteRequested(each);
                Unload(entry, each.Version, "unloaded");
            }
        }, cancellationToken);
    }

    /// <summary>Changes who gets which version; those that are needed for it and not in memory are loaded first.</summary>
    /// <exception cref="ServingException">A version is not there or cannot be loaded: the rules stay as they were.</exception>
    public Task SetTrafficAsync(string name, TrafficRules rules, CancellationToken cancellationToken)
    {
        ModelEntry entry = Find(name);
        return ChangeAsync(entry, () =>
        {
            // The way back leads to the version that was stable, whichever is the newest then.
            TrafficRules former = entry.Rules with { Stable = entry.Rules.Stable ?? entry.Stable?.Version };
            UseRules(entry, rules, VersionsOf(entry));
            entry.FormerRules = entry.FormerRules.Push(former);
        }, cancellationToken);
    }

    /// <summary>
    /// Goes back to the rules before the last change, with the version that was stable then; or where there was none, from the newest version to the one
    /// before it.
    /// </summary>
    /// <returns>The rules that hold now.</returns>
    /// <exception cref="ServingException">There is nothing to go back to, or it cannot be loaded.</exception>
    public async Task<TrafficRules> RollBackAsync(string name, CancellationToken cancellationToken)
    {
        ModelEntry entry = Find(name);
        TrafficRules back = new();
        await ChangeAsync(entry, () =>
        {
            IReadOnlyDictionary<int, string> versions = VersionsOf(entry);
            bool isChanged = !entry.FormerRules.IsEmpty;
            back = isChanged ? entry.FormerRules.Peek() : RulesBefore(entry, versions);
            UseRules(entry, back, versions);
            entry.FormerRules = isChanged ? entry.FormerRules.Pop() : entry.FormerRules;
        }, cancellationToken).ConfigureAwait(false);
        return back;
    }

    /// <summary>
    /// Loads what has appeared in the repository and lets go what has vanished from it. A model that cannot be looked at keeps what it serves, and none other
    /// from being looked at.
    /// </summary>
    /// <param name="settled">Whether the files of a version have not changed for a while; asked for those without a manifest.</param>
    /// <param name="cancellationToken">Ends it between two models.</param>
    public async Task RefreshAsync(Func<string, bool> settled, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, IReadOnlyDictionary<int, string>> found = Scan();
        foreach ((string name, IReadOnlyDictionary<int, string> versions) in found)
        {
            await TryRefreshAsync(EntryOf(name), versions, settled, cancellationToken).ConfigureAwait(false);
        }

        foreach (ModelEntry entry in Entries.Where(entry => !found.ContainsKey(entry.Name)))
        {
            await ChangeAsync(entry, () => Leave(entry), cancellationToken).ConfigureAwait(false);
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

    private IReadOnlyDictionary<int, string> VersionsOf(ModelEntry entry) => Scan().GetValueOrDefault(entry.Name)
        ?? throw new ServingException(ServingFault.NotFound, $"Model '{entry.Name}' is no longer in the repository.");

    private bool ServesAll(ModelEntry entry) => options.Of(entry.Name).Versions == VersionPolicy.All;

    private IReadOnlyList<int> Wanted(ModelEntry entry, IReadOnlyDictionary<int, string> versions)
    {
        int[] all = [.. versions.Keys.Order()];
        return ServesAll(entry) ? all : [.. entry.Rules.Needed(all)];
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

    // Where all versions are served, one that is not named and cannot be loaded is the business of nobody whom these rules send to others.
    private void UseRules(ModelEntry entry, TrafficRules rules, IReadOnlyDictionary<int, string> versions)
    {
        RequireThere(entry, rules.Versions, versions);
        if (rules is { Stable: null, Canary: { } canary } && canary == versions.Keys.Max())
        {
            throw ServingException.Invalid($"Version {canary} of model '{entry.Name}' is the newest, and so the stable one where none is named: name the stable version beside the canary.");
        }

        IEnumerable<int> needed = ServesAll(entry) ? rules.Versions : rules.Needed([.. versions.Keys]);
        foreach (int version in needed.Where(version => !entry.Loaded.ContainsKey(version)))
        {
            RequireLoaded(entry, version, TryLoad(entry, version, versions));
        }

        entry.Rules = rules;
        Retire(entry, Wanted(entry, versions));
    }

    private static TrafficRules RulesBefore(ModelEntry entry, IReadOnlyDictionary<int, string> versions)
    {
        int current = entry.Stable?.Version ?? throw new ServingException(ServingFault.NotReady, $"Model '{entry.Name}' is not ready.");
        int[] older = [.. versions.Keys.Where(version => version < current)];
        return new TrafficRules { Stable = older.Length > 0 ? older.Max() : throw ServingException.Invalid($"Model '{entry.Name}' has no version before {current}.") };
    }

    private static void RequireThere(ModelEntry entry, IEnumerable<int> named, IReadOnlyDictionary<int, string> versions)
    {
        if (named.Where(version => !versions.ContainsKey(version)).ToArray() is [int missing, ..])
        {
            throw new ServingException(ServingFault.NotFound, $"Model '{entry.Name}' has no version {missing}.");
        }
    }

    private static void RequireLoaded(ModelEntry entry, int version, string? problem)
    {
        if (problem is not null)
        {
            throw ServingException.Invalid($"Version {version} of model '{entry.Name}' cannot be loaded: {problem}.");
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A model that cannot be looked at harms no other; the next round looks again.")]
    private async Task TryRefreshAsync(ModelEntry entry, IReadOnlyDictionary<int, string> versions, Func<string, bool> settled, CancellationToken cancellationToken)
    {
        try
        {
            await ChangeAsync(entry, () => Refresh(entry, versions, settled), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogNotLookedAt(error, entry.Name);
        }
    }

    // The new version of the newest serves before the former one goes; if it cannot be loaded, the former one stays.
    private void Refresh(ModelEntry entry, IReadOnlyDictionary<int, string> versions, Func<string, bool> settled)
    {
        bool allLoaded = true;
        IReadOnlyList<int> wanted = Wanted(entry, versions);
        foreach (int version in wanted.Where(version => IsNew(entry, version, RepositoryLayout.Fingerprint(versions[version]))))
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

    private static bool IsNew(ModelEntry entry, int version, string fingerprint) =>
        entry.Loaded.GetValueOrDefault(version)?.Fingerprint != fingerprint && !entry.WasUnloaded(version, fingerprint);

    // What serves stays until something that is wanted does: only a request, or the end of its folder, takes a model down.
    private static void Retire(ModelEntry entry, IReadOnlyList<int> wanted)
    {
        if (!wanted.Any(entry.Loaded.ContainsKey))
        {
            return;
        }

        foreach (int version in entry.Loaded.Keys.Except(wanted))
        {
            Unload(entry, version, "another version is served");
        }
    }

    private static void Leave(ModelEntry entry)
    {
        foreach (int version in entry.Loaded.Keys)
        {
            Unload(entry, version, "its files are gone");
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

    private static void Unload(ModelEntry entry, int version, string reason)
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

    [LoggerMessage(Level = LogLevel.Error, Message = "The files of model {Name} could not be looked at; what it serves stays.")]
    private partial void LogNotLookedAt(Exception error, string name);
}
