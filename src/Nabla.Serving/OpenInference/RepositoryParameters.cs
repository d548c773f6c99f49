using Nabla.Serving.Inference;

namespace Nabla.Serving.OpenInference;

/// <summary>The parameters with which a model is loaded or unloaded, whichever way that is asked.</summary>
internal static class RepositoryParameters
{
    private const string Configuration = "config";
    private const string Files = "file:";

    /// <summary>Refuses those by which Triton loads something else than lies in the repository: who sends one would take what is loaded for that.</summary>
    /// <param name="names">The names of all parameters.</param>
    /// <exception cref="ServingException">There is such a parameter.</exception>
    public static void Require(IEnumerable<string> names)
    {
        if (names.FirstOrDefault(name => name == Configuration || name.StartsWith(Files, StringComparison.Ordinal)) is { } refused)
        {
            throw ServingException.Invalid($"The parameter '{refused}' is not taken: models are loaded as they lie in the repository, and served as the server's configuration says.");
        }
    }
}
