using System.IO.Compression;
using System.Text;
using Nabla.Formats;
using Nabla.Tests;
using Nabla.Text.QuestionAnswering;

namespace Nabla.Text.Tests.QuestionAnswering;

public sealed class PassageSetTests : IDisposable
{
    private const string Rome = """{"data": [{"title": "Rome", "paragraphs": [{"context": "Rome is old. Rome is large, and warm.", "qas": [QAS]}]}]}""";
    private const string Header = "item_id,review_id,q_review_id,question,review,human_ans_spans,human_ans_indices\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("old", 8, 8, "old", 1, 0)]
    [InlineData(" old ", 7, 8, "old", 1, 0)]
    [InlineData("Rome", 12, 13, "Rome", 0, 1)]
    [InlineData("Rome", 2, 0, "Rome", 0, 1)]
    [InlineData("large , and warm!", 99, 21, "large, and warm", 0, 1)]
    [InlineData("LARGE", -5, 21, "large", 0, 1)]
    public void An_answer_is_taken_where_it_stands_or_at_the_nearest_place(string text, int start, int found, string span, int right, int repaired)
    {
        PassageSet set = Read(Question("q", Answer(text, start)));
        Assert.Equal(new AnswerSpan(found, span), set.Questions.Single().Question.Answers.Single());
        Assert.Equal(new AnswerCheck(right, repaired), set.Check);
    }

    [Fact]
    public void Answers_that_the_passage_does_not_have_are_skipped_and_questions_without_any_left_dropped()
    {
        PassageSet set = Read($"{Question("a", Answer("Paris", 0), Answer("old", 8))}, {Question("b", Answer("Paris", 0))}, {Question("c")}");
        Assert.Equal(new AnswerCheck(Right: 1, Skipped: 2, Dropped: 1), set.Check);
        Assert.Equal(["a", "c"], set.Questions.Select(asked => asked.Question.Text));
        Assert.Equal("a", set.Answerable().Questions.Single().Question.Text);
    }

    [Fact]
    public void Offsets_in_code_points_are_right_behind_a_character_of_two_units()
    {
        string json = $$"""{"data": [{"paragraphs": [{"context": "𠮷野家 is here", "qas": [{{Question("where", Answer("here", 7))}}]}]}]}""";
        PassageSet set = PassageSet.Read(folder.Write("a.json", json));
        Assert.Equal(new AnswerSpan(8, "here"), set.Questions.Single().Question.UsualAnswer);
        Assert.Equal(1, set.Check.Right);
    }

    [Fact]
    public void Impossible_questions_of_version_2_have_no_answer()
    {
        PassageSet set = Read("""{"question": "Who?", "is_impossible": true, "answers": [], "plausible_answers": [{"text": "Rome", "answer_start": 0}]}""");
        Assert.False(set.Questions.Single().Question.IsAnswerable);
        Assert.Null(set.Questions.Single().Question.UsualAnswer);
    }

    [Fact]
    public void The_usual_answer_is_the_one_most_people_marked()
    {
        PassageQuestion question = Read(Question("q", Answer("old", 8), Answer("large", 21), Answer("large", 21))).Questions.Single().Question;
        Assert.Equal("large", question.UsualAnswer!.Value.Text);
    }

    [Fact]
    public void Rows_of_subjqa_are_joined_to_questions_and_its_mark_is_taken_away()
    {
        string table = Header
            + "i1,r1,q1,How is it?,\"Nice (small), and \"\"good\"\". ANSWERNOTFOUND\",ANSWERNOTFOUND,\"(29, 43)\"\n"
            + "i1,r1,q1,How is it?,\"Nice (small), and \"\"good\"\". ANSWERNOTFOUND\",Nice ( small ),\"(0, 12)\"\n"
            + "i1,r1,q2,Who?,\"Nice (small), and \"\"good\"\". ANSWERNOTFOUND\",ANSWERNOTFOUND,\"(29, 43)\"\n";
        PassageSet set = PassageSet.Read(folder.Write("reviews.csv", table));
        Passage passage = Assert.Single(set.Passages);
        Assert.Equal("Nice (small), and \"good\".", passage.Text);
        Assert.Equal("i1", passage.Article);
        Assert.Equal([1, 0], passage.Questions.Select(question => question.Answers.Count));
        Assert.Equal("Nice (small", passage.Questions[0].UsualAnswer!.Value.Text);
        Assert.Equal(new AnswerCheck(Repaired: 1), set.Check);
    }

    [Fact]
    public void A_folder_of_files_is_one_set_without_a_text_twice()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Rome.Replace("QAS", Question("one", Answer("old", 8)), StringComparison.Ordinal)));
        }

        folder.Write("a.json.gz", packed.ToArray());
        folder.Write("b.json", Rome.Replace("QAS", Question("two"), StringComparison.Ordinal));
        folder.Write("readme.txt", "nothing");
        PassageSet set = PassageSet.Read(folder.ToString());
        Assert.Equal(["one", "two"], Assert.Single(set.Passages).Questions.Select(question => question.Text));
        Assert.Equal(1, set.Check.Right);
        Assert.Empty(set.Except(set).Passages);
        Assert.Single(set.OfArticles(["Rome"]).Passages);
        Assert.Empty(set.OfArticles(["Paris"]).Passages);
    }

    [Theory]
    [InlineData("{}", "expected 'data' of the file to be a list")]
    [InlineData("{", "expected JSON in UTF-8 as SQuAD writes it, got something else at line 1")]
    [InlineData("""{"data": [3]}""", "expected data[0] to be an object, got Number")]
    [InlineData("""{"data": [{"paragraphs": [{}]}]}""", "expected 'context' of data[0].paragraphs[0] to be a text")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "a"}]}]}""", "expected 'qas' of data[0].paragraphs[0] to be a list")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "a", "qas": [{"question": 3}]}]}]}""", "expected 'question' of data[0].paragraphs[0].qas[0] to be a text")]
    [InlineData(
        """{"data": [{"paragraphs": [{"context": "a", "qas": [{"question": "q", "answers": [{"text": "a", "answer_start": "0"}]}]}]}]}""",
        "expected 'answer_start' of data[0].paragraphs[0].qas[0].answers[0] to be a whole number")]
    [InlineData("""{"data": []}""", "expected questions about passages, got none")]
    [InlineData("""{"data": [{"paragraphs": [{"context": "\ud800", "qas": []}]}]}""", "half of a pair of surrogates")]
    [InlineData("a,b\n1,2\n", "expected a column 'review', got")]
    [InlineData(Header + "i,r,q,How?,Fine,Fine,here\n", "expected the place of an answer as (begin, end), got 'here' at line 2")]
    public void A_bad_file_is_refused_with_the_place(string content, string problem) => Assert.Contains(
        problem, Assert.Throws<InvalidFileException>(() => PassageSet.Read(folder.Write("bad.file", content))).Message, StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_with_the_line()
    {
        string path = folder.Write("bad.json", [.. "{\n\""u8, 0xFF]);
        Assert.Contains("at line 2", Assert.Throws<InvalidFileException>(() => PassageSet.Read(path)).Message, StringComparison.Ordinal);
    }

    private static string Question(string text, params string[] answers) =>
        $$"""{"id": "{{text}}", "question": "{{text}}", "answers": [{{string.Join(", ", answers)}}]}""";

    private static string Answer(string text, int start) => $$"""{"text": "{{text}}", "answer_start": {{start}}}""";

    private PassageSet Read(string questions) => PassageSet.Read(folder.Write("rome.json", Rome.Replace("QAS", questions, StringComparison.Ordinal)));
}
