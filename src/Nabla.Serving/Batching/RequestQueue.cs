using Nabla.Serving.Inference;

namespace Nabla.Serving.Batching;

/// <summary>What became of a request that was to be queued.</summary>
internal enum QueueAnswer
{
    /// <summary>It waits.</summary>
    Accepted,

    /// <summary>As many wait as may.</summary>
    Full,

    /// <summary>The model is about to go.</summary>
    Closed,
}

/// <summary>
/// The requests that wait for a model, by priority and then in the order in which they came. Who has nothing to do takes a batch: what waits, up to
/// the largest size of a batch that it fills. So batches grow with the load, and nobody waits for others unless a delay is set.
/// </summary>
/// <param name="limit">How many requests may wait; exact.</param>
/// <param name="sizes">The sizes of batches, ascending; empty where each request is computed alone.</param>
/// <param name="maxDelay">How long the first of a batch waits for others at most.</param>
/// <param name="time">The clock.</param>
/// <param name="pace">How large batches are worth being; null where they are as large as can be.</param>
internal sealed class RequestQueue(int limit, IReadOnlyList<int> sizes, TimeSpan maxDelay, TimeProvider time, BatchPace? pace = null)
{
    private readonly object gate = new();
    private readonly LinkedList<PendingRequest>[] levels = [.. Enumerable.Range(0, InferenceRequest.LastPriority + 1).Select(_ => new LinkedList<PendingRequest>())];
    private readonly List<Replica> idle = [];
    private readonly List<Replica> lent = [];
    private int count;
    private int computing;
    private int rows;
    private bool isClosed;

    /// <summary>How many requests wait.</summary>
    public int Count => Volatile.Read(ref count);

    /// <summary>How many replicas compute, those that are lent included.</summary>
    public int Computing => Volatile.Read(ref computing);

    /// <summary>How long the one that came first has waited; zero when none waits.</summary>
    public TimeSpan LongestWait
    {
        get
        {
            lock (gate)
            {
                return count == 0 ? TimeSpan.Zero : time.GetElapsedTime(levels.Where(level => level.Count > 0).Min(level => level.First!.Value.Enqueued));
            }
        }
    }

    /// <summary>Adds a request behind those of its priority.</summary>
    public QueueAnswer TryAdd(PendingRequest request)
    {
        lock (gate)
        {
            if (isClosed || count >= limit)
            {
                return isClosed ? QueueAnswer.Closed : QueueAnswer.Full;
            }

            request.Enqueued = time.GetTimestamp();
            request.Place = levels[request.Priority].AddLast(request);
            count++;
            rows += request.Rows;
            Pulse();
            return QueueAnswer.Accepted;
        }
    }

    /// <summary>Takes a request out that nobody waits for any more.</summary>
    /// <returns>Whether it was still there.</returns>
    public bool Remove(PendingRequest request)
    {
        lock (gate)
        {
            bool waits = request.Place is not null;
            if (waits)
            {
                Leave(request);
            }

            return waits;
        }
    }

    /// <summary>Takes the next batch, as soon as there is one.</summary>
    /// <param name="batch">Where it goes; what is in it, from the last time, has been computed.</param>
    /// <param name="isWanted">Whether there is still somebody to compute it.</param>
    /// <param name="replica">Who takes it, and may be lent while it waits; null for one that may not.</param>
    /// <returns>False when nothing comes any more: the queue is closed and empty, or the batch is not wanted.</returns>
    public bool Take(List<PendingRequest> batch, Func<bool> isWanted, Replica? replica = null)
    {
        lock (gate)
        {
            computing -= batch.Count > 0 ? 1 : 0;
            batch.Clear();
            while (IsLent(replica) || isWanted())
            {
                if (IsLent(replica) || (count == 0 && !isClosed))
                {
                    Wait(replica);
                }
                else if (count == 0)
                {
                    return false;
                }
                else if (!Linger())
                {
                    Fill(batch);
                    computing++;
                    return true;
                }
            }

            // What woke one that is not wanted any more was meant for another.
            Pulse();
            return false;
        }
    }

