using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
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
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Whether a model is asked, not shown files alone.</summary>
    public static bool Takes(SavedModel model) => model.Task == PredictionTask.QuestionAnswering || StoryData.IsOf(model);

    /// <summary>The answer of a model as a line.</summary>
    /// <exception cref="UsageException">There is no question or nothing to answer from.</exception>
    public string Line(SavedModel model, PredictionReport report)
    {
        string asked = Given(question, "--question");
        string known = Given(context, "--context");
        return StoryData.IsOf(model)
            ? report.Line(asked, null, model.Network.Forward(StoryData.Encode(model, StoryFile.Sentences(known), asked)))
            : Line(asked, PassageScores.AnswererOf(model).Answer(asked, File.Exists(known) ? string.Join('\n', TextLines.Read(known)) : known));
    }

    private string Line(string asked, GivenAnswer answer)
    {
        double probability = answer.Span is null ? answer.NoneScore : answer.Score;
        if (json)
        {
            return new JsonObject
            {
                ["question"] = asked,
                ["answer"] = answer.Span?.Text,
                ["start"] = answer.Span?.Start,
                ["end"] = answer.Span?.End,
                ["probability"] = probability,
            }.ToJsonString(Readable);
        }

        return answer.Span is { } span
            ? string.Create(CultureInfo.InvariantCulture, $"{span.Text}  (characters {span.Start} to {span.End - 1}, {probability:P2})")
            : string.Create(CultureInfo.InvariantCulture, $"no answer  ({probability:P2})");
    }

    private static string Given(string? text, string option) => !string.IsNullOrWhiteSpace(text)
        ? text
        : throw new UsageException($"This model answers questions: give --question and --context; {option} is {(text is null ? "missing" : "empty")}.");
}
