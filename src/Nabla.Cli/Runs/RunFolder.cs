using System.Globalization;
using Nabla.Cli.Commands;
using Nabla.Training;

namespace Nabla.Cli.Runs;

/// <summary>The folder that a training run writes.</summary>
internal sealed class RunFolder
{
    /// <summary>The folder of the event files within that of the run.</summary>
    public const string EventsName = "events";

    private static readonly string[] Names = ["model", EventsName, "history.csv", "metrics.json", "curves.png", "confusion.png", CheckpointPlan.FileName];

    private readonly string? made;

    private RunFolder(string path, string? made) => (Path, this.made) = (path, made);

    /// <summary>The folder as the user named it.</summary>
    public string Path { get; }

    public string Model => File("model");

    public string Events => File(EventsName);

    public string History => File("history.csv");

    public string Metrics => File("metrics.json");

    public string Curves => File("curves.png");

    public string Confusion => File("confusion.png");

    public string Checkpoint => File(CheckpointPlan.FileName);

    /// <summary>Makes the folder of a new run and sees that it can be written, before any time is spent.</summary>
    /// <param name="output">The folder; null for a new one below <c>runs</c>.</param>
    /// <param name="recipe">The name of the recipe.</param>
    /// <exception cref="UsageException">It cannot be written, or holds what is not of a run.</exception>
    public static RunFolder Create(string? output, string recipe)
    {
        string path = output ?? System.IO.Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{recipe}-{DateTime.Now:yyyyMMdd-HHmmss}"));
        string option = output is null ? path : $"--out {path}";
        try
        {
            string? made = Make(path);
            RequireRun(path, option);
            Probe(path);
            return new RunFolder(path, made);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option}: the folder cannot be written ({error.Message.TrimEnd('.')}).");
        }
    }

    /// <summary>The folder of a run that is gone on with.</summary>
    public static RunFolder Of(Checkpoint resumed) => new(System.IO.Path.GetDirectoryName(resumed.File) is { Length: > 0 } folder ? folder : ".", null);

    /// <summary>Forgets what an earlier run has left here, so that the files never are of two runs.</summary>
    public void Clear()
    {
        foreach (string name in Names)
        {
            if (Directory.Exists(File(name)))
            {
                Directory.Delete(File(name), recursive: true);
            }
            else
            {
                System.IO.File.Delete(File(name));
            }
        }
    }

    /// <summary>Takes away what <see cref="Create"/> has made: nothing came of the run. Folders in which another run has begun meanwhile stay.</summary>
    public void Discard()
    {
        if (made is null || Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories).Any())
        {
            return;
        }

        string folder = System.IO.Path.GetFullPath(Path);
        Directory.Delete(folder, recursive: true);
        while (folder != made && System.IO.Path.GetDirectoryName(folder) is { } above && TryDeleteEmpty(above))
        {
            folder = above;
        }
    }

    private static bool TryDeleteEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // The topmost folder that was not there before.
    private static string? Make(string path)
    {
        string? made = null;
        string? folder = System.IO.Path.GetFullPath(path);
        while (folder is not null && !Directory.Exists(folder))
        {
            (made, folder) = (folder, System.IO.Path.GetDirectoryName(folder));
        }

        Directory.CreateDirectory(path);
        return made;
    }

    private static void RequireRun(string path, string option)
    {
        IEnumerable<string> entries = Directory.EnumerateFileSystemEntries(path).Select(entry => System.IO.Path.GetFileName(entry));
        string? other = entries.FirstOrDefault(name => !Names.Contains(name));
        if (other is not null)
        {
            throw new UsageException($"{option}: the folder holds '{other}', which is not of a run; give an empty folder or a new one.");
        }
    }

    private static void Probe(string path)
    {
        string probe = System.IO.Path.Combine(path, System.IO.Path.GetRandomFileName());
        System.IO.File.WriteAllBytes(probe, [0]);
        System.IO.File.Delete(probe);
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);
}
