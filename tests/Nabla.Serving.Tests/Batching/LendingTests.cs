using Nabla.Formats;
using Nabla.Serving.Batching;
using Nabla.Serving.Models;
using Nabla.Serving.Tensors;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Batching;

/// <summary>Replicas that wait are lent to those who have a request. With a clock that stands still everything is short, once something was computed.</summary>
public sealed class LendingTests
{
    private const int Patience = 2000;

    [Fact]
    public async Task A_request_that_finds_a_replica_waiting_is_computed_on_its_own_thread()
    {
        WatchedModel model = new();
        ReplicaSet set = ReplicaSet.Start("watched", model, new ModelOptions { MaxReplicas = 1 }, _ => { }, new ManualTime());
        PendingRequest request = await Lent(set, model);
        ComputedOutputs outputs = await request.Completion;
        Assert.Equal([1, 3], outputs.Shapes[0]);
        await set.CloseAsync();
    }

    [Fact]
    public async Task One_of_a_model_that_takes_long_is_left_to_the_thread_of_the_replica()
    {
        WatchedModel model = new() { Takes = TimeSpan.FromMilliseconds(3) };
        ReplicaSet set = ReplicaSet.Start("slow", model, new ModelOptions { MaxReplicas = 1 }, _ => { }, TimeProvider.System);
        for (int count = 0; count < 10; count++)
        {
            PendingRequest request = RequestQueueTests.Request(1);
            Assert.Equal(QueueAnswer.Accepted, set.TryAdd(request));
            await request.Completion;
            Assert.NotEqual(Environment.CurrentManagedThreadId, model.LastThread);
        }

        await set.CloseAsync();
    }

    [Fact]
    public async Task With_a_delay_the_first_request_waits_for_others_all_the_same()
    {
        WatchedModel model = new();
        ReplicaSet set = ReplicaSet.Start("delayed", model, new ModelOptions { MaxReplicas = 1, MaxBatch = 2, MaxDelay = TimeSpan.FromMinutes(1) }, _ => { }, new ManualTime());
        for (int count = 0; count < 20; count++)
        {
            PendingRequest first = RequestQueueTests.Request(1);
            PendingRequest second = RequestQueueTests.Request(1);
            set.TryAdd(first);
            Assert.False(first.Completion.IsCompleted);
            set.TryAdd(second);
            await Task.WhenAll(first.Completion, second.Completion);
        }

        await set.CloseAsync();
    }

    [Fact]
    public async Task A_replica_that_is_lent_takes_nothing_and_does_not_end_until_it_is_given_back()
    {
        RequestQueue queue = new(100, [1], TimeSpan.Zero, new ManualTime());
        WatchedModel model = new();
        Replica replica = new("lent", model, model.CreateRunner(), [1], queue, _ => { }, new ManualTime());
        Assert.Same(replica, await Lend(queue));
        PendingRequest waiting = RequestQueueTests.Request(1);
        queue.TryAdd(waiting);
        Assert.Null(queue.TryLend(RequestQueueTests.Request(1)));
        replica.Stop();
        queue.Close();
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal((1, false, false), (queue.Count, waiting.Completion.IsCompleted, replica.Ended.IsCompleted));
        queue.GiveBack(replica);
        await replica.Ended;
        Assert.Null(queue.TryLend(RequestQueueTests.Request(1)));
    }

    [Fact]
    public async Task While_as_many_replicas_compute_as_wait_requests_are_left_to_become_batches()
    {
        using GatedModel model = new();
        ReplicaSet set = ReplicaSet.Start("gated", model, new ModelOptions { MinReplicas = 2, MaxReplicas = 2 }, _ => { }, new ManualTime());
        for (int count = 0; count < 10; count++)
        {
            PendingRequest probe = RequestQueueTests.Request(1, width: 1);
            set.TryAdd(probe);
            await probe.Completion;
        }

        PendingRequest[] held = [Held(100), Held(101)];
        Task first = Task.Run(() => set.TryAdd(held[0]), TestContext.Current.CancellationToken);
        await Until(() => model.Running == 1);
        await Task.Run(() => set.TryAdd(held[1]), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await Until(() => model.Running == 2);
        model.Open(2);
        await Task.WhenAll(first, held[0].Completion, held[1].Completion);
        await set.CloseAsync();
    }

    [Fact]
    public async Task After_a_batch_of_several_requests_no_replica_is_lent_until_some_have_come_alone()
    {
        const int Quiet = 16;
        RequestQueue queue = new(100, [1, 2], TimeSpan.Zero, new ManualTime());
        PendingRequest[] together = [RequestQueueTests.Request(1), RequestQueueTests.Request(1)];
        foreach (PendingRequest request in together)
        {
            queue.TryAdd(request);
        }

        WatchedModel model = new();
        Replica replica = new("crowded", model, model.CreateRunner(), [1, 2], queue, _ => { }, new ManualTime());
        await Task.WhenAll(together.Select(request => request.Completion));
        for (int count = 0; count < Quiet; count++)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
            Assert.Null(queue.TryLend(RequestQueueTests.Request(1)));
            PendingRequest single = RequestQueueTests.Request(1);
            queue.TryAdd(single);
            await single.Completion;
        }

        queue.GiveBack(await Lend(queue));
        queue.Close();
        await replica.Ended;
    }

