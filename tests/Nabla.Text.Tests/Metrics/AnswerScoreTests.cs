using Nabla.Text.Metrics;

namespace Nabla.Text.Tests.Metrics;

public sealed class AnswerScoreTests
{
    [Theory]
    [InlineData("The Denver Broncos!", "denver broncos", 1, 1)]
    [InlineData("a man with an axe", "man axe", 0, 0.8)]
    [InlineData("theory of an anthem", "anthem theory of", 0, 1)]
    [InlineData("U.S. $1,000", "us 1000", 1, 1)]
    [InlineData("red red blue", "red green", 0, 0.4)]
    [InlineData("", "something", 0, 0)]
    [InlineData("the", "", 1, 1)]
    public void English_answers_count_by_words_without_case_punctuation_and_articles(string prediction, string answer, double exact, double f1)
    {
        Assert.Equal(exact, ExactMatch.Of(prediction, [answer]));
        Assert.Equal(f1, TokenF1.Of(prediction, [answer]), 1e-12);
    }

    [Theory]
    [InlineData("《红楼梦》。", "红楼梦", 1, 1)]
    [InlineData("1963年", "1963年5月", 0, 2.0 * 2 / 6)]
    [InlineData("中国北京", "北京中国", 0, 0.5)]
    [InlineData("WiFi很快", "wifi", 0, 0.5)]
    [InlineData("没有", "别的", 0, 0)]
    [InlineData("3.5亿", "2.5亿", 0, 0.5)]
    [InlineData("1,000.5元", "2,000.5元", 0, 0.5)]
    [InlineData("3.5GB", "3.5", 0, 0)]
    [InlineData("第3.", "第3", 0, 0.8)]
    [InlineData("3.5亿", "亿", 0, 2.0 / 3)]
    public void Chinese_answers_count_by_the_longest_run_of_characters(string prediction, string answer, double exact, double f1)
    {
        Assert.Equal(exact, ExactMatch.Of(prediction, [answer], AnswerLanguage.Chinese));
        Assert.Equal(f1, TokenF1.Of(prediction, [answer], AnswerLanguage.Chinese), 1e-12);
    }

    [Fact]
    public void The_nearest_of_several_answers_counts_and_no_answer_is_one()
    {
        Assert.Equal(1, ExactMatch.Of("Paris", ["London", "paris"]));
        Assert.Equal(2.0 / 3, TokenF1.Of("Paris", ["London", "old Paris"]), 1e-12);
        Assert.Equal((1, 1), (ExactMatch.Of("", []), TokenF1.Of("", [])));
        Assert.Equal((0, 0), (ExactMatch.Of("yes", []), TokenF1.Of("yes", [])));
    }

    /// <summary>The example of Lin, ROUGE: A Package for Automatic Evaluation of Summaries, 2004, section 3.</summary>
    [Theory]
    [InlineData("police kill the gunman", 0.75)]
    [InlineData("the gunman kill police", 0.5)]
    [InlineData("the gunman police killed", 0.5)]
    public void Rouge_of_the_paper_s_example_is_the_published_one(string candidate, double expected) =>
        Assert.Equal(expected, RougeL.Of(candidate, "police killed the gunman").F, 1e-12);

    [Fact]
    public void Rouge_cuts_words_at_signs_and_ideographs_and_tells_precision_from_recall()
    {
        RougeScore score = RougeL.Of("Don't stop!", "don, t never stop");
        Assert.Equal((1, 0.75), (score.Precision, score.Recall));
        Assert.Equal(2.0 / 3, RougeL.Of("我爱书", "我读书").F, 1e-12);
        Assert.Equal(0, RougeL.Of("", "a").F);
        Assert.Equal(0.5, RougeL.Mean(["a", "b"], ["a", "c"]));
        Assert.Contains("2 texts and 1 references", Assert.Throws<ArgumentException>(() => RougeL.Mean(["a", "b"], ["a"])).Message, StringComparison.Ordinal);
    }
}
