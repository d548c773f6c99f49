using System.CommandLine;
using Nabla.Benchmarks.Results;
using Nabla.Benchmarks.SideBySide;

namespace Nabla.Benchmarks.Serving;

/// <summary><c>serving</c>: starts the model server, drives it with wrk, and keeps the figures of docs/serving.md.</summary>
internal static class ServingCommand
{
    private static readonly string[] Names = ["idle", "throughput", "bounds", "overload", "reloads", "restart", "long"];

    public static Command Create()
    {
        Option<string[]> cases = new("--case")
        {
            Description = $"What to measure: {string.Join(", ", Names)}. May be given several times; default all.",
            HelpName = "NAME",
            DefaultValueFactory = _ => Names,
        };
        cases.AcceptOnlyFromAmong(Names);
        Option<int> seconds = new("--seconds") { Description = "How long each load lasts.", DefaultValueFactory = _ => 10 };
        Option<int> minutes = new("--minutes") { Description = "How long the case 'long' lasts.", DefaultValueFactory = _ => 10 };
        Option<bool> keep = new("--keep") { Description = "Keep the table in bench/results and renew docs/serving.md." };
        Command command = new("serving", "Starts the model server in a process and drives it with wrk from another.") { cases, seconds, minutes, keep };
        command.SetAction(async (result, _) =>
        {
            IReadOnlyList<ServingRow> rows = await RunAsync(result.GetValue(cases)!, result.GetValue(seconds), result.GetValue(minutes));
            if (result.GetValue(keep))
            {
                Keep(rows);
            }

            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<ServingRow>> RunAsync(string[] cases, int seconds, int minutes)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("nabla-serving-");
        try
        {
            Console.Error.WriteLine(Machine.Describe());
            Console.WriteLine(string.Join('\t', ServingRow.Titles));
            ServingBench bench = new(folder.FullName, seconds);
            bench.Prepare();
            List<ServingRow> rows = [];
            foreach (string name in Names.Where(cases.Contains))
            {
                foreach (ServingRow row in await CaseAsync(name, bench, minutes))
                {
                    Console.WriteLine(string.Join('\t', row.Cells));
                    rows.Add(row);
                }
            }

            return rows;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<IReadOnlyList<ServingRow>> CaseAsync(string name, ServingBench bench, int minutes) => name switch
    {
        "idle" => SpeedCases.IdleAsync(bench),
        "throughput" => SpeedCases.ThroughputAsync(bench),
        "bounds" => BoundCases.RunAsync(bench),
        "overload" => EnduranceCases.OverloadAsync(bench),
        "reloads" => EnduranceCases.ReloadsAsync(bench),
        "restart" => EnduranceCases.RestartAsync(bench),
        _ => EnduranceCases.LongAsync(bench, minutes),
    };

    private static void Keep(IReadOnlyList<ServingRow> rows)
    {
        new ResultsTable(Machine.Describe(), ServingRow.Titles, [.. rows.Select(row => row.Cells)]).Save(ResultFiles.Serving);
        Report.Write();
    }
}
