using System.Globalization;
using System.Text;
using Nabla.Formats;

namespace Nabla.Conformance.Onnx;

/// <summary>The results as a page: counts by operator, and the reason of each case that did not pass.</summary>
internal static class ConformanceReport
{
    public static void Write(string path, string source, bool coreOnly, IReadOnlyList<CaseResult> results)
    {
        StringBuilder page = new();
        page.AppendLine("# ONNX conformance").AppendLine();
        page.AppendLine(string.Create(CultureInfo.InvariantCulture, $"The official ONNX test cases of {source}{(coreOnly ? ", the core ones" : "")}: {Counts(results)}."));
        page.AppendLine("Shapes and types must be the same, values agree within 1e-3 relative and 1e-7 absolute. Made by").AppendLine();
        page.AppendLine("    dotnet run -c Release --project tests/Nabla.Conformance -- onnx FOLDER_OR_ARCHIVE --report docs/onnx-conformance.md").AppendLine();
        page.AppendLine("| first operator | passed | failed | not supported |").AppendLine("|---|---:|---:|---:|");
        foreach (IGrouping<string, CaseResult> group in results.GroupBy(result => result.Operator).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            page.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {group.Key} | {Count(group, CaseOutcome.Passed)} | {Count(group, CaseOutcome.Failed)} | {Count(group, CaseOutcome.NotSupported)} |"));
        }

        page.AppendLine().AppendLine("## Cases that did not pass").AppendLine().AppendLine("| case | why |").AppendLine("|---|---|");
        foreach (CaseResult result in results.Where(result => result.Outcome != CaseOutcome.Passed))
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {result.Case.Name} | {result.Reason.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }

        AtomicFile.WriteText(path, page.ToString());
    }

    /// <summary>The line that ends a run.</summary>
    public static string Counts(IReadOnlyList<CaseResult> results) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Count(results, CaseOutcome.Passed)} passed, {Count(results, CaseOutcome.Failed)} failed, {Count(results, CaseOutcome.NotSupported)} not supported");

    private static int Count(IEnumerable<CaseResult> results, CaseOutcome outcome) => results.Count(result => result.Outcome == outcome);
}
