using System.CommandLine;
using Nabla.Benchmarks.Results;

namespace Nabla.Benchmarks.SideBySide;

/// <summary><c>side-by-side</c>: runs Nabla and its peers in turn and prints a table with the best configuration of the peers.</summary>
internal static class SideBySideCommand
{
    public static Command Create()
    {
        Option<string[]> cases = new("--case")
        {
            Description = $"What to measure: {string.Join(", ", Catalogue.Names)}. May be given several times; default all.",
            HelpName = "NAME",
            DefaultValueFactory = _ => [.. Catalogue.Names],
        };
        cases.AcceptOnlyFromAmong([.. Catalogue.Names]);
        Option<string?> variant = new("--variant") { Description = "Only variants whose name contains this.", HelpName = "TEXT" };
        Option<bool> detail = new("--detail") { Description = "A line for each configuration of each peer, not for the best one alone." };
        Option<bool> profile = new("--profile") { Description = "Show where Nabla's time goes, op by op, instead of playing against the peers." };
        Option<bool> all = new("--all")
        {
            Description = "Measure every case that has a target, or those of --case, keep the table in bench/results, machines without AVX-512 in one of their own, and renew docs/performance.md and its picture.",
        };
        Option<int> threads = AtLeastOne("--threads", Environment.ProcessorCount, "The threads that each side computes with.");
        Option<int> rounds = AtLeastOne("--rounds", 7, "How often the two take turns; the table shows medians.");
        Option<int> milliseconds = AtLeastOne("--milliseconds", 150, "How long a turn takes.");
        Option<bool> processor = new("--processor-time") { Description = "Count processor time, not time: for a machine that others use too." };
        Command command = new("side-by-side", "Runs Nabla and its peers in turn in one process and prints tab-separated medians; ratio above 1: Nabla is faster.")
        {
            cases, variant, detail, profile, all, threads, rounds, milliseconds, processor,
        };
        command.SetAction(result =>
        {
            Match match = new(
                result.GetValue(threads), result.GetValue(rounds), result.GetValue(milliseconds) / 1000.0, new Clock(result.GetValue(processor), result.GetValue(threads)));
            match.SetThreads();
            Console.Error.WriteLine(Machine.Describe());
            IEnumerable<Duel> duels = Choose(result.GetValue(cases)!, result.GetValue(variant) ?? string.Empty);
            return result.GetValue(all) ? RunAll(result.GetValue(cases)!, match)
                : result.GetValue(profile) ? RunProfile(duels)
                : Run(duels, result.GetValue(detail), match);
        });
        return command;
    }

    private static int RunAll(string[] cases, Match match)
    {
        int exitCode = ReleaseTable.Run(cases, match);
        Report.Write();
        return exitCode;
    }

    private static IEnumerable<Duel> Choose(IEnumerable<string> cases, string variant) =>
        cases.Distinct().SelectMany(Catalogue.Duels).Where(duel => duel.Variant.Contains(variant, StringComparison.OrdinalIgnoreCase));

    private static int RunProfile(IEnumerable<Duel> duels)
    {
        Console.WriteLine(DuelProfile.Header);
        foreach (string line in duels.SelectMany(DuelProfile.Lines))
        {
            Console.WriteLine(line);
        }

        return 0;
    }

    private static int Run(IEnumerable<Duel> duels, bool detail, Match match)
    {
        Console.WriteLine(Outcome.Header);
        int wrong = 0;
        foreach (Duel duel in duels)
        {
            if (Agreement.Difference(duel) is { } difference)
            {
                Console.Error.WriteLine($"WRONG: {duel.Case} {duel.Variant}: {difference}");
                wrong++;
                continue;
            }

            Outcome outcome = match.Play(duel);
            foreach (string line in detail ? outcome.Details() : [outcome.ToString()])
            {
                Console.WriteLine(line);
            }
        }

        return wrong == 0 ? 0 : 1;
    }

    private static Option<int> AtLeastOne(string name, int value, string description)
    {
        Option<int> option = new(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be 1 or more.");
            }
        });
        return option;
    }
}
