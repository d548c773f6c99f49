using System.Diagnostics.CodeAnalysis;
using Nabla.Backends.Cpu;
using Nabla.Serving.Inference;
using Nabla.Serving.Models;

namespace Nabla.Serving.Batching;

/// <summary>
/// A thread that takes batches from the queue of a model and computes them in memory of its own. It is a thread and not a task, so that long
/// computations leave those threads free which read requests and refuse them. A short batch of several requests, or one while there are others, is
/// computed on this thread alone: the other cores have requests to read and to answer then, and helpers that spin for the next kernel are in the way. So
/// is a request that finds nothing else for a moment, as long as there were several shortly before, and any batch when as many replicas compute as there are
/// cores.
/// </summary>
internal sealed class Replica
{
    private const double ShortSeconds = 0.01;
    private const double LentSeconds = 0.001;
    private const int RequestsToQuiet = 16;

    private readonly RequestQueue queue;
    private readonly BatchComputation computation;
    private readonly Action<BatchRecord> observe;
    private readonly TimeProvider time;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isWanted = true;
    private volatile bool isBusy;
    private double secondsARow = double.PositiveInfinity;
    private int crowd;

    /// <param name="name">What debuggers call the thread.</param>
    /// <param name="model">The model.</param>
    /// <param name="runner">Computes it; it has seen each size of a batch.</param>
    /// <param name="sizes">The sizes of batches; empty where each request is computed alone.</param>
    /// <param name="queue">Where work comes from.</param>
    /// <param name="observe">Is told of each batch.</param>
    /// <param name="time">The clock.</param>
    public Replica(
        string name, IServedModel model, IModelRunner runner, IReadOnlyList<int> sizes, RequestQueue queue, Action<BatchRecord> observe, TimeProvider time)
    {
        (this.queue, this.observe, this.time) = (queue, observe, time);
        computation = new BatchComputation(model, runner, sizes);
        Runner = runner;
        Thread thread = new(Work) { IsBackground = true, Name = name };
        thread.Start();
    }

    /// <summary>Computes the model.</summary>
    public IModelRunner Runner { get; }

    /// <summary>Is complete when the thread has ended.</summary>
    public Task Ended => ended.Task;

    /// <summary>Whether it computes right now.</summary>
    public bool IsBusy => isBusy;

    /// <summary>Whether it is to take further batches.</summary>
    public bool IsWanted => isWanted;

    /// <summary>
    /// Whether so many rows take no longer than the thread of a request may be kept from reading others, and no batch of several requests was among the last:
    /// only what was computed before tells.
    /// </summary>
    public bool IsLendable(int rows) => crowd == 0 && rows * secondsARow < LentSeconds;

    /// <summary>Computes a request on the thread of the caller, whom the queue has lent this replica, and gives it back.</summary>
    public void AnswerLent(PendingRequest request)
    {
        isBusy = true;
        Answer([request]);
        isBusy = false;
        queue.GiveBack(this);
    }

    /// <summary>Takes no further batch.</summary>
    public void Stop()
    {
        isWanted = false;
        queue.Wake();
    }

    private void Work()
    {
        List<PendingRequest> batch = [];
        Func<bool> wanted = () => isWanted;
        while (queue.Take(batch, wanted, this))
        {
            isBusy = true;
            Answer(batch);
            isBusy = false;
        }

        ended.SetResult();
    }

    // What a request does to the model is its own concern: the others of its batch are computed once more without it.
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is told to the callers.")]
    private void Answer(List<PendingRequest> batch)
    {
        try
        {
            Compute(batch);
        }
        catch (OperationCanceledException) when (batch.TrueForAll(request => request.IsAbandoned))
        {
            batch.ForEach(request => request.Cancel());
        }
        catch (Exception error) when (batch.Count == 1)
        {
            batch[0].Fail(FaultOf(error));
        }
        catch (Exception)
        {
            foreach (PendingRequest request in batch)
            {
                Answer([request]);
            }
        }
    }

    private void Compute(List<PendingRequest> batch)
    {
        int rows = batch.Sum(request => request.Rows);
        long start = time.GetTimestamp();
        crowd = batch.Count > 1 ? RequestsToQuiet : Math.Max(0, crowd - 1);
        bool isAlone = IsAlone(rows * secondsARow);
        (int[] Shape, byte[] Data)[][] answers = Run(batch, isAlone);
        TimeSpan computed = time.GetElapsedTime(start);
        secondsARow = computed.TotalSeconds / rows;
        queue.Note(rows, computed.TotalSeconds * (isAlone ? 1 : WorkerPool.ThreadCount));
        observe(new BatchRecord(batch.Count, rows, computed, Waited(batch, start)));
        for (int index = 0; index < answers.Length; index++)
        {
            batch[index].Complete(new ComputedOutputs(
                Array.ConvertAll(answers[index], output => output.Shape),
                Array.ConvertAll(answers[index], output => output.Data),
                time.GetElapsedTime(batch[index].Enqueued, start),
                computed));
        }
    }

    private TimeSpan Waited(List<PendingRequest> batch, long start)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach (PendingRequest request in batch)
        {
            sum += time.GetElapsedTime(request.Enqueued, start);
        }

        return sum;
    }

    private bool IsAlone(double seconds) => queue.Computing >= WorkerPool.ThreadCount
        || (seconds < ShortSeconds && (crowd > 0 || queue.Count > 0 || queue.Computing > 1));

    private (int[] Shape, byte[] Data)[][] Run(List<PendingRequest> batch, bool isAlone)
    {
        WorkerPool.IsAlone = isAlone;
        try
        {
            return computation.Run(batch);
        }
        finally
        {
            WorkerPool.IsAlone = false;
        }
    }

    // Shapes and indices that only computing shows to be wrong; anything else is the server's own fault and says nothing of its inside.
    private static ServingException FaultOf(Exception error) => error is ArgumentException
        ? new ServingException(ServingFault.InvalidRequest, $"The model cannot compute these inputs: {error.Message}", error)
        : new ServingException(ServingFault.Internal, "The model failed to compute these inputs.", error);
}

/// <summary>A batch that was computed.</summary>
/// <param name="Requests">How many requests it held.</param>
/// <param name="Rows">How many rows these had.</param>
/// <param name="ComputeTime">How long it took.</param>
/// <param name="QueueTime">How long its requests had waited, all together.</param>
internal readonly record struct BatchRecord(int Requests, int Rows, TimeSpan ComputeTime, TimeSpan QueueTime);
