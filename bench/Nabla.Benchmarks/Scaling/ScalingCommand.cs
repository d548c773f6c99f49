using System.CommandLine;
using Nabla.Benchmarks.Results;
using Nabla.Benchmarks.SideBySide;

namespace Nabla.Benchmarks.Scaling;

/// <summary><c>scaling</c>: how speed grows with batches, matrices, depth and threads, and what more cores would give.</summary>
internal static class ScalingCommand
{
    private static readonly string[] Titles = ["what", "size", "threads", "figure", "unit"];

    public static Command Create()
    {
        Command command = new("scaling", "Measures how Nabla's speed grows with sizes and threads, models more cores, and keeps and draws the results.");
        command.SetAction(_ =>
        {
            CoreModel.Measure().Save(ResultFiles.Cores);
            string[][] rows = [.. Measurements().Select(Print)];
            new ResultsTable(Machine.Describe(), Titles, rows).Save(ResultFiles.Scaling);
            Report.Write();
        });
        return command;
    }

    private static IEnumerable<string[]> Measurements() => [.. Growth.Rows(), .. HandOver.Rows()];

    private static string[] Print(string[] row)
    {
        Console.WriteLine(string.Join('\t', row));
        return row;
    }
}
