using System.Globalization;
using System.Text;
using Nabla.Formats;

namespace Nabla.Conformance.Onnx;

/// <summary>The results as a page: counts by operator for each source, and the reason of each case that did not pass.</summary>
internal static class ConformanceReport
{
    private const string NameOfCases = "    dotnet run -c Release --project tests/Nabla.Conformance -- onnx FOLDER_OR_ARCHIVE... --table TSV --must NAMES_FILE --report docs/onnx-conformance.md";

    public static void Write(string path, IReadOnlyList<CaseRun> runs)
    {
        StringBuilder page = new();
        page.AppendLine("# ONNX conformance").AppendLine();
        page.AppendLine("The official ONNX test cases. Shapes and types must be the same, values agree within 1e-3 relative and 1e-7 absolute. Made by").AppendLine();
        page.AppendLine(NameOfCases).AppendLine();
        page.AppendLine("| cases | all | of them core |").AppendLine("|---|---|---|");
        foreach (CaseRun run in runs)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {run.Source} | {Counts(run.Results)} | {Counts(run.CoreResults)} |");
        }

        page.AppendLine();
        page.AppendLine($"Passed, failed and not supported by the first operator of each case{(runs.Count > 1 ? ", of " + string.Join(" and of ", runs.Select(run => run.Source)) : "")}:");
        page.AppendLine();
        WriteOperators(page, runs);
        page.AppendLine().AppendLine("## Cases that did not pass");
        foreach (CaseRun run in runs)
        {
            page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Of {run.Source}:").AppendLine();
            WriteReasons(page, run.Results);
        }

        AtomicFile.WriteText(path, page.ToString());
    }

    /// <summary>The line that ends a run.</summary>
    public static string Counts(IReadOnlyList<CaseResult> results) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count(results, CaseOutcome.Passed)} passed, {Count(results, CaseOutcome.Failed)} failed, {Count(results, CaseOutcome.NotSupported)} not supported");

    private static void WriteOperators(StringBuilder page, IReadOnlyList<CaseRun> runs)
    {
        page.AppendLine("| first operator |" + string.Concat(runs.Select(_ => " passed | failed | not supported |")));
        page.AppendLine("|---|" + string.Concat(runs.Select(_ => "---:|---:|---:|")));
        foreach (string name in runs.SelectMany(run => run.Results).Select(result => result.Operator).Distinct().Order(StringComparer.Ordinal))
        {
            IEnumerable<string> counts = runs.Select(run => run.Results.Where(result => result.Operator == name).ToArray()).Select(results => string.Create(
                CultureInfo.InvariantCulture,
                $" {Count(results, CaseOutcome.Passed)} | {Count(results, CaseOutcome.Failed)} | {Count(results, CaseOutcome.NotSupported)} |"));
            page.AppendLine($"| {name} |{string.Concat(counts)}");
        }
    }

    private static void WriteReasons(StringBuilder page, IReadOnlyList<CaseResult> results)
    {
        page.AppendLine("| case | why |").AppendLine("|---|---|");
        foreach (CaseResult result in results.Where(result => result.Outcome != CaseOutcome.Passed))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {result.Case.Name} | {result.Reason.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }
    }

    private static int Count(IEnumerable<CaseResult> results, CaseOutcome outcome) => results.Count(result => result.Outcome == outcome);
}
