using System.CommandLine;
using Nabla.Cli.Reports;
using Nabla.Cli.Runs;
using Nabla.Formats;

namespace Nabla.Cli.Commands;

/// <summary><c>nabla runs DIR</c>.</summary>
internal static class RunsCommand
{
    public static Command Create(Terminal terminal)
    {
        Argument<string> folder = new("DIR") { Description = "The folder that the runs are in; event files of TensorBoard, whoever wrote them." };
        Option<string?> html = new("--html") { Description = "Write a page with the curves to FILE.", HelpName = "FILE" };
        Option<bool> json = CommonOptions.Json();
        Command command = new("runs", "Shows training runs beside each other.") { folder, html, json };
        command.SetAction(result => Run(terminal, result.GetValue(folder)!, result.GetValue(html), result.GetValue(json)));
        return command;
    }

    private static void Run(Terminal terminal, string folder, string? html, bool json)
    {
        IReadOnlyList<RecordedRun> runs = RecordedRun.Find(folder);
        if (runs.Count == 0)
        {
            throw new UsageException($"{folder}: no run here has event files; 'nabla train' writes them, and so does a TensorBoardCallback.");
        }

        if (json)
        {
            RunsTable.PrintJson(terminal.Output, runs);
        }
        else
        {
            RunsTable.Print(terminal.Console, runs);
        }

        if (html is not null)
        {
            AtomicFile.WriteText(html, RunsPage.Write($"Runs in {folder}", runs));
            if (!json)
            {
                terminal.Output.WriteLine($"Wrote {html}");
            }
        }
    }
}
