using Nabla.Backends.Cpu;
using Nabla.Serving.Models;

namespace Nabla.Serving.Batching;

/// <summary>The replicas of a model with their queue. Their number follows the load: see <see cref="Adjust"/>.</summary>
internal sealed class ReplicaSet
{
    private const int IdleRoundsBeforeShrinking = 20;
    private const int BusyRoundsBeforeGrowing = 3;

    private readonly Lock gate = new();
    private readonly List<Replica> replicas = [];
    private readonly string name;
    private readonly IServedModel model;
    private readonly ModelOptions options;
    private readonly Action<BatchRecord> observe;
    private readonly TimeProvider time;
    private readonly RequestQueue queue;
    private long waitedTicks;
    private long lookedAt;
    private int idleRounds;
    private int busyRounds;
    private bool isClosed;

    private ReplicaSet(string name, IServedModel model, ModelOptions options, IReadOnlyList<int> sizes, Action<BatchRecord> observe, TimeProvider time)
    {
        (this.name, this.model, this.options, this.observe, this.time) = (name, model, options, observe, time);
        BatchSizes = sizes;
        lookedAt = time.GetTimestamp();
        // Who waits for others, or lets fewer replicas compute than there are cores, wants batches as large as they come.
        bool isPaced = sizes.Count > 0 && options.MaxDelay == TimeSpan.Zero && options.MaxReplicas >= WorkerPool.ThreadCount;
        queue = new RequestQueue(options.QueueLimit, sizes, options.MaxDelay, time, isPaced ? new BatchPace(sizes) : null);
    }

    /// <summary>The sizes of batches, ascending; empty where each request is computed alone.</summary>
    public IReadOnlyList<int> BatchSizes { get; }

    /// <summary>How many requests wait.</summary>
    public int Pending => queue.Count;

    /// <summary>How many replicas there are.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return replicas.Count;
            }
        }
    }

    /// <summary>The bytes of the weights and of all that replicas compute in.</summary>
    public long MemoryBytes
    {
        get
        {
            lock (gate)
            {
                return model.WeightBytes + replicas.Sum(replica => replica.Runner.ArenaBytes);
            }
        }
    }

    /// <summary>Is complete when all replicas have ended.</summary>
    public Task Ended
    {
        get
        {
            lock (gate)
            {
                return Task.WhenAll(replicas.Select(replica => replica.Ended));
            }
        }
    }

    /// <summary>Compiles a model for each size of a batch, and starts as many replicas as there are to be at least.</summary>
    /// <param name="name">What debuggers call its threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">How it is served.</param>
    /// <param name="observe">Is told of each batch.</param>
    /// <param name="time">The clock.</param>
    public static ReplicaSet Start(string name, IServedModel model, ModelOptions options, Action<BatchRecord> observe, TimeProvider time)
    {
        IModelRunner first = model.CreateRunner();
        IReadOnlyList<int> sizes = model.Batches ? Models.BatchSizes.Find(model, first, options.MaxBatch) : [];
        ReplicaSet set = new(name, model, options, sizes, observe, time);
        try
        {
            set.Warm(first);
            set.Add(first);
            while (set.Count < options.MinReplicas)
            {
                set.Grow();
            }

            return set;
        }
        catch
        {
            // The threads of those that have begun would wait for requests for ever.
            _ = set.CloseAsync();
            throw;
        }
    }

    /// <summary>Queues a request, or computes it at once where a replica waits and it does not take long.</summary>
    /// <param name="request">The request.</param>
    /// <param name="mayLend">Whether the caller's thread may compute it; false where somebody waits for that thread.</param>
    public QueueAnswer TryAdd(PendingRequest request, bool mayLend = true)
    {
        if (!mayLend || queue.TryLend(request) is not { } replica)
        {
            return queue.TryAdd(request);
        }

        request.Enqueued = time.GetTimestamp();
        replica.AnswerLent(request);
        return QueueAnswer.Accepted;
    }

    /// <summary>Takes a request out of the queue that nobody waits for any more; one that is being computed is computed no further than its next batch.</summary>
    public void Remove(PendingRequest request)
    {
        if (!queue.Remove(request))
        {
            request.Abandon();
        }
    }

    /// <summary>
    /// Adds a replica when the first in the queue has waited longer than the target latency, or when for some rounds at least one request has waited for each
    /// replica on average; takes one away when for a while one less would have been enough. To be called several times a second.
    /// </summary>
    public void Adjust()
    {
        TimeSpan wait = queue.LongestWait;
        busyRounds = MeanWaiting() >= Count ? busyRounds + 1 : 0;
        if ((wait > options.TargetLatency || busyRounds >= BusyRoundsBeforeGrowing) && Count < options.MaxReplicas)
        {
            (idleRounds, busyRounds) = (0, 0);
            Grow();
            return;
        }

        bool hasIdle;
        lock (gate)
        {
            hasIdle = replicas.Count > options.MinReplicas && replicas.Exists(replica => !replica.IsBusy) && wait == TimeSpan.Zero;
        }

        idleRounds = hasIdle ? idleRounds + 1 : 0;
        if (idleRounds >= IdleRoundsBeforeShrinking)
        {
            idleRounds = 0;
            Shrink();
        }
    }

    /// <summary>Takes no more requests; those that wait are still computed.</summary>
    /// <returns>Is complete when they are.</returns>
    public Task CloseAsync()
    {
        lock (gate)
        {
            isClosed = true;
        }

        queue.Close();
        return Ended;
    }

    // How many requests waited on average since the last time: the sum of what they waited over the time that went by.
    private double MeanWaiting()
    {
        long now = time.GetTimestamp();
        TimeSpan passed = time.GetElapsedTime(lookedAt, now);
        lookedAt = now;
        long waited = Interlocked.Exchange(ref waitedTicks, 0);
        return passed > TimeSpan.Zero ? (double)waited / passed.Ticks : 0;
    }

    private void Observe(BatchRecord batch)
    {
        Interlocked.Add(ref waitedTicks, batch.QueueTime.Ticks);
        observe(batch);
    }

    // A replica takes no work before it has compiled all that it may have to compute.
    private void Grow()
    {
        IModelRunner runner = model.CreateRunner();
        Warm(runner);
        Add(runner);
    }

    private void Add(IModelRunner runner)
    {
        lock (gate)
        {
            if (!isClosed)
            {
                replicas.Add(new Replica($"{name} replica {replicas.Count}", model, runner, BatchSizes, queue, Observe, time));
            }
        }
    }

    private void Shrink()
    {
        Replica last;
        lock (gate)
        {
            last = replicas[^1];
            replicas.RemoveAt(replicas.Count - 1);
        }

        last.Stop();
    }

    private void Warm(IModelRunner runner)
    {
        foreach (int size in BatchSizes is [] ? [1] : BatchSizes)
        {
            runner.Run([.. model.Inputs.Select(input => ProbeInputs.Create(input, size, seed: 0))]);
        }
    }
}
