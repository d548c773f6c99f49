using System.Globalization;
using Nabla.Text.QuestionAnswering;
using Nabla.Text.Stories;

namespace Nabla.Cli.Recipes;

/// <summary>What a person should know of data that a model learns from or is judged by: how much of it the model does not see as it stands.</summary>
internal static class DataNotes
{
    /// <summary>Of texts of several classes.</summary>
    public static IEnumerable<string> OfTexts(int dropped, int truncated, int unknown) => Counted(
        (dropped, "empty texts are left out"), (truncated, "longer texts are cut off"), (unknown, "texts have no known token"));

    /// <summary>Of a text for a language model.</summary>
    /// <param name="unknown">The tokens that the vocabulary does not have.</param>
    /// <param name="all">All tokens.</param>
    public static IEnumerable<string> OfTokens(int unknown, int all) => Counted((unknown, Invariant($"of {all:N0} tokens are not in the vocabulary")));

    /// <summary>Of sentences with their translations.</summary>
    public static IEnumerable<string> OfPairs(int dropped, int truncated, int unknown, int window) => Counted(
        (dropped, "pairs with an empty sentence are left out"),
        (truncated, $"sentences of more than {window} tokens are cut off"),
        (unknown, "sentences have no known token"));

    /// <summary>Of answers that people marked in passages.</summary>
    public static IEnumerable<string> OfAnswers(AnswerCheck check) =>
    [
        Invariant($"{check.Right:N0} answers stand where the data says, {check.Repaired:N0} were found elsewhere, {check.Skipped:N0} nowhere"),
        .. Counted((check.Dropped, "questions whose answers were found nowhere are left out")),
    ];

    /// <summary>Of questions about passages.</summary>
    public static IEnumerable<string> OfQuestions(int split, int truncated, int unknown, int lost, int questionLength) => Counted(
        (split, "questions are about passages of several windows, a sample each"),
        (truncated, $"questions are longer than {questionLength} words and cut off"),
        (unknown, "questions have no known word"),
        (lost, "answers fit into no window"));

    /// <summary>Of questions about stories.</summary>
    public static IEnumerable<string> OfStories(StoryCheck check, int memories, int words) => Counted(
        (check.Forgotten, $"questions are about stories of more than {memories} sentences, and what these begin with is forgotten"),
        (check.Truncated, $"questions have a sentence of more than {words} words and marks, which is cut off"),
        (check.Unknown, "questions have no known word, or none in their story"));

    private static IEnumerable<string> Counted(params (int Count, string Text)[] notes) =>
        notes.Where(note => note.Count > 0).Select(note => Invariant($"{note.Count:N0} {note.Text}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
