using Nabla.Serving.Batching;

namespace Nabla.Serving.Tests.Batching;

public sealed class BatchPaceTests
{
    private const int BatchesToTrial = 64;
    private const int ChoicesToForget = 4096;

    private static readonly int[] Sizes = [1, 2, 4, 8];

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 2)]
    [InlineData(7, 4)]
    [InlineData(100, 8)]
    public void A_size_that_was_never_computed_is_tried_when_it_is_filled(int rows, int size) => Assert.Equal(size, new BatchPace(Sizes).Choose(rows));

    [Fact]
    public void Batches_are_no_larger_than_makes_rows_cheaper()
    {
        BatchPace pace = Known(12, 11, 10, 9.8);
        Assert.Equal([1, 2, 4, 4], new[] { 1, 2, 4, 100 }.Select(pace.Choose));
    }

    [Fact]
    public void Batches_are_as_large_as_they_can_be_where_that_makes_rows_cheaper()
    {
        BatchPace pace = Known(80, 40, 20, 10);
        Assert.Equal([1, 2, 4, 8], new[] { 1, 2, 4, 100 }.Select(pace.Choose));
    }

    [Fact]
    public void The_largest_size_is_tried_again_now_and_then()
    {
        BatchPace pace = Known(10, 10, 10, 10);
        int[] chosen = [.. Enumerable.Range(0, 2 * BatchesToTrial).Select(_ => pace.Choose(100))];
        Assert.Equal(2, chosen.Count(size => size == 8));
        Assert.Equal(chosen.Length - 2, chosen.Count(size => size == 1));
    }

    [Fact]
    public void A_batch_that_was_disturbed_counts_little_and_what_lasts_is_learnt()
    {
        BatchPace pace = Known(10, 10, 10, 5);
        pace.Note(8, 8 * 100);
        Assert.Equal(8, pace.Choose(8));
        for (int count = 0; count < 200; count++)
        {
            pace.Note(8, 8 * 100);
        }

        Assert.Equal(1, pace.Choose(8));
    }

    [Fact]
    public void A_size_that_was_computed_in_a_bad_moment_is_tried_again_whatever_its_place()
    {
        double[] secondsARow = [12, 11, 5, 8];
        BatchPace pace = Known(12, 11, 500, 8);
        List<int> chosen = [];
        for (int count = 0; count < 50 * BatchesToTrial; count++)
        {
            chosen.Add(pace.Choose(100));
            pace.Note(chosen[^1], chosen[^1] * secondsARow[Array.IndexOf(Sizes, chosen[^1])]);
        }

        Assert.Equal(8, chosen[0]);
        Assert.Equal(4, chosen[^2]);
    }

    [Fact]
    public void What_a_size_took_long_ago_is_replaced_by_what_it_takes_now()
    {
        BatchPace pace = Known(10, 10, 10, 5);
        for (int count = 0; count <= ChoicesToForget; count++)
        {
            pace.Choose(1);
        }

        pace.Note(8, 8 * 100);
        Assert.Equal(1, pace.Choose(8));
    }

    [Fact]
    public void Rows_that_are_no_size_are_not_counted()
    {
        BatchPace pace = Known(10, 10, 10, 10);
        pace.Note(5, 1);
        Assert.Equal(1, pace.Choose(7));
    }

    private static BatchPace Known(params double[] secondsARow)
    {
        BatchPace pace = new(Sizes);
        for (int index = 0; index < Sizes.Length; index++)
        {
            pace.Note(Sizes[index], Sizes[index] * secondsARow[index]);
        }

        return pace;
    }
}
