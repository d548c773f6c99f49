namespace Nabla.Text.Tests;

public sealed class BeamSearchTests
{
    private const int End = 0;

    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.6)]
    [InlineData(3, 1.0)]
    [InlineData(4, 2.0)]
    public void With_enough_beams_the_best_of_all_texts_are_found(long seed, double penalty)
    {
        const int length = 4;
        RandomModel model = new(vocabulary: 3, seed);
        Hypothesis[] all = [.. model.AllTexts([1], length, penalty).OrderByDescending(text => text.Score)];
        GenerationOptions options = new() { Beams = 81, MaximumTokens = length, StopTokens = [End], LengthPenalty = penalty };
        IReadOnlyList<Hypothesis> found = BeamSearch.Run(model, [1], options, TestContext.Current.CancellationToken);
        Assert.Equal(all.Length, found.Count);
        Assert.All(found.Zip(all), pair => Same(pair.Second, pair.First));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Scores_are_those_of_the_tokens_that_are_given(int beams)
    {
        RandomModel model = new(vocabulary: 5, seed: 7);
        GenerationOptions options = new() { Beams = beams, MaximumTokens = 6, StopTokens = [End] };
        IReadOnlyList<Hypothesis> found = BeamSearch.Run(model, [2, 3], options, TestContext.Current.CancellationToken);
        Assert.Equal(beams, found.Count);
        Assert.Equal(found.OrderByDescending(hypothesis => hypothesis.Score), found);
        Assert.All(found, hypothesis =>
        {
            IEnumerable<int> tokens = hypothesis.Ended ? hypothesis.Tokens.Append(End) : hypothesis.Tokens;
            double sum = model.LogProbability([2, 3], [.. tokens]);
            Assert.Equal(sum, hypothesis.LogProbability, 1e-4);
            Assert.Equal(sum / Math.Pow((5 + tokens.Count()) / 6.0, 0.6), hypothesis.Score, 1e-4);
        });
    }

    [Fact]
    public void One_beam_is_greedy()
    {
        RandomModel model = new(vocabulary: 6, seed: 5);
        List<int> greedy = [];
        while (greedy.Count < 8)
        {
            double[] row = model.LogProbabilities([3, .. greedy]);
            greedy.Add(Enumerable.Range(1, 5).MaxBy(token => row[token]));
        }

        GenerationOptions options = new() { Beams = 1, MaximumTokens = 8, ForbiddenTokens = [End] };
        Assert.Equal(greedy, BeamSearch.Run(model, [3], options, TestContext.Current.CancellationToken)[0].Tokens);
    }

    [Fact]
    public void An_empty_prompt_is_refused_and_a_search_can_be_cancelled()
    {
        RandomModel model = new(vocabulary: 3, seed: 1);
        Assert.Throws<ArgumentException>(() => BeamSearch.Run(model, [], new GenerationOptions(), TestContext.Current.CancellationToken));
        Assert.Throws<OperationCanceledException>(() => BeamSearch.Run(model, [1], new GenerationOptions(), new CancellationToken(canceled: true)));
    }

    private static void Same(Hypothesis expected, Hypothesis actual)
    {
        Assert.Equal(expected.Tokens, actual.Tokens);
        Assert.Equal(expected.Ended, actual.Ended);
        Assert.Equal(expected.LogProbability, actual.LogProbability, 1e-4);
        Assert.Equal(expected.Score, actual.Score, 1e-4);
    }

    /// <summary>A model whose scores are random numbers that follow from all tokens so far.</summary>
    private sealed class RandomModel(int vocabulary, long seed) : IStepFunction
    {
        private int[][] rows = [[]];

        public Tensor Step(Tensor tokens)
        {
            int count = tokens.Shape[1];
            int[] added = tokens.ToArray<int>();
            rows = [.. rows.Select((row, index) => row.Concat(added[(index * count)..((index + 1) * count)]).ToArray())];
            return Tensor.From([.. rows.SelectMany(Scores)]).Reshape(rows.Length, vocabulary);
        }

        public void Select(IReadOnlyList<int> rows) => this.rows = [.. rows.Select(row => this.rows[row])];

        public double[] LogProbabilities(IReadOnlyList<int> tokens)
        {
            float[] scores = Scores(tokens);
            double sum = Math.Log(scores.Sum(score => Math.Exp(score)));
            return [.. scores.Select(score => score - sum)];
        }

        public double LogProbability(IReadOnlyList<int> prompt, IReadOnlyList<int> tokens) =>
            Enumerable.Range(0, tokens.Count).Sum(place => LogProbabilities([.. prompt, .. tokens.Take(place)])[tokens[place]]);

        /// <summary>All texts that end by the token <see cref="End"/> or at a length, with their scores.</summary>
        public IEnumerable<Hypothesis> AllTexts(int[] prompt, int length, double penalty) =>
            AllTokens(length).Select(tokens => (Tokens: tokens, Ended: tokens[^1] == End)).Select(text =>
            {
                double sum = LogProbability(prompt, text.Tokens);
                return new Hypothesis(text.Ended ? text.Tokens[..^1] : text.Tokens, sum, text.Ended, sum / Math.Pow((5 + text.Tokens.Length) / 6.0, penalty));
            });

        private IEnumerable<int[]> AllTokens(int length) => length == 0 ? [[]] : Enumerable.Range(0, vocabulary).SelectMany(
            first => first == End || length == 1 ? [[first]] : AllTokens(length - 1).Select(rest => (int[])[first, .. rest]));

        private float[] Scores(IReadOnlyList<int> tokens)
        {
            RandomKey key = tokens.Aggregate(RandomKey.FromSeed(seed), (folded, token) => folded.Fold(token));
            return key.Normal([vocabulary]).ToArray<float>();
        }
    }
}
