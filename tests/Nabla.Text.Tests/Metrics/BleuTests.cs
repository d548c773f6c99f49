using Nabla.Text.Metrics;

namespace Nabla.Text.Tests.Metrics;

/// <summary>The figures are those of sacreBLEU's README and tests (github.com/mjpost/sacrebleu: README.md, test_bleu.py, test_sentence_bleu.py).</summary>
public sealed class BleuTests
{
    private const string Reference = "producţia de zahăr brut se exprimă în zahăr alb;";
    private const string Translation = "Producția de zahăr primă va fi exprimată în ceea ce privește zahărul alb;";

    private static readonly string[] Translations = ["The dog bit the man.", "It wasn't surprising.", "The man had just bitten him."];

    private static readonly string[][] References =
    [
        ["The dog bit the man.", "It was not unexpected.", "The man bit him first."],
        ["The dog had bit the man.", "No one was surprised.", "The man had bitten the dog."],
    ];

    [Theory]
    [InlineData(BleuTokenization.Mteval13a, true, 48.530827)]
    [InlineData(BleuTokenization.Mteval13a, false, 48.530827)]
    [InlineData(BleuTokenization.None, true, 49.1919566)]
    public void The_example_with_two_references_has_the_published_score(BleuTokenization tokenization, bool smooth, double expected) =>
        Assert.Equal(expected, new Bleu { Tokenization = tokenization, Smooth = smooth }.Score(Translations, References).Score, 1e-6);

    [Theory]
    [InlineData(BleuTokenization.Mteval13a, false, true, 8.493)]
    [InlineData(BleuTokenization.Mteval13a, false, false, 0)]
    [InlineData(BleuTokenization.None, false, true, 7.347)]
    [InlineData(BleuTokenization.Characters, false, true, 40.8759)]
    [InlineData(BleuTokenization.Characters, true, true, 42.0267)]
    public void One_sentence_has_the_published_scores(BleuTokenization tokenization, bool lowerCase, bool smooth, double expected) =>
        Assert.Equal(
            expected, new Bleu { Tokenization = tokenization, LowerCase = lowerCase, Smooth = smooth }.Score([Translation], [Reference]).Score, 1e-3);

    [Fact]
    public void The_line_of_the_readme_says_what_the_score_is_made_of()
    {
        BleuScore score = new Bleu().Score(Translations, References);
        Assert.Equal(
            "BLEU|nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp = 48.5 82.4/50.0/45.5/37.5 (BP = 0.943 ratio = 0.944 hyp_len = 17 ref_len = 18)", score.ToString());
    }

    [Fact]
    public void Nothing_in_common_and_nothing_at_all_score_zero()
    {
        Assert.Equal(0, new Bleu().Score(["", "", ""], References).Score);
        Assert.Equal(0, new Bleu().Score(["this is a cat"], ["okay thanks"]).Score);
        Assert.Equal(100, new Bleu().Score(["this is a fine test"], ["this is a fine test"]).Score, 1e-9);
    }

    [Theory]
    [InlineData("Hello, \"world\": it's 3.5% (or $1,000) -- 7-fold...", "Hello|,|\"|world|\"|:|it's|3.5|%|(|or|$|1,000|)|--|7|-|fold|.|.|.")]
    [InlineData("a&amp;b &lt;tag&gt; U.S. naïve“x”", "a|&|b|<|tag|>|U|.|S|.|naïve“x”")]
    [InlineData("ends with 5.", "ends|with|5|.")]
    public void Western_texts_are_cut_by_the_rules_of_mteval(string text, string expected) =>
        Assert.Equal(expected.Split('|'), new Bleu().TokensOf(text));

    [Fact]
    public void Chinese_texts_are_cut_into_characters_and_the_rest_as_Western_ones()
    {
        Bleu bleu = new() { Tokenization = BleuTokenization.Chinese };
        Assert.Equal(["我", "有", "3.5kg", ",", "don't", "“", "好", "”", "！"], bleu.TokensOf(" 我有3.5kg, don't“好”！ "));
        Assert.Equal(["我", "a", "b", "！"], (bleu with { Tokenization = BleuTokenization.Characters }).TokensOf("我 ab！"));
        Assert.Equal(100, bleu.Score(["我有一本书"], ["我有一本书"]).Score, 1e-9);
    }

    [Fact]
    public void Each_translation_needs_a_reference() =>
        Assert.Contains(
            "each of 3 translations, but got 2", Assert.Throws<ArgumentException>(() => new Bleu().Score(Translations, References[0], ["a", "b"])).Message, StringComparison.Ordinal);
}
