namespace Nabla.Benchmarks.Results;

/// <summary>Where results are kept and shown, in the clone of the repository that the program stands in.</summary>
internal static class ResultFiles
{
    private static readonly string Root = FindRoot();

    /// <summary>The table of a machine with AVX-512, which the picture shows too.</summary>
    public static string SideBySide => Path.Combine(Root, "bench", "results", "side-by-side.tsv");

    /// <summary>The table of a machine without AVX-512.</summary>
    public static string SideBySideNarrow => Path.Combine(Root, "bench", "results", "side-by-side-avx2.tsv");

    /// <summary>The table that this machine measures.</summary>
    public static string SideBySideHere => InstructionSet.Name == "avx512" ? SideBySide : SideBySideNarrow;

    /// <summary>The table of imported models.</summary>
    public static string Imported => Path.Combine(Root, "bench", "results", "imported.tsv");

    public static string Scaling => Path.Combine(Root, "bench", "results", "scaling.tsv");

    public static string Cores => Path.Combine(Root, "bench", "results", "cores.tsv");

    public static string Serving => Path.Combine(Root, "bench", "results", "serving.tsv");

    public static string ServingPage => Path.Combine(Root, "docs", "serving.md");

    public static string Page => Path.Combine(Root, "docs", "performance.md");

    public static string Picture => Path.Combine(Root, "docs", "performance.png");

    public static string ScalingPicture => Path.Combine(Root, "docs", "images", "scaling.png");

    /// <summary>A path within the repository.</summary>
    public static string Under(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Nabla.slnx")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("Results belong into a clone of the repository: run the program from one.");
    }
}
