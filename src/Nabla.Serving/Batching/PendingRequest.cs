namespace Nabla.Serving.Batching;

/// <summary>A request in the queue of a model: its inputs in the model's memory order and types, and the promise of its outputs.</summary>
internal sealed class PendingRequest
{
    private readonly TaskCompletionSource<ComputedOutputs> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool isAbandoned;

    /// <summary>The elements of each input of the model.</summary>
    public required ReadOnlyMemory<byte>[] Inputs { get; init; }

    /// <summary>The shapes of the inputs, the batch included.</summary>
    public required int[][] Shapes { get; init; }

    /// <summary>The rows of the batch; 1 where a model takes none.</summary>
    public required int Rows { get; init; }

    /// <summary>From 1, which comes first.</summary>
    public required int Priority { get; init; }

    /// <summary>When it came, as a <see cref="TimeProvider"/> counts.</summary>
    public long Enqueued { get; set; }

    /// <summary>Whether nobody waits for it any more, though it is being computed.</summary>
    public bool IsAbandoned => isAbandoned;

    /// <summary>What is waited for.</summary>
    public Task<ComputedOutputs> Completion => completion.Task;

    /// <summary>Where it waits; null when it does not.</summary>
    internal LinkedListNode<PendingRequest>? Place { get; set; }

    /// <summary>Whether both can be rows of one batch: all sizes but the first are the same.</summary>
    public bool Fits(PendingRequest other)
    {
        for (int index = 0; index < Shapes.Length; index++)
        {
            if (!Shapes[index].AsSpan(1).SequenceEqual(other.Shapes[index].AsSpan(1)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Says that nobody waits for it any more.</summary>
    public void Abandon() => isAbandoned = true;

    /// <summary>Leaves one that was abandoned without outputs.</summary>
    public void Cancel() => completion.TrySetCanceled();

    /// <summary>Gives the caller the outputs.</summary>
    public void Complete(ComputedOutputs outputs) => completion.TrySetResult(outputs);

    /// <summary>Tells the caller that there are none.</summary>
    public void Fail(Exception error) => completion.TrySetException(error);
}

/// <summary>The outputs of a model for one request.</summary>
/// <param name="Shapes">Their shapes, the batch included.</param>
/// <param name="Data">Their elements.</param>
/// <param name="QueueTime">How long the request waited.</param>
/// <param name="ComputeTime">How long the batch was computed that it was part of.</param>
internal sealed record ComputedOutputs(int[][] Shapes, byte[][] Data, TimeSpan QueueTime, TimeSpan ComputeTime);
