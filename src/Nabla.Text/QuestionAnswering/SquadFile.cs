using System.Text.Json;
using Nabla.Data;
using Nabla.Formats;

namespace Nabla.Text.QuestionAnswering;

/// <summary>
/// Reads SQuAD's JSON: <c>data</c> is a list of articles with <c>paragraphs</c>, each with a <c>context</c> and <c>qas</c>, each with a
/// <c>question</c> and <c>answers</c> of a <c>text</c> and an <c>answer_start</c>; in version 2.0 <c>is_impossible</c> marks questions without answer.
/// </summary>
internal sealed class SquadFile(string path)
{
    private const int DeepestNesting = 32;
    private const int LongestPassage = 1 << 20;
    private const int LongestQuestion = 1 << 14;
    private const int MostQuestions = 1 << 22;

    private AnswerCheck check = new();
    private int questions;

    public PassageSet Read(byte[] bytes)
    {
        try
        {
            Utf8Text.Require(bytes, path);
            ReadOnlyMemory<byte> text = bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes.AsMemory(3) : bytes;
            using JsonDocument document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DeepestNesting });
            Passage[] passages = [.. List(document.RootElement, "data", "the file").SelectMany(Article)];
            return new PassageSet(path, passages, check);
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(
                path, FilePosition.Line((error.LineNumber ?? 0) + 1), "expected JSON in UTF-8 as SQuAD writes it, got something else", error);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidFileException(path, FilePosition.None, "expected texts of whole characters, got half of a pair of surrogates", error);
        }
    }

    private IEnumerable<Passage> Article(JsonElement article, int index)
    {
        string place = $"data[{index}]";
        string title = Optional(article, "title", place) ?? Optional(article, "id", place) ?? place;
        return List(article, "paragraphs", place).Select((paragraph, number) => Paragraph(paragraph, $"{place}.paragraphs[{number}]", title));
    }

    private Passage Paragraph(JsonElement paragraph, string place, string title)
    {
        string context = Text(paragraph, "context", place, LongestPassage);
        AnswerLocator locator = new(context);
        PassageQuestion[] asked = [.. List(paragraph, "qas", place)
            .Select((question, number) => Question(question, $"{place}.qas[{number}]", locator))
            .OfType<PassageQuestion>()];
        check += locator.Check;
        return new Passage(title, context, asked);
    }

    private PassageQuestion? Question(JsonElement question, string place, AnswerLocator locator)
    {
        if (++questions > MostQuestions)
        {
            throw Error($"expected at most {MostQuestions} questions, got more");
        }

        string text = Text(question, "question", place, LongestQuestion);
        bool impossible = Field(question, "is_impossible", place)?.ValueKind == JsonValueKind.True;
        JsonElement[] marked = impossible ? [] : [.. List(question, "answers", place)];
        AnswerSpan[] answers = [.. marked.Select((answer, number) => Answer(answer, $"{place}.answers[{number}]", locator)).OfType<AnswerSpan>()];
        if (marked.Length > 0 && answers.Length == 0)
        {
            check += new AnswerCheck(Dropped: 1);
            return null;
        }

        return new PassageQuestion(Optional(question, "id", place) ?? place, text, answers);
    }

    private AnswerSpan? Answer(JsonElement answer, string place, AnswerLocator locator)
    {
        string text = Text(answer, "text", place, LongestPassage);
        return Field(answer, "answer_start", place) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long start)
            ? locator.Find(text, start)
            : throw Error($"expected 'answer_start' of {place} to be a whole number");
    }

    private string Text(JsonElement json, string name, string place, int longest) =>
        Field(json, name, place) is not { ValueKind: JsonValueKind.String } field ? throw Error($"expected '{name}' of {place} to be a text")
        : field.GetString() is { } text && text.Length <= longest ? text
        : throw Error($"expected '{name}' of {place} to have at most {longest} characters, got {field.GetString()!.Length}");

    private string? Optional(JsonElement json, string name, string place) => Field(json, name, place) switch
    {
        { ValueKind: JsonValueKind.String } field => field.GetString(),
        { ValueKind: JsonValueKind.Number } field => field.GetRawText(),
        _ => null,
    };

    private JsonElement.ArrayEnumerator List(JsonElement json, string name, string place) =>
        Field(json, name, place) is { ValueKind: JsonValueKind.Array } field
        ? field.EnumerateArray()
        : throw Error($"expected '{name}' of {place} to be a list");

    private JsonElement? Field(JsonElement json, string name, string place) =>
        json.ValueKind != JsonValueKind.Object ? throw Error($"expected {place} to be an object, got {json.ValueKind}")
        : json.TryGetProperty(name, out JsonElement field) ? field : null;

    private InvalidFileException Error(string problem) => new(path, FilePosition.None, problem);
}
