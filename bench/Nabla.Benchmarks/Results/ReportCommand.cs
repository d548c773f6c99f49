using System.CommandLine;

namespace Nabla.Benchmarks.Results;

/// <summary><c>report</c>: shows the results that are kept.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        Command command = new("report", "Puts the results kept in bench/results into docs/performance.md and draws them.");
        command.SetAction(_ => Report.Write());
        return command;
    }
}
