using Nabla.Tests;
using Nabla.Text.QuestionAnswering;

namespace Nabla.Text.Tests.QuestionAnswering;

public sealed class LexicalBaselineTests
{
    private const string Passage = "The bridge was built in 1932. It is painted green. Its architect was Otto Linne, a Dane.";

    [Fact]
    public void The_sentence_with_most_words_of_the_question_is_found()
    {
        GivenAnswer answer = new LexicalBaseline(wholeSentences: true).Answer("When was the bridge built?", Passage);
        Assert.Equal(new AnswerSpan(0, "The bridge was built in 1932"), answer.Span);
        Assert.True(answer.Score > 0);
    }

    [Fact]
    public void A_part_of_it_has_no_words_of_the_question()
    {
        AnswerSpan span = new LexicalBaseline().Answer("Who was its architect?", Passage).Span!.Value;
        Assert.Equal("Otto Linne", span.Text);
        Assert.Equal(Passage.IndexOf("Otto", StringComparison.Ordinal), span.Start);
    }

    [Fact]
    public void Chinese_is_read_by_characters()
    {
        AnswerSpan? span = new LexicalBaseline().Answer("这座桥是哪年建成的？", "这座桥是1932年建成的。它是绿色的。").Span;
        Assert.Equal("1932", span?.Text);
    }

    [Fact]
    public void Too_little_overlap_is_no_answer()
    {
        LexicalBaseline baseline = new(leastOverlap: 0.5);
        Assert.Null(baseline.Answer("Which dishes are served for supper?", Passage).Span);
        Assert.NotNull(baseline.Answer("Which dishes are served for supper?", Passage).Likeliest);
        Assert.Null(baseline.Answer("Who?", " ").Span);
    }

    [Fact]
    public void A_fitted_baseline_is_never_worse_than_never_answering_and_than_always_answering()
    {
        PassageSet set = PassageSet.Read(Repository.PathOf("docs/data/questions.json"));
        double F1(IAnswerer answerer) => AnswerScores.Of(answerer, set, TestContext.Current.CancellationToken).All.F1;
        double fitted = F1(LexicalBaseline.Fit(set));
        Assert.True(fitted >= F1(new LexicalBaseline()));
        Assert.True(fitted >= F1(new LexicalBaseline(wholeSentences: true)));
        Assert.True(fitted >= F1(new LexicalBaseline(leastOverlap: double.PositiveInfinity)));
    }

    [Fact]
    public void Scores_count_questions_with_and_without_an_answer()
    {
        PassageSet set = PassageSet.Read(Repository.PathOf("docs/data/questions.json"));
        (AnswerScores all, AnswerScores answerable) = AnswerScores.Of(
            new LexicalBaseline(leastOverlap: double.PositiveInfinity), set, TestContext.Current.CancellationToken);
        Assert.Equal((72, 60), (all.Questions, answerable.Questions));
        Assert.Equal(12.0 / 72, all.ExactMatch, 12);
        Assert.Equal(12.0 / 72, all.F1, 12);
        Assert.True(answerable.F1 > 0.1);
    }
}
