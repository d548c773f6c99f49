using Nabla.Serving.Batching;

namespace Nabla.Serving.Tests.Batching;

public sealed class RequestQueueTests
{
    private static readonly int[] Sizes = [1, 2, 4, 8];

    [Fact]
    public void The_bound_of_the_queue_is_exact_for_many_threads()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.Zero, TimeProvider.System);
        int accepted = 0;
        int full = 0;
        Parallel.For(0, 1000, _ =>
        {
            switch (queue.TryAdd(Request(1)))
            {
                case QueueAnswer.Accepted: Interlocked.Increment(ref accepted); break;
                case QueueAnswer.Full: Interlocked.Increment(ref full); break;
            }
        });
        Assert.Equal((100, 900, 100), (accepted, full, queue.Count));
    }

    [Fact]
    public void A_batch_is_the_largest_size_that_is_filled_and_the_rest_waits()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.Zero, TimeProvider.System);
        for (int count = 0; count < 7; count++)
        {
            queue.TryAdd(Request(1));
        }

        Assert.Equal(4, Take(queue).Count);
        Assert.Equal(2, Take(queue).Count);
        Assert.Single(Take(queue));
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void A_batch_is_no_larger_than_makes_rows_cheaper()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.Zero, TimeProvider.System, new BatchPace(Sizes));
        foreach (int size in Sizes)
        {
            queue.Note(size, size <= 2 ? 2 : size);
        }

        for (int count = 0; count < 7; count++)
        {
            queue.TryAdd(Request(1));
        }

        Assert.Equal([2, 2, 2, 1], Enumerable.Range(0, 4).Select(_ => Take(queue).Count));
    }

    [Fact]
    public void Requests_of_several_rows_share_a_batch_as_long_as_rows_fit()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.Zero, TimeProvider.System);
        PendingRequest[] requests = [Request(3), Request(4), Request(6), Request(1)];
        foreach (PendingRequest request in requests)
        {
            queue.TryAdd(request);
        }

        Assert.Equal([requests[0], requests[1], requests[3]], Take(queue));
        Assert.Equal([requests[2]], Take(queue));
    }

    [Fact]
    public void A_request_larger_than_any_batch_is_taken_alone()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.Zero, TimeProvider.System);
        PendingRequest large = Request(50);
        queue.TryAdd(large);
        queue.TryAdd(Request(1));
        Assert.Equal([large], Take(queue));
    }

    [Fact]
    public void Requests_of_other_shapes_wait_for_a_batch_of_their_own()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.Zero, TimeProvider.System);
        PendingRequest[] requests = [Request(1, width: 3), Request(1, width: 5), Request(1, width: 3)];
        foreach (PendingRequest request in requests)
        {
            queue.TryAdd(request);
        }

        Assert.Equal([requests[0], requests[2]], Take(queue));
        Assert.Equal([requests[1]], Take(queue));
    }

    [Fact]
    public void Urgent_requests_come_first_and_equal_ones_in_their_order()
    {
        RequestQueue queue = new(100, [], TimeSpan.Zero, TimeProvider.System);
        PendingRequest[] requests = [Request(1, priority: 5), Request(1, priority: 9), Request(1, priority: 1), Request(1, priority: 5)];
        foreach (PendingRequest request in requests)
        {
            queue.TryAdd(request);
        }

        Assert.Equal([requests[2], requests[0], requests[3], requests[1]], Enumerable.Range(0, 4).SelectMany(_ => Take(queue)));
    }

    [Fact]
    public void A_request_that_was_removed_is_never_taken()
    {
        RequestQueue queue = new(2, Sizes, TimeSpan.Zero, TimeProvider.System);
        PendingRequest gone = Request(1);
        PendingRequest stays = Request(1);
        queue.TryAdd(gone);
        queue.TryAdd(stays);
        Assert.True(queue.Remove(gone));
        Assert.False(queue.Remove(gone));
        Assert.Equal(QueueAnswer.Accepted, queue.TryAdd(Request(1)));
        Assert.DoesNotContain(gone, Take(queue));
        Assert.False(queue.Remove(stays));
    }

    [Fact]
    public void A_closed_queue_gives_what_it_has_and_takes_nothing()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.Zero, TimeProvider.System);
        queue.TryAdd(Request(1));
        queue.Close();
        Assert.Equal(QueueAnswer.Closed, queue.TryAdd(Request(1)));
        Assert.Single(Take(queue));
        Assert.False(queue.Take([], () => true));
    }

    [Fact]
    public async Task The_first_request_waits_for_others_when_a_delay_is_set()
    {
        RequestQueue queue = new(100, Sizes, TimeSpan.FromMinutes(1), TimeProvider.System);
        queue.TryAdd(Request(1));
        Task<List<PendingRequest>> taken = Task.Run(() => Take(queue), TestContext.Current.CancellationToken);
        for (int count = 1; count < 8; count++)
        {
            Assert.False(taken.IsCompleted);
            queue.TryAdd(Request(1));
        }

        Assert.Equal(8, (await taken).Count);
    }

    internal static PendingRequest Request(int rows, int priority = 5, int width = 3) => new()
    {
        Inputs = [new byte[rows * width * sizeof(float)]],
        Shapes = [[rows, width]],
        Rows = rows,
        Priority = priority,
    };

    private static List<PendingRequest> Take(RequestQueue queue)
    {
        List<PendingRequest> batch = [];
        Assert.True(queue.Take(batch, () => true));
        return batch;
    }
}
