using System.CommandLine;

namespace Nabla.Conformance.Onnx;

/// <summary><c>onnx FOLDER_OR_ARCHIVE</c>: runs the official ONNX test cases.</summary>
internal static class OnnxCommand
{
    private const int FewestFields = 3;

    public static Command Create()
    {
        Argument<string> source = new("FOLDER_OR_ARCHIVE") { Description = "A folder with set/name/model.onnx, or the same as .tar.gz." };
        Option<string?> table = new("--table") { Description = "A table with the columns set, name and core, tabs between.", HelpName = "TSV" };
        Option<bool> core = new("--core") { Description = "Only the cases that the table marks as core." };
        Option<string?> only = new("--only") { Description = "Only the cases whose names stand in a file, a line each.", HelpName = "NAMES_FILE" };
        Option<string?> report = new("--report") { Description = "Where to write the counts by operator and the reasons, as Markdown.", HelpName = "FILE" };
        Command command = new("onnx", "Runs the official ONNX test cases.") { source, table, core, only, report };
        command.SetAction(result =>
        {
            string path = result.GetValue(source)!;
            HashSet<string>? names = Names(result.GetValue(table), result.GetValue(core), result.GetValue(only));
            CaseResult[] results = [.. OnnxCases.Read(path).Where(item => names is null || names.Contains(item.Name)).Select(Show)];
            if (result.GetValue(report) is { } page)
            {
                ConformanceReport.Write(page, Path.GetFileName(Path.TrimEndingDirectorySeparator(path)), result.GetValue(core), results);
            }

            Console.WriteLine(ConformanceReport.Counts(results));
            return results.Any(item => item.Outcome == CaseOutcome.Failed) ? 1 : 0;
        });
        return command;
    }

    private static CaseResult Show(OnnxCase item)
    {
        CaseResult result = CaseRunner.Run(item);
        if (result.Outcome != CaseOutcome.Passed)
        {
            Console.WriteLine($"{(result.Outcome == CaseOutcome.Failed ? "failed" : "not supported")} {item.Name} ({result.Operator}): {result.Reason}");
        }

        return result;
    }

    private static HashSet<string>? Names(string? table, bool core, string? only)
    {
        if (only is not null)
        {
            return [.. File.ReadAllLines(only).Select(line => line.Trim()).Where(line => line.Length > 0)];
        }

        return !core ? null
            : table is null ? throw new ArgumentException("--core needs the table that marks the core cases: give it with --table.")
            : [.. File.ReadAllLines(table).Select(line => line.Split('\t')).Where(fields => fields.Length >= FewestFields && fields[2] == "core").Select(fields => fields[1])];
    }
}
