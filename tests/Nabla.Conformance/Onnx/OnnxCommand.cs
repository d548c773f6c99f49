using System.CommandLine;

namespace Nabla.Conformance.Onnx;

/// <summary><c>onnx FOLDER_OR_ARCHIVE...</c>: runs the official ONNX test cases.</summary>
internal static class OnnxCommand
{
    private const int FewestFields = 3;

    public static Command Create()
    {
        Argument<string[]> sources = new("FOLDER_OR_ARCHIVE")
        {
            Description = "Folders with set/name/model.onnx, or the same as .tar.gz.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string?> table = new("--table") { Description = "A table with the columns set, name and core, tabs between.", HelpName = "TSV" };
        Option<bool> core = new("--core") { Description = "Only the cases that the table marks as core." };
        Option<string?> only = new("--only") { Description = "Only the cases whose names stand in a file, a line each.", HelpName = "NAMES_FILE" };
        Option<string?> must = new("--must") { Description = "Cases that must be there and pass, while others may fail: their names stand in a file, a line each.", HelpName = "NAMES_FILE" };
        Option<string?> report = new("--report") { Description = "Where to write the counts by operator and the reasons, as Markdown.", HelpName = "FILE" };
        Command command = new("onnx", "Runs the official ONNX test cases.") { sources, table, core, only, must, report };
        command.SetAction(result =>
        {
            HashSet<string> ofTable = result.GetValue(table) is { } marks ? Marked(marks) : [];
            HashSet<string> required = result.GetValue(must) is { } names ? Listed(names) : [];
            HashSet<string>? chosen = result.GetValue(only) is { } few ? Listed(few)
                : !result.GetValue(core) ? null
                : ofTable.Count > 0 ? ofTable
                : throw new ArgumentException("--core needs the table that marks the core cases: give it with --table.");
            CaseRun[] runs = [.. result.GetValue(sources)!.Select(path => Run(path, chosen, [.. ofTable, .. required]))];
            if (result.GetValue(report) is { } page)
            {
                ConformanceReport.Write(page, runs);
            }

            Array.ForEach(runs, run => Console.WriteLine($"{run.Source}, core: {ConformanceReport.Counts(run.CoreResults)}"));
            CaseResult[] all = [.. runs.SelectMany(run => run.Results)];
            Console.WriteLine(ConformanceReport.Counts(all));
            return required.Count > 0 ? Misses(required, all) ? 1 : 0 : all.Any(item => item.Outcome == CaseOutcome.Failed) ? 1 : 0;
        });
        return command;
    }

    private static CaseRun Run(string path, HashSet<string>? chosen, HashSet<string> core) => new(
        CaseRun.NameOf(path), [.. OnnxCases.Read(path).Where(item => chosen is null || chosen.Contains(item.Name)).Select(Show)], core);

    private static CaseResult Show(OnnxCase item)
    {
        CaseResult result = CaseRunner.Run(item);
        if (result.Outcome != CaseOutcome.Passed)
        {
            Console.WriteLine($"{(result.Outcome == CaseOutcome.Failed ? "failed" : "not supported")} {item.Name} ({result.Operator}): {result.Reason}");
        }

        return result;
    }

    private static bool Misses(HashSet<string> required, CaseResult[] results)
    {
        string[] missed = [.. required.Except(results.Where(result => result.Outcome == CaseOutcome.Passed).Select(result => result.Case.Name))];
        Array.ForEach(missed, name => Console.WriteLine($"must pass but did not: {name}"));
        return missed.Length > 0;
    }

    private static HashSet<string> Listed(string file) =>
        [.. File.ReadAllLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith('#'))];

    private static HashSet<string> Marked(string table) =>
        [.. File.ReadAllLines(table).Select(line => line.Split('\t')).Where(fields => fields.Length >= FewestFields && fields[2] == "core").Select(fields => fields[1])];
}
