using Nabla.Cli.Reports;
using Nabla.TensorBoard;

namespace Nabla.Cli.Files;

/// <summary>Event files of TensorBoard, whoever wrote them.</summary>
internal sealed class EventsKind : ModelFileKind
{
    private const string Mark = "tfevents";

    /// <inheritdoc/>
    public override string Name => "tensorboard";

    /// <inheritdoc/>
    public override string Description => $"an event file of TensorBoard (with {Mark} in its name)";

    /// <inheritdoc/>
    public override bool Matches(string path) => !Directory.Exists(path) && Path.GetFileName(path).Contains(Mark, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override void Inspect(Terminal terminal, string path, bool json)
    {
        RequireFile(path);
        EventReport.Print(terminal, EventFile.Load(path), json);
    }
}
