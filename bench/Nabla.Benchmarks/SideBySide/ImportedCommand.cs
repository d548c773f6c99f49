using System.CommandLine;
using System.Globalization;
using Nabla.Benchmarks.Results;
using Nabla.Benchmarks.SideBySide.Cases;

namespace Nabla.Benchmarks.SideBySide;

/// <summary><c>imported</c>: measures ONNX models beside ONNX Runtime.</summary>
internal static class ImportedCommand
{
    private const int UsualThreads = 2;
    private const int Rounds = 5;
    private const double Seconds = 0.2;

    private static readonly string[] Titles = ["model", "figure", "Nabla", "ONNX Runtime", "with", "times as fast", "target", "met"];

    public static Command Create()
    {
        Option<string?> data = new("--data") { Description = "A folder of .onnx files that are measured too.", HelpName = "DIR" };
        Option<string> only = new("--only") { Description = "Only models whose names hold a text.", HelpName = "TEXT", DefaultValueFactory = _ => "" };
        Option<bool> keep = new("--keep") { Description = "Keep the rows in bench/results and renew docs/performance.md." };
        Option<int> threads = new("--threads") { Description = "The threads that each side computes with.", HelpName = "N", DefaultValueFactory = _ => UsualThreads };
        Command command = new("imported", "Measures ONNX models, as Nabla imports them, beside ONNX Runtime.") { data, only, keep, threads };
        command.SetAction(result =>
        {
            Match match = new(result.GetValue(threads), Rounds, Seconds, new Clock(CountsProcessor: false, result.GetValue(threads)));
            match.SetThreads();
            return Run(ImportedCase.Duels(result.GetValue(data)).Where(duel => duel.Variant.Contains(result.GetValue(only)!, StringComparison.OrdinalIgnoreCase)), match, result.GetValue(keep));
        });
        return command;
    }

    private static int Run(IEnumerable<Duel> duels, Match match, bool keep)
    {
        int wrong = 0;
        Console.Error.WriteLine(Machine.Describe());
        Console.WriteLine(string.Join('\t', Titles));
        foreach (Duel duel in duels)
        {
            if (Agreement.Difference(duel) is { } difference)
            {
                Console.Error.WriteLine($"WRONG: {duel.Variant}: {difference}");
                wrong++;
                continue;
            }

            string[] row = Row(match.Play(duel));
            Console.WriteLine(string.Join('\t', row));
            if (keep)
            {
                Keep(row);
            }
        }

        return wrong == 0 ? 0 : 1;
    }

    private static string[] Row(Outcome outcome)
    {
        Target target = new("", outcome.Variant, outcome.Variant, 1);
        return
        [
            outcome.Variant, outcome.Metric, Outcome.Digits(outcome.Nabla), Outcome.Digits(outcome.Best.Figure), outcome.Best.Name.Replace("ONNX Runtime, ", "", StringComparison.Ordinal),
            outcome.Best.Ratio.ToString("F2", CultureInfo.InvariantCulture), target.Text, Targets.Verdict(outcome.Best.Ratio, target),
        ];
    }

    // At once: a run that is stopped keeps what it has measured. Rows of other models stay.
    private static void Keep(string[] row)
    {
        IReadOnlyList<string[]> rows = File.Exists(ResultFiles.Imported) ? ResultsTable.Load(ResultFiles.Imported).Rows : [];
        int place = rows.Select((old, index) => (old, index)).FirstOrDefault(pair => pair.old[0] == row[0], ([], rows.Count)).index;
        new ResultsTable(Machine.Describe(), Titles, [.. rows.Take(place), row, .. rows.Skip(place + 1)]).Save(ResultFiles.Imported);
        Report.Write();
    }
}
