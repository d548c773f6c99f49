using Nabla.Formats;

namespace Nabla.Tests.Formats.Statistics;

/// <summary>Population stability index and Kolmogorov-Smirnov statistic against values computed by hand, closed forms and the definition.</summary>
public sealed class DriftScoreTests
{
    [Theory]
    // 0.1 ln 1.2 - 0.1 ln 0.8
    [InlineData(new long[] { 50, 50 }, new long[] { 60, 40 }, 0.04054651081)]
    // (0.3 - 0.2) ln 1.5 + (0.5 - 0.5) ln 1 + (0.2 - 0.3) ln (2 / 3) = 0.2 ln 1.5
    [InlineData(new long[] { 20, 50, 30 }, new long[] { 3, 5, 2 }, 0.08109302162)]
    // Ten tenths against 5, 5, 10, 10, 10, 10, 10, 10, 15, 15 %: 2 (-0.05) ln 0.5 + 2 (0.05) ln 1.5
    [InlineData(new long[] { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, new long[] { 5, 5, 10, 10, 10, 10, 10, 10, 15, 15 }, 0.10986122887)]
    // Nothing where a half was expected: (0.0001 - 0.5) ln 0.0002 + 0.5 ln 2
    [InlineData(new long[] { 7, 7 }, new long[] { 0, 9 }, 4.604318467)]
    public void The_population_stability_index_is_the_sum_by_hand(long[] expected, long[] actual, double index)
    {
        Assert.Equal(index, DriftScore.Psi(expected, actual), 8);
    }

    [Fact]
    public void The_population_stability_index_is_symmetric_and_zero_for_the_same_shares()
    {
        long[] left = [3, 9, 4, 1];
        long[] right = [8, 2, 2, 5];
        Assert.Equal(DriftScore.Psi(left, right), DriftScore.Psi(right, left), 12);
        Assert.Equal(0, DriftScore.Psi(left, [.. left.Select(count => 10 * count)]), 12);
    }

    [Theory]
    // Samples 1 2 3 4 and 3 4 5 6 over the values 1 to 6: at 2 one half is below, and nothing of the other.
    [InlineData(new long[] { 1, 1, 1, 1, 0, 0 }, new long[] { 0, 0, 1, 1, 1, 1 }, 0.5)]
    // Samples 1 1 2 and 1 2 2 2 2: 2/3 against 1/5 at 1.
    [InlineData(new long[] { 2, 1 }, new long[] { 1, 4 }, 0.46666666667)]
    [InlineData(new long[] { 5, 0 }, new long[] { 0, 3 }, 1)]
    [InlineData(new long[] { 5, 5 }, new long[] { 1, 1 }, 0)]
    public void The_statistic_of_Kolmogorov_and_Smirnov_is_the_one_by_hand(long[] expected, long[] actual, double statistic)
    {
        Assert.Equal(statistic, DriftScore.Ks(expected, actual), 10);
    }

    [Theory]
    [InlineData(37, 53)]
    [InlineData(1000, 400)]
    public void Bins_give_the_statistic_of_the_definition_within_the_share_of_a_bin(int count, int others)
    {
        Random random = new(5);
        double[] expected = [.. Enumerable.Range(0, count).Select(_ => Normal(random))];
        double[] actual = [.. Enumerable.Range(0, others).Select(_ => (1.3 * Normal(random)) + 0.4)];
        double exact = expected.Concat(actual).Max(value => Math.Abs(Below(expected, value) - Below(actual, value)));
        (FeatureStatistics statistics, long[] counts) = Compared(expected, actual);
        double binned = statistics.Compare(counts).KolmogorovSmirnov!.Value;
        Assert.InRange(binned, exact - (statistics.Counts.Max() / (double)count) - (counts.Max() / (double)others), exact + 1e-12);
        Assert.True(binned > 0.15);
    }

    [Theory]
    [InlineData(0.25, 0.0994764497)]
    [InlineData(0.5, 0.1974126513)]
    [InlineData(1, 0.3829249225)]
    public void Shifted_normal_values_have_the_scores_of_the_closed_forms(double shift, double statistic)
    {
        Random random = new(7);
        (FeatureStatistics statistics, long[] counts) = Compared(
            [.. Enumerable.Range(0, 200_000).Select(_ => Normal(random))], [.. Enumerable.Range(0, 200_000).Select(_ => Normal(random) + shift)]);
        DriftScore score = statistics.Compare(counts);
        Assert.InRange(score.KolmogorovSmirnov!.Value, statistic - 0.006, statistic + 0.006);

        // Ten bins lose a little of what the density has.
        Assert.InRange(score.PopulationStabilityIndex, 0.88 * shift * shift, 1.02 * shift * shift);
    }

    [Fact]
    public void Counts_that_cannot_be_compared_are_refused()
    {
        Assert.Contains("2 bins", Assert.Throws<ArgumentException>(() => DriftScore.Psi([1, 2], [1, 2, 3])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => DriftScore.Ks([1, 2], [0, 0]));
        FeatureStatistics feature = new() { Name = "age", Edges = [1], Counts = [1, 1] };
        Assert.Contains("'age' expects a count for each of 2 bins", Assert.Throws<ArgumentException>(() => feature.Compare([1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rare_categories_are_one_so_that_chance_does_not_add_up()
    {
        Random random = new(11);
        string[] names = [.. Enumerable.Range(0, 1000).Select(index => $"class {index}")];
        FeatureStatistics feature = new() { Name = "label", Categories = names, Counts = Drawn(100_000) };
        Assert.True(DriftScore.Psi(feature.Counts, Drawn(500)) > 1);
        DriftScore score = feature.Compare(Drawn(500));
        Assert.InRange(score.PopulationStabilityIndex, 0, 0.1);
        Assert.Null(score.KolmogorovSmirnov);

        long[] Drawn(int count)
        {
            long[] counts = new long[names.Length];
            for (int index = 0; index < count; index++)
            {
                counts[random.Next(names.Length)]++;
            }

            return counts;
        }
    }

    private static (FeatureStatistics Statistics, long[] Counts) Compared(double[] expected, double[] actual)
    {
        FeatureCollection collection = new([new Feature("x")]);
        foreach (double value in expected)
        {
            collection.Number(0, value);
        }

        FeatureStatistics statistics = Assert.Single(collection.ToStatistics());
        long[] counts = new long[statistics.BinCount];
        foreach (double value in actual)
        {
            counts[statistics.BinOf(value)]++;
        }

        return (statistics, counts);
    }

    private static double Below(double[] values, double value) => values.Count(each => each <= value) / (double)values.Length;

    // Box and Muller's transformation.
    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
