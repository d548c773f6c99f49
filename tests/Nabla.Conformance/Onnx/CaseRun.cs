namespace Nabla.Conformance.Onnx;

/// <summary>How the cases of a folder or archive went.</summary>
/// <param name="Source">What a report calls them.</param>
/// <param name="Results">The results.</param>
/// <param name="Core">The names of core cases, there or not.</param>
internal sealed record CaseRun(string Source, IReadOnlyList<CaseResult> Results, IReadOnlySet<string> Core)
{
    /// <summary>The results of core cases.</summary>
    public IReadOnlyList<CaseResult> CoreResults => [.. Results.Where(result => Core.Contains(result.Case.Name))];

    /// <summary>The name of a folder or archive; packages put their cases in a folder <c>data</c>.</summary>
    public static string NameOf(string path)
    {
        string[] parts = Path.GetFullPath(path).Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
        return parts[^1] == "data" && parts.Length > 1 ? parts[^2] : parts[^1];
    }
}
