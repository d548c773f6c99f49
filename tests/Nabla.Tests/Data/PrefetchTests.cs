using Nabla.Data;

namespace Nabla.Tests.Data;

public sealed class PrefetchTests
{
    [Fact]
    public void Elements_come_in_order_from_another_thread()
    {
        int here = Environment.CurrentManagedThreadId;
        (int Number, int Thread)[] read = [.. Tracked(_ => { }).Prefetch(3).Epoch(0)];
        Assert.Equal(Enumerable.Range(0, 100), read.Select(item => item.Number));
        Assert.DoesNotContain(here, read.Select(item => item.Thread));
        Assert.Single(read.Select(item => item.Thread).Distinct());
    }

    [Fact]
    public void Elements_are_computed_ahead_but_no_more_than_asked_for()
    {
        using SemaphoreSlim computed = new(0);
        int count = 0;
        using IEnumerator<(int, int)> items = Tracked(_ =>
        {
            Interlocked.Increment(ref count);
            computed.Release();
        }).Prefetch(4).Epoch(0).GetEnumerator();
        Assert.True(items.MoveNext());

        // The one that was taken, four that wait, and one that waits to be put among them.
        for (int item = 0; item < 6; item++)
        {
            Assert.True(computed.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        }

        Assert.False(computed.Wait(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken));
        Assert.Equal(6, Volatile.Read(ref count));
    }

    [Fact]
    public void An_exception_comes_after_the_elements_before_it()
    {
        List<int> read = [];
        InvalidTimeZoneException error = Assert.Throws<InvalidTimeZoneException>(() =>
        {
            foreach ((int number, _) in Tracked(number =>
            {
                if (number == 5)
                {
                    throw new InvalidTimeZoneException("five");
                }
            }).Prefetch(10).Epoch(0))
            {
                read.Add(number);
            }
        });
        Assert.Equal("five", error.Message);
        Assert.Equal([0, 1, 2, 3, 4], read);
    }

    [Fact]
    public void No_thread_is_left_when_the_enumerator_is_disposed()
    {
        Thread? thread = null;
        foreach (int _ in Dataset.FromEnumerable(Forever()).Map(number =>
        {
            thread = Thread.CurrentThread;
            return number;
        }).Prefetch(2).Epoch(0))
        {
            break;
        }

        Assert.NotNull(thread);
        Assert.False(thread.IsAlive);
    }

    [Fact]
    public void A_source_that_is_cancelled_by_someone_else_says_so() =>
        Assert.Throws<OperationCanceledException>(() => Tracked(_ => throw new OperationCanceledException()).Prefetch(2).Epoch(0).ToArray());

    [Fact]
    public void The_source_is_disposed_with_the_enumerator()
    {
        bool disposed = false;
        IEnumerable<int> Source()
        {
            try
            {
                while (true)
                {
                    yield return 1;
                }
            }
            finally
            {
                disposed = true;
            }
        }

        Assert.Equal(1, Dataset.FromEnumerable(Source()).Prefetch(2).Epoch(0).First());
        Assert.True(disposed);
    }

    private static Dataset<(int Number, int Thread)> Tracked(Action<int> action) => Dataset.FromEnumerable((int[])[.. Enumerable.Range(0, 100)]).Map(number =>
    {
        action(number);
        return (number, Environment.CurrentManagedThreadId);
    });

    private static IEnumerable<int> Forever()
    {
        for (int number = 0; ; number++)
        {
            yield return number;
        }
    }
}
