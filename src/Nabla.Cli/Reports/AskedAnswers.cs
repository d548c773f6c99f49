using System.Globalization;
using System.Text.Json.Nodes;
using Nabla.Cli.Commands;
using Nabla.Cli.Recipes;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Text;
using Nabla.Text.QuestionAnswering;
using Nabla.Text.Stories;

namespace Nabla.Cli.Reports;

/// <summary>Answers a question about a passage or a story.</summary>
/// <param name="question">The question.</param>
/// <param name="context">What is known: a file or a text.</param>
/// <param name="json">Whether a machine reads the answer.</param>
internal sealed class AskedAnswers(string? question, string? context, bool json)
{
    /// <summary>Whether a model is asked, not shown files alone.</summary>
    public static bool Takes(SavedModel model) => model.Task == PredictionTask.QuestionAnswering || StoryData.IsOf(model);

    /// <summary>Writes the answer of a model as a line, and what of the question or of the story it does not see.</summary>
    /// <exception cref="UsageException">There is no question or nothing to answer from, or the model knows no word of it.</exception>
    public void Write(SavedModel model, PredictionReport report, Terminal terminal)
    {
        string asked = Given(question, "--question");
        string known = Given(context, "--context");
        bool isFile = TextArgument.IsFile(known);
        if (StoryData.IsOf(model))
        {
            Write(model, new StoryQuestion(0, StoryFile.Sentences(known), asked, ""), report, terminal);
        }
        else
        {
            Write(model, asked, isFile ? TextFile.ReadExact(known) : known, terminal);
        }
    }

    private static void Write(SavedModel model, StoryQuestion asked, PredictionReport report, Terminal terminal)
    {
        (int memories, int words) = (StoryData.MemoriesOf(model), model.Preprocessing!.Text!.Length);
        StoryCheck check = StoryData.Check(model, asked);
        if (check.Unknown > 0)
        {
            throw new UsageException(
                $"'{asked.Question}': no word of the question, or none of the last {memories} sentences of the story, is in the model's vocabulary of "
                + $"{model.Preprocessing.Text.Vocabulary.Count}.");
        }

        terminal.Output.WriteLine(report.Line(asked.Question, null, model.Network.Forward(StoryData.Encode(model, asked))));
        Warn(terminal, check.Truncated > 0, $"a sentence is longer than the {words} words and marks that the model reads: cut off");
        Warn(terminal, check.Forgotten > 0, $"the story has {asked.Sentences.Count} sentences, of which the model remembers the last {memories}");
        CountedWarning.Write(terminal, check.UnknownWords, "word", "not in the model's vocabulary");
    }

    private void Write(SavedModel model, string asked, string passage, Terminal terminal)
    {
        SpanAnswerer answerer = PassageScores.AnswererOf(model);
        GivenAnswer answer = answerer.Answer(asked, passage);
        if (answer.IsUnknown)
        {
            throw new TextArgument(asked, null, asked).Unknown(answerer.Text.Vocabulary.Count);
        }

        terminal.Output.WriteLine(Line(asked, passage, answer));
        Warn(terminal, answer.IsTruncated, $"the question is longer than the {answerer.Reading.QuestionLength} words and marks that the model reads: cut off");
    }

    // Places are counted in characters, as SQuAD does; in .NET's strings some characters are two.
    private string Line(string asked, string passage, GivenAnswer answer)
    {
        double probability = answer.Span is null ? answer.NoneScore : answer.Score;
        int? start = answer.Span is { } found ? Characters(passage[..found.Start]) : null;
        int? end = start + Characters(answer.Span?.Text ?? "");
        if (json)
        {
            return new JsonObject
            {
                ["question"] = asked,
                ["answer"] = answer.Span?.Text,
                ["start"] = start,
                ["end"] = end,
                ["probability"] = probability,
            }.ToJsonString(PredictionReport.Readable);
        }

        return answer.Span is { } span
            ? string.Create(CultureInfo.InvariantCulture, $"{span.Text}  (characters {start} to {end - 1}, {probability:P2})")
            : string.Create(CultureInfo.InvariantCulture, $"no answer  ({probability:P2})");
    }

    private static int Characters(string text) => text.EnumerateRunes().Count();

    private static void Warn(Terminal terminal, bool holds, string problem)
    {
        if (holds)
        {
            terminal.Error.WriteLine($"nabla: {problem}.");
        }
    }

    private static string Given(string? text, string option) => !string.IsNullOrWhiteSpace(text)
        ? text
        : throw new UsageException($"This model answers questions: give --question and --context; {option} is {(text is null ? "missing" : "empty")}.");
}