    [Fact]
    public async Task A_replica_is_added_when_for_some_rounds_requests_wait_for_each_that_there_is()
    {
        using GatedModel model = new();
        ManualTime time = new();
        ReplicaSet set = ReplicaSet.Start(
            "gated", model, new ModelOptions { MaxBatch = 1, MinReplicas = 1, MaxReplicas = 2, TargetLatency = TimeSpan.FromHours(1) }, _ => { }, time);
        PendingRequest[] requests = [.. Enumerable.Range(0, 8).Select(index => Held(100 + index))];
        foreach (PendingRequest request in requests)
        {
            set.TryAdd(request);
        }

        List<int> counts = [];
        foreach (PendingRequest request in requests[..4])
        {
            await Until(() => model.Running == 1);
            time.Advance(0.1);
            model.Open();
            await request.Completion;
            set.Adjust();
            counts.Add(set.Count);
        }

        Assert.Equal([1, 1, 1, 2], counts);
        model.Open(4);
        await Task.WhenAll(requests.Select(request => request.Completion));
        await set.CloseAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Many_callers_get_all_their_answers_and_no_replica_is_in_two_hands(int replicas)
    {
        WatchedModel model = new();
        ReplicaSet set = ReplicaSet.Start(
            "many", model, new ModelOptions { MinReplicas = replicas, MaxReplicas = replicas, QueueLimit = 10_000 }, _ => { }, new ManualTime());
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int count = 0; count < Patience; count++)
            {
                PendingRequest request = RequestQueueTests.Request(1);
                Assert.Equal(QueueAnswer.Accepted, set.TryAdd(request));
                await request.Completion;
            }
        }, TestContext.Current.CancellationToken)));
        Assert.False(model.WasShared);
        await set.CloseAsync();
    }

    private static PendingRequest Held(float value) =>
        new() { Inputs = [BitConverter.GetBytes(value)], Shapes = [[1, 1]], Rows = 1, Priority = 5 };

    private static async Task Until(Func<bool> condition)
    {
        for (int count = 0; count < Patience && !condition(); count++)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        Assert.True(condition(), "What was waited for did not come.");
    }

    // The first request is computed by the replica, and it takes the replica a moment to wait again.
    private static async Task<PendingRequest> Lent(ReplicaSet set, WatchedModel model)
    {
        for (int count = 0; count < Patience; count++)
        {
            PendingRequest request = RequestQueueTests.Request(1);
            set.TryAdd(request);
            if (request.Completion.IsCompleted && model.LastThread == Environment.CurrentManagedThreadId)
            {
                return request;
            }

            await request.Completion;
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("No replica was lent.");
    }

    private static async Task<Replica> Lend(RequestQueue queue)
    {
        PendingRequest first = RequestQueueTests.Request(1);
        queue.TryAdd(first);
        await first.Completion;
        for (int count = 0; count < Patience; count++)
        {
            if (queue.TryLend(RequestQueueTests.Request(1)) is { } replica)
            {
                return replica;
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        throw new InvalidOperationException("No replica was lent.");
    }

    /// <summary>Answers with its input, and sees who computes.</summary>
    private sealed class WatchedModel : IServedModel
    {
        public string Platform => "watched";

        public IReadOnlyList<TensorSpec> Inputs { get; } = [new("x", DataType.Float32, [-1, 3])];

        public IReadOnlyList<TensorSpec> Outputs { get; } = [new("y", DataType.Float32, [-1, 3])];

        public bool Batches => true;

        public long WeightBytes => 0;

        public SavedModel? Saved => null;

        public TimeSpan Takes { get; init; }

        public int LastThread { get; private set; }

        public bool WasShared { get; private set; }

        public IModelRunner CreateRunner() => new Runner(this);

        private sealed class Runner(WatchedModel model) : IModelRunner
        {
            private int inside;

            public long ArenaBytes => 0;

            public Tensor[] Run(params ReadOnlySpan<Tensor> inputs)
            {
                model.WasShared |= Interlocked.Increment(ref inside) > 1;
                model.LastThread = Environment.CurrentManagedThreadId;
                if (model.Takes > TimeSpan.Zero)
                {
                    Thread.Sleep(model.Takes);
                }

                Interlocked.Decrement(ref inside);
                return inputs.ToArray();
            }
        }
    }
}
