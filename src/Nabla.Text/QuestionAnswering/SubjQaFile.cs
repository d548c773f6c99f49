using System.Globalization;
using Nabla.Data;

namespace Nabla.Text.QuestionAnswering;

/// <summary>
/// Reads SubjQA's CSV (Bjerva et al., SubjQA: A Dataset for Subjectivity and Review Comprehension, 2020, arXiv 2004.14283): a row is what one person
/// marked, <c>ANSWERNOTFOUND</c> when the review does not say; the same word also stands at the end of each review, to be marked, and is taken away.
/// </summary>
internal sealed class SubjQaFile(string path)
{
    private const string NotFound = "ANSWERNOTFOUND";

    private AnswerCheck check = new();

    public PassageSet Read(byte[] bytes)
    {
        Utf8Text.Require(bytes, path);
        using StreamReader reader = new(new MemoryStream(bytes));
        CsvTable table = CsvTable.Read(reader, path, new CsvOptions { MissingValues = [] });
        IReadOnlyList<string?> reviews = table["review"].Values;
        IReadOnlyList<string?> items = (table.HasColumn("item_id") ? table["item_id"] : table["review"]).Values;
        Passage[] passages = [.. Enumerable.Range(0, table.RowCount)
            .GroupBy(row => WithoutMark(reviews[row] ?? ""))
            .Where(rows => rows.Key.Length > 0)
            .Select(rows => Passage(table, items[rows.First()] ?? rows.Key, rows.Key, rows))];
        return new PassageSet(path, passages, check);
    }

    private Passage Passage(CsvTable table, string item, string review, IEnumerable<int> rows)
    {
        AnswerLocator locator = new(review);
        CsvColumn texts = table["question"];
        PassageQuestion[] asked = [.. rows
            .GroupBy(row => texts.Values[row] ?? "")
            .Select(same => Question(table, same.Key, [.. same], locator))
            .OfType<PassageQuestion>()];
        check += locator.Check;
        return new Passage(item, review, asked);
    }

    private PassageQuestion? Question(CsvTable table, string text, int[] rows, AnswerLocator locator)
    {
        (IReadOnlyList<string?> spans, IReadOnlyList<string?> places) = (table["human_ans_spans"].Values, table["human_ans_indices"].Values);
        int[] marked = [.. rows.Where(row => spans[row] is not (null or NotFound))];
        AnswerSpan[] answers = [.. marked.Select(row => locator.Find(spans[row]!, Begin(table, row, places[row]))).OfType<AnswerSpan>()];
        if (marked.Length > 0 && answers.Length == 0)
        {
            check += new AnswerCheck(Dropped: 1);
            return null;
        }

        string id = table.HasColumn("q_review_id") ? table["q_review_id"].Values[rows[0]] ?? "" : "";
        return new PassageQuestion(id.Length > 0 ? id : $"line {table.Line(rows[0])}", text, answers);
    }

    // As in (547, 561).
    private static int Begin(CsvTable table, int row, string? place)
    {
        string[] ends = (place ?? "").Trim('(', ')', ' ').Split(',');
        return ends.Length == 2 && int.TryParse(ends[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out int begin)
            ? begin
            : throw table.Error(row, $"expected the place of an answer as (begin, end), got '{place}'");
    }

    private static string WithoutMark(string review) => review.EndsWith(NotFound, StringComparison.Ordinal) ? review[..^NotFound.Length].TrimEnd() : review;
}
