using Nabla.TensorBoard;

namespace Nabla.Cli.Runs;

/// <summary>A training run as its event files tell of it: those of training and validation, which stand in folders of their own, together.</summary>
/// <param name="Name">Its folder, below the one that was asked for.</param>
/// <param name="Logs">What the folders of the run hold.</param>
internal sealed record RecordedRun(string Name, IReadOnlyList<RunLog> Logs)
{
    /// <summary>The curves of the run by name, such as <c>validation loss</c>, those of epochs first.</summary>
    public IReadOnlyList<RunCurve> Curves { get; } = [.. Logs.SelectMany(CurvesOf).OrderBy(curve => curve.Rank)];

    /// <summary>What the run was started with.</summary>
    public IReadOnlyDictionary<string, string> Hyperparameters { get; } =
        Logs.Select(log => log.Hyperparameters).FirstOrDefault(values => values.Count > 0) ?? new Dictionary<string, string>();

    /// <summary>When the run has written last; null when it has written nothing.</summary>
    public DateTimeOffset? LastWritten { get; } = Logs.SelectMany(log => log.Events).Max(logged => (DateTimeOffset?)logged.Time);

    /// <summary>The runs at and below a folder, in the order of their names.</summary>
    public static IReadOnlyList<RecordedRun> Find(string root) =>
    [
        .. RunLog.Find(root)
            .GroupBy(folder => NameOf(Path.GetRelativePath(root, folder)))
            .Select(group => new RecordedRun(group.Key, [.. group.Select(RunLog.Load)])),
    ];

    private static string NameOf(string folder)
    {
        string[] parts = folder.Split(Path.DirectorySeparatorChar);
        int length = parts.Length;
        length -= RunCurve.Parts.Contains(parts[length - 1]) ? 1 : 0;
        length -= length > 0 && parts[length - 1] == RunFolder.EventsName ? 1 : 0;
        return length == 0 ? "." : string.Join('/', parts[..length]);
    }

    private static IEnumerable<RunCurve> CurvesOf(RunLog log)
    {
        string folder = Path.GetFileName(log.Folder);
        string part = RunCurve.Parts.Contains(folder) ? folder : "";
        return log.Scalars.Select(scalars => new RunCurve(part, scalars.Key, scalars.Value));
    }
}

/// <summary>A number of a run over its steps.</summary>
/// <param name="Part">Whether it is of training or of validation; empty where the run does not tell them apart.</param>
/// <param name="Tag">What it is called in the event files.</param>
/// <param name="Points">At least one.</param>
internal sealed record RunCurve(string Part, string Tag, IReadOnlyList<ScalarPoint> Points)
{
    private const string OfEpoch = "epoch_";

    /// <summary>The names of folders that hold a part of a run; the first is that of training.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["train", "validation", "eval", "test"];

    /// <summary>What a person calls it.</summary>
    public string Name { get; } = string.Join(' ', new[] { Part, Plain(Tag) }.Where(word => word.Length > 0));

    /// <summary>The score, without where it comes from: curves of one score belong into one picture.</summary>
    public string Score { get; } = Plain(Tag);

    /// <summary>Whether it tells of the samples that were learnt from.</summary>
    public bool IsOfTraining => Part == Parts[0];

    /// <summary>Where it stands among the curves of a run: the loss of validation tells most.</summary>
    public (int, int, int, string) Rank => (
        Tag.StartsWith(OfEpoch, StringComparison.Ordinal) ? 0 : 1,
        Tag.EndsWith("learning_rate", StringComparison.Ordinal) ? 2 : Tag.EndsWith("loss", StringComparison.Ordinal) ? 0 : 1,
        IsOfTraining ? 1 : 0,
        Tag);

    /// <summary>The number at the end.</summary>
    public double Last => Points[^1].Value;

    private static string Plain(string tag) => (tag.StartsWith(OfEpoch, StringComparison.Ordinal) ? tag[OfEpoch.Length..] : tag).Replace('_', ' ');
}
