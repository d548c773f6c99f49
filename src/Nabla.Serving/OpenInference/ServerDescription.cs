using System.Globalization;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;

namespace Nabla.Serving.OpenInference;

/// <summary>What the protocol tells of the server and its models, whichever way it is asked.</summary>
internal static class ServerDescription
{
    public const string Name = "nabla";

    /// <summary>The extensions of the protocol that the server knows, by Triton's names.</summary>
    public static IReadOnlyList<string> Extensions { get; } =
        ["binary_tensor_data", "classification", "model_repository", "schedule_policy"];

    /// <summary>The version of the server.</summary>
    public static string Version { get; } = typeof(ServerDescription).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version that a caller wrote; null for none.</summary>
    /// <exception cref="ServingException">It is no number.</exception>
    public static int? VersionOf(string model, string? version)
    {
        if (string.IsNullOrEmpty(version))
        {
            return null;
        }

        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new ServingException(ServingFault.NotFound, $"Model '{model}' has no version '{version}': versions are numbers.");
    }

    /// <summary>The states of all versions of models that the caller may see, those that are ready alone if that is asked.</summary>
    public static IEnumerable<VersionStatus> Index(ModelRepository repository, bool readyOnly, Func<string, bool> maySee) => repository.Entries
        .Where(entry => maySee(entry.Name)).SelectMany(entry => entry.States).Where(status => !readyOnly || status.State == VersionState.Ready);

    /// <summary>Whether a model, or a version of it, takes requests.</summary>
    /// <exception cref="ServingException">There is none of that name or number.</exception>
    public static bool IsReady(ModelRepository repository, string name, int? version)
    {
        ModelEntry entry = repository.Find(name);
        if (version is not { } number)
        {
            return entry.Stable is not null && !repository.IsDraining;
        }

        return entry.States.Any(status => status.Version == number)
            ? entry.Loaded.ContainsKey(number) && !repository.IsDraining
            : throw new ServingException(ServingFault.NotFound, $"Model '{name}' has no version {number}.");
    }

    /// <summary>A version to describe, without a request being dealt to it.</summary>
    /// <exception cref="ServingException">There is none that is ready.</exception>
    public static LoadedVersion Describe(ModelRepository repository, string name, int? version) =>
        repository.Resolve(version is null ? new ModelAddress(name, Label: "stable") : new ModelAddress(name, version));
}
