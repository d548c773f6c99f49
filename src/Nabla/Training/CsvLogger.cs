using System.Text;
using Nabla.Formats;

namespace Nabla.Training;

/// <summary>
/// Writes the history as a CSV file, as <see cref="History.ToCsv"/> does, each row as soon as its epoch is over: a run that is stopped leaves the epochs
/// it finished. A resumed run begins with the epochs of the run before.
/// </summary>
/// <param name="path">The file; an older one is replaced when training starts.</param>
public sealed class CsvLogger(string path) : Callback
{
    private bool empty;

    /// <inheritdoc/>
    public override void OnTrainingStart(Trainer trainer, TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        empty = start.Previous.Count == 0;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.WriteText(path, empty ? string.Empty : new History(start.Previous).ToCsv());
    }

    /// <inheritdoc/>
    public override void OnEpochEnd(Trainer trainer, EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        IReadOnlyList<string> validation = result.Validation?.Names ?? [];
        string row = History.CsvRow(result, result.Train.Names, validation);
        Append(empty ? History.CsvHeader(result.Train.Names, validation) + row : row);
        empty = false;
    }

    private void Append(string text)
    {
        using FileStream stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush(flushToDisk: true);
    }
}
