using Nabla.Formats;

namespace Nabla.TensorBoard;

/// <summary>A number of a run at a step.</summary>
/// <param name="Step">The step or epoch.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Value">The number.</param>
public readonly record struct ScalarPoint(long Step, DateTimeOffset Time, double Value);

/// <summary>All that a run has written: the event files of one folder, in the order of their names, as TensorBoard takes them together.</summary>
public sealed class RunLog
{
    private const string FilePattern = "*tfevents*";
    private const int DeepestFolder = 32;

    private RunLog(string folder, IReadOnlyList<LoggedEvent> events, bool isWhole)
    {
        (Folder, Events, IsWhole) = (folder, events, isWhole);
        Scalars = events.Where(logged => logged.Value is LoggedScalar)
            .GroupBy(logged => logged.Tag)
            .ToDictionary(
                group => group.Key,
                IReadOnlyList<ScalarPoint> (group) =>
                    [.. group.Select(logged => new ScalarPoint(logged.Step, logged.Time, ((LoggedScalar)logged.Value).Value)).OrderBy(point => point.Step)]);
        Hyperparameters = events.Select(logged => logged.Value).OfType<LoggedHyperparameters>().LastOrDefault()?.Values ?? new Dictionary<string, string>();
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>What was written, without what a later part of the run did again.</summary>
    public IReadOnlyList<LoggedEvent> Events { get; }

    /// <summary>Whether each file ends behind a record; else a writer goes on or was stopped.</summary>
    public bool IsWhole { get; }

    /// <summary>The numbers, by tag, in the order of their steps.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<ScalarPoint>> Scalars { get; }

    /// <summary>What the run was started with; empty where that was not written.</summary>
    public IReadOnlyDictionary<string, string> Hyperparameters { get; }

    /// <summary>The folders at and below <paramref name="root"/> that hold event files, in the order of their names. Links are not followed.</summary>
    /// <exception cref="IOException">There is no such folder.</exception>
    public static IReadOnlyList<string> Find(string root)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"{root}: no such folder.");
        }

        EnumerationOptions options = new()
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = DeepestFolder,
            AttributesToSkip = FileAttributes.ReparsePoint,
            IgnoreInaccessible = true,
        };
        return [.. Directory.EnumerateFiles(root, FilePattern, options).Select(file => Path.GetDirectoryName(file)!).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>Reads the event files of a folder.</summary>
    /// <exception cref="InvalidFileException">A file is damaged.</exception>
    /// <exception cref="IOException">There is no such folder.</exception>
    public static RunLog Load(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        EventFile[] files = [.. Directory.EnumerateFiles(folder, FilePattern).Order(StringComparer.Ordinal).Select(EventFile.Load)];
        List<LoggedEvent> events = [];
        foreach (LoggedEvent logged in files.SelectMany(file => file.Events))
        {
            if (logged.Value is LoggedResumption)
            {
                events.RemoveAll(earlier => earlier.Step >= logged.Step);
            }
            else
            {
                events.Add(logged);
            }
        }

        return new RunLog(folder, events, files.All(file => file.IsWhole));
    }
}
