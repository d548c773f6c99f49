using Nabla.Backends.Cpu;

namespace Nabla.Tests.Backends.Cpu;

[Collection(nameof(WorkerPool))]
public sealed class WorkerPoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Every_piece_runs_exactly_once(int threads) => Threads.With(threads, () =>
    {
        for (int pieces = 0; pieces < 200; pieces++)
        {
            var runs = new int[pieces];
            WorkerPool.Run(pieces, piece => Interlocked.Increment(ref runs[piece]));
            Assert.All(runs, count => Assert.Equal(1, count));
        }
    });

    [Fact]
    public void Many_small_jobs_in_a_row_lose_no_piece() => Threads.With(3, () =>
    {
        int total = 0;
        for (int job = 0; job < 20_000; job++)
        {
            WorkerPool.Run(5, _ => Interlocked.Increment(ref total));
        }

        Assert.Equal(100_000, total);
    });

    [Fact]
    public void Jobs_after_a_pause_wake_parked_workers() => Threads.With(3, () =>
    {
        int total = 0;
        for (int job = 0; job < 50; job++)
        {
            WorkerPool.Run(4, _ => Interlocked.Increment(ref total));
            Thread.Sleep(2);
        }

        Assert.Equal(200, total);
    });

    [Fact]
    public void A_job_inside_a_piece_runs_on_the_thread_of_the_piece() => Threads.With(3, () =>
        WorkerPool.Run(6, _ =>
        {
            int outer = Environment.CurrentManagedThreadId;
            WorkerPool.Run(6, _ => Assert.Equal(outer, Environment.CurrentManagedThreadId));
        }));

    [Fact]
    public void A_thread_that_is_alone_runs_all_pieces_itself() => Threads.With(3, () =>
    {
        WorkerPool.IsAlone = true;
        try
        {
            int caller = Environment.CurrentManagedThreadId;
            int runs = 0;
            WorkerPool.Run(50, _ =>
            {
                Thread.Sleep(1);
                Assert.Equal(caller, Environment.CurrentManagedThreadId);
                runs++;
            });
            Assert.Equal(50, runs);
        }
        finally
        {
            WorkerPool.IsAlone = false;
        }
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void An_exception_in_a_piece_reaches_the_caller_and_the_pool_goes_on(int threads) => Threads.With(threads, () =>
    {
        for (int repeat = 0; repeat < 100; repeat++)
        {
            Assert.Throws<InvalidOperationException>(() => WorkerPool.Run(
                10, piece => throw new InvalidOperationException($"piece {piece}")));
            int total = 0;
            WorkerPool.Run(10, _ => Interlocked.Increment(ref total));
            Assert.Equal(10, total);
        }
    });

    [Fact]
    public void Callers_on_several_threads_do_not_disturb_each_other() => Threads.With(3, () =>
    {
        int total = 0;
        Thread[] callers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int job = 0; job < 500; job++)
            {
                WorkerPool.Run(7, _ => Interlocked.Increment(ref total));
            }
        }))];
        Array.ForEach(callers, caller => caller.Start());
        Array.ForEach(callers, caller => caller.Join());
        Assert.Equal(4 * 500 * 7, total);
    });

    [Fact]
    public void A_struct_body_allocates_nothing() => Threads.With(3, () =>
    {
        var sum = new int[1];
        WorkerPool.Run(4, new Count(sum));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int job = 0; job < 100; job++)
        {
            WorkerPool.Run(4, new Count(sum));
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(404, sum[0]);
    });

    [Fact]
    public void A_slow_piece_on_a_worker_is_waited_for() => Threads.With(2, () =>
    {
        int total = 0;
        WorkerPool.Run(2, _ =>
        {
            Thread.Sleep(30);
            Interlocked.Increment(ref total);
        });
        Assert.Equal(2, total);
    });

    private readonly struct Count(int[] sum) : IPieceBody
    {
        public void Run(int piece) => Interlocked.Increment(ref sum[0]);
    }
}