    /// <summary>
    /// Lends a replica that waits to somebody who has a request, when no other request waits and more replicas wait than compute: what takes less time than
    /// waking a thread and being woken by it is computed where it is. With many requests at once they are better put together into batches. A replica that
    /// is lent takes no batch until it is given back.
    /// </summary>
    /// <returns>The replica, or null where the request is to be queued.</returns>
    public Replica? TryLend(PendingRequest request)
    {
        lock (gate)
        {
            if (count > 0 || isClosed || maxDelay > TimeSpan.Zero || idle.Count <= computing || idle is not [.., { } last] || !last.IsLendable(request.Rows))
            {
                return null;
            }

            idle.RemoveAt(idle.Count - 1);
            lent.Add(last);
            computing++;
            return last;
        }
    }

    /// <summary>Takes back a replica that was lent.</summary>
    public void GiveBack(Replica replica)
    {
        lock (gate)
        {
            lent.Remove(replica);
            computing--;
            if (count > 0 || isClosed || !replica.IsWanted)
            {
                Monitor.PulseAll(gate);
            }
            else
            {
                idle.Add(replica);
            }
        }
    }

    /// <summary>Learns what a batch took of all cores together.</summary>
    public void Note(int batchRows, double seconds) => pace?.Note(batchRows, seconds);

    /// <summary>Takes no more requests; those that wait are still computed.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Wakes all that wait, so that they look again whether they are wanted.</summary>
    public void Wake()
    {
        lock (gate)
        {
            Monitor.PulseAll(gate);
        }
    }

    private bool IsLent(Replica? replica) => replica is not null && lent.Contains(replica);

    private void Wait(Replica? replica)
    {
        if (replica is not null && !lent.Contains(replica))
        {
            idle.Add(replica);
        }

        Monitor.Wait(gate);
        if (replica is not null)
        {
            idle.Remove(replica);
        }
    }

    // One that waits is enough, unless it may be one that is lent.
    private void Pulse()
    {
        if (lent.Count == 0)
        {
            Monitor.Pulse(gate);
        }
        else if (idle.Count > 0)
        {
            Monitor.PulseAll(gate);
        }
    }

    // Whether the first waited for others, so that all is to be looked at again.
    private bool Linger()
    {
        if (sizes.Count == 0 || maxDelay == TimeSpan.Zero || isClosed || rows >= sizes[^1])
        {
            return false;
        }

        TimeSpan left = maxDelay - time.GetElapsedTime(levels.First(level => level.Count > 0).First!.Value.Enqueued);
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        Monitor.Wait(gate, left + TimeSpan.FromMilliseconds(1));
        return true;
    }

    private void Fill(List<PendingRequest> batch)
    {
        PendingRequest first = levels.First(level => level.Count > 0).First!.Value;
        int room = Target() - first.Rows;
        Move(first, batch);
        foreach (LinkedList<PendingRequest> level in levels)
        {
            for (LinkedListNode<PendingRequest>? node = level.First; node is not null && room > 0;)
            {
                PendingRequest request = node.Value;
                node = node.Next;
                if (request.Rows <= room && request.Fits(first))
                {
                    room -= request.Rows;
                    Move(request, batch);
                }
            }
        }
    }

    // The largest size that is filled and worth it; what is left over begins the next batch.
    private int Target()
    {
        if (pace is not null)
        {
            return pace.Choose(rows);
        }

        int target = 0;
        foreach (int size in sizes)
        {
            if (size <= rows || target == 0)
            {
                target = size;
            }
        }

        return target;
    }

    private void Move(PendingRequest request, List<PendingRequest> batch)
    {
        Leave(request);
        batch.Add(request);
    }

    private void Leave(PendingRequest request)
    {
        levels[request.Priority].Remove(request.Place!);
        request.Place = null;
        count--;
        rows -= request.Rows;
    }
}
