using System.Globalization;
using Nabla.Benchmarks.Processes;
using Nabla.Benchmarks.Results;

namespace Nabla.Benchmarks.SideBySide;

/// <summary>Measures every case that has a target, and keeps the table.</summary>
internal static class ReleaseTable
{
    private const double LeastPeakShare = 0.88;
    private static readonly string[] Titles = ["case", "figure", "Nabla", "best peer", "which", "times as fast", "target (stretch)", "met"];

    /// <summary>Measures and prints the cases, and keeps their rows; those of other cases stay as they were measured before.</summary>
    /// <param name="cases">The names of the cases.</param>
    /// <param name="match">How they are played.</param>
    /// <returns>The exit code: 0 when every case gave the right answers.</returns>
    public static int Run(IReadOnlyCollection<string> cases, Match match)
    {
        List<string[]> rows = [];
        List<string> wrong = [];
        Console.WriteLine(string.Join('\t', Titles));
        foreach (IGrouping<string, Target> group in Targets.All.Where(target => cases.Contains(target.Case)).GroupBy(target => target.Case))
        {
            Add(rows, Cases(group, match, wrong));
        }

        Add(rows, cases.Contains("gemm") ? ShareOfPeak(match) : []);
        Add(rows, cases.Contains(ProcessDuels.Case) ? ProcessDuels.Rows() : []);
        wrong.ForEach(Console.Error.WriteLine);
        return wrong.Count == 0 ? 0 : 1;
    }

    private static List<string[]> Merge(List<string[]> rows)
    {
        List<string[]> all = File.Exists(ResultFiles.SideBySideHere) ? [.. ResultsTable.Load(ResultFiles.SideBySideHere).Rows] : [];
        all.RemoveAll(old => rows.Any(row => row[0] == old[0]));
        string[] order = [.. Targets.All.Select(target => target.Title)];
        return [.. all.Concat(rows).OrderBy(row => Array.IndexOf(order, row[0]) is >= 0 and int place ? place : order.Length)];
    }

    private static void Add(List<string[]> rows, IEnumerable<string[]> more)
    {
        foreach (string[] row in more)
        {
            Console.WriteLine(string.Join('\t', row));
            rows.Add(row);

            // At once: a run that is stopped keeps what it has measured.
            new ResultsTable(Machine.Describe(), Titles, Merge(rows)).Save(ResultFiles.SideBySideHere);
        }
    }

    private static IEnumerable<string[]> Cases(IGrouping<string, Target> group, Match match, List<string> wrong)
    {
        Dictionary<string, Target> wanted = group.ToDictionary(target => target.Variant);
        foreach (Duel duel in Catalogue.Names.Contains(group.Key) ? Catalogue.Duels(group.Key) : [])
        {
            if (!wanted.Remove(duel.Variant, out Target? target))
            {
                continue;
            }

            if (Agreement.Difference(duel) is { } difference)
            {
                wrong.Add($"WRONG: {duel.Case} {duel.Variant}: {difference}");
                continue;
            }

            yield return Row(target, match.Play(duel));
        }

        wrong.AddRange(wanted.Keys.Select(variant => $"There is no case '{group.Key}' with the variant '{variant}'."));
    }

    private static string[] Row(Target target, Outcome outcome) =>
    [
        target.Title, outcome.Metric, Outcome.Digits(outcome.Nabla), Outcome.Digits(outcome.Best.Figure), outcome.Best.Name,
        outcome.Best.Ratio.ToString("F2", CultureInfo.InvariantCulture), target.Text, Targets.Verdict(outcome.Best.Ratio, target),
    ];

    // The peer here is the machine itself.
    private static IEnumerable<string[]> ShareOfPeak(Match match)
    {
        Match alone = match with { Threads = 1 };
        alone.SetThreads();
        Duel duel = Catalogue.Duels("gemm").First(duel => duel.Variant == "1024");
        Outcome outcome = alone.Play(duel);
        match.SetThreads();
        Target target = new("gemm", "1024", "product 1024x1024x1024 on one thread", LeastPeakShare);
        double share = outcome.PeakShare!.Value;
        yield return
        [
            target.Title, outcome.Metric, Outcome.Digits(outcome.Nabla), Outcome.Digits(outcome.Nabla / share), "peak of the machine",
            share.ToString("F2", CultureInfo.InvariantCulture), target.Text, Targets.Verdict(share, target),
        ];
    }
}
