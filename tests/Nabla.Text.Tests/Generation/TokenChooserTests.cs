namespace Nabla.Text.Tests;

public sealed class TokenChooserTests
{
    // Probabilities 0.5, 0.25, 0.125, 0.125.
    private static readonly float[] Scores = [MathF.Log(8), MathF.Log(4), MathF.Log(2), MathF.Log(2)];

    [Fact]
    public void Without_options_the_distribution_is_the_softmax() => Equal([0.5, 0.25, 0.125, 0.125], new GenerationOptions());

    [Fact]
    public void A_temperature_of_a_half_squares_the_probabilities() =>
        Equal([16 / 22.0, 4 / 22.0, 1 / 22.0, 1 / 22.0], new GenerationOptions { Temperature = 0.5 });

    [Fact]
    public void Top_k_keeps_the_most_probable_and_of_equals_the_first() =>
        Equal([4 / 7.0, 2 / 7.0, 1 / 7.0, 0], new GenerationOptions { TopK = 3 });

    [Theory]
    [InlineData(0.5, new[] { 1.0, 0, 0, 0 })]
    [InlineData(0.51, new[] { 2 / 3.0, 1 / 3.0, 0, 0 })]
    [InlineData(0.8, new[] { 4 / 7.0, 2 / 7.0, 1 / 7.0, 0 })]
    [InlineData(1, new[] { 0.5, 0.25, 0.125, 0.125 })]
    public void Top_p_keeps_the_fewest_whose_probabilities_sum_to_it(double share, double[] expected) => Equal(expected, new GenerationOptions { TopP = share });

    [Fact]
    public void A_repetition_penalty_divides_scores_above_zero_and_multiplies_those_below_once_each()
    {
        float[] scores = [2, -1, 1, 0];
        double[] changed = [1, -2, 1, 0];
        double sum = changed.Sum(Math.Exp);
        double[] actual = new TokenChooser(new GenerationOptions { RepetitionPenalty = 2 }).Probabilities(scores, [0, 1, 1, 0]);
        Equal([.. changed.Select(score => Math.Exp(score) / sum)], actual);
    }

    [Fact]
    public void Forbidden_tokens_have_no_probability() => Equal([0, 0.5, 0.25, 0.25], new GenerationOptions { ForbiddenTokens = [0] });

    [Fact]
    public void Greedy_takes_the_most_probable_that_is_allowed() => Equal([0, 1, 0, 0], new GenerationOptions { Greedy = true, ForbiddenTokens = [0], Temperature = 9 });

    [Fact]
    public void Temperature_comes_before_top_p() => Equal([1, 0, 0, 0], new GenerationOptions { Temperature = 0.5, TopP = 0.7 });

    [Fact]
    public void Draws_follow_the_distribution_and_the_same_key_draws_the_same()
    {
        TokenChooser chooser = new(new GenerationOptions());
        RandomKey key = RandomKey.FromSeed(3);
        int[] Draw() => [.. Enumerable.Range(0, 20_000).Select(step => chooser.Choose(Scores, [], key.Fold(step)))];
        int[] drawn = Draw();
        Assert.Equal(drawn, Draw());
        double[] expected = [0.5, 0.25, 0.125, 0.125];
        for (int token = 0; token < expected.Length; token++)
        {
            // Four standard deviations of the share of 20,000 draws.
            Assert.Equal(expected[token], drawn.Count(choice => choice == token) / 20_000.0, 0.0145);
        }
    }

    [Fact]
    public void Long_rankings_keep_the_order_of_equals()
    {
        float[] scores = [.. Enumerable.Range(0, 500).Select(token => (float)(token % 5))];
        double[] many = new TokenChooser(new GenerationOptions { TopK = 150 }).Probabilities(scores, []);
        double[] few = new TokenChooser(new GenerationOptions { TopK = 30 }).Probabilities(scores, []);
        int[] best = [.. Enumerable.Range(0, 500).OrderByDescending(token => scores[token]).ThenBy(token => token)];
        Assert.Equal(best.Take(150).Order(), Enumerable.Range(0, 500).Where(token => many[token] > 0));
        Assert.Equal(best.Take(30).Order(), Enumerable.Range(0, 500).Where(token => few[token] > 0));
    }

    [Fact]
    public void Scores_that_are_no_numbers_and_no_choice_at_all_are_refused()
    {
        Assert.Contains("token 1 is not a number", Assert.Throws<ArgumentException>(
            () => new TokenChooser(new GenerationOptions()).Probabilities([0, float.NaN], [])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new TokenChooser(new GenerationOptions { ForbiddenTokens = [0, 1] }).Probabilities([0, 1], []));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Tokens_that_the_model_does_not_have_are_named(int token)
    {
        Assert.Contains($"Expected forbidden tokens from 0 to 1, of which the model has scores, but got {token}.", Assert.Throws<ArgumentException>(
            () => new TokenChooser(new GenerationOptions { ForbiddenTokens = [token] }).Probabilities([0, 1], [])).Message, StringComparison.Ordinal);
        Assert.Contains($"Expected earlier tokens from 0 to 1, of which the model has scores, but got {token}.", Assert.Throws<ArgumentException>(
            () => new TokenChooser(new GenerationOptions { RepetitionPenalty = 2 }).Probabilities([0, 1], [1, token])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { Temperature = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { TopK = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { TopP = 1.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { TopP = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { RepetitionPenalty = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { Beams = 0 });

        // Scores divided by these would be infinite, and their differences no numbers.
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { Temperature = 1e-310 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { RepetitionPenalty = 1e-310 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GenerationOptions { RepetitionPenalty = 1e300 });
    }

    private static void Equal(double[] expected, GenerationOptions options) => Equal(expected, new TokenChooser(options).Probabilities(Scores, []));

    private static void Equal(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
