using System.Runtime.CompilerServices;
using Nabla.Compression;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Serving.Repository;

namespace Nabla.Serving.Models;

/// <summary>
/// Reads models, and adapters as models: a version that is an adapter names its base in the same repository, <c>NAME</c> or <c>NAME/VERSION</c>, as
/// <c>base_model_name_or_path</c>. A base that somebody still serves is read once, so that it and its adapters hold its weights once.
/// </summary>
/// <param name="verify">Throws where a base must not be loaded; the path that is asked for was looked at before.</param>
internal sealed class SharedModels(Action<string> verify)
{
    private readonly Dictionary<string, (string Fingerprint, WeakReference<SavedModel> Model)> held = [];
    private readonly Lock gate = new();

    /// <summary>Reads the model at a path.</summary>
    /// <exception cref="IOException">There is none, or it cannot be read.</exception>
    public IServedModel Load(string path) => AdaptedNetwork.Exists(path) ? Adapted(path) : ModelFiles.Load(path, Find);

    private NetworkModel Adapted(string path)
    {
        string place = BaseOf(path);
        verify(place);
        SavedModel origin = Find(place);
        Sequential network = AdaptedNetwork.Load(path, origin.Network);
        return new NetworkModel(origin with { Network = network }, owned: network.Parameters.Except(origin.Network.Parameters, SameTensor.Instance));
    }

    private static string BaseOf(string path)
    {
        string name = AdaptedNetwork.BaseOf(path) ?? "";
        string[] parts = name.Split('/');
        bool isPlain = parts.Length is 1 or 2 && Array.TrueForAll(parts, part => part.Length > 0 && part[0] != '.' && !part.Contains('\\') && !Path.IsPathRooted(part));
        string root = Path.GetDirectoryName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))) ?? "";
        string? found = !isPlain ? null
            : parts.Length == 2 ? Path.Combine(root, parts[0], parts[1])
            : RepositoryLayout.NewestIn(Path.Combine(root, parts[0]));
        return found is not null && ModelFiles.Exists(found) && !AdaptedNetwork.Exists(found)
            ? found
            : throw new InvalidFileException(
                path, FilePosition.None, $"expected base_model_name_or_path of the adapter to name a model of the repository, such as 'reviews' or 'reviews/1', got '{name}'");
    }

    private SavedModel Find(string path)
    {
        string place = Path.GetFullPath(path);
        string fingerprint = RepositoryLayout.Fingerprint(place);
        lock (gate)
        {
            if (held.TryGetValue(place, out (string Fingerprint, WeakReference<SavedModel> Model) known)
                && known.Fingerprint == fingerprint && known.Model.TryGetTarget(out SavedModel? model))
            {
                return model;
            }

            SavedModel read = ModelFolder.Load(place);
            held[place] = (fingerprint, new WeakReference<SavedModel>(read));
            return read;
        }
    }

    /// <summary>Parameters of two networks that hold the same tensor.</summary>
    private sealed class SameTensor : IEqualityComparer<Parameter>
    {
        public static SameTensor Instance { get; } = new();

        public bool Equals(Parameter? x, Parameter? y) => ReferenceEquals(x?.Original, y?.Original);

        public int GetHashCode(Parameter obj) => RuntimeHelpers.GetHashCode(obj.Original);
    }
}
