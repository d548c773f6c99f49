using System.Diagnostics;
using Nabla.Serving.Audit;
using Nabla.Serving.Batching;
using Nabla.Serving.Collecting;
using Nabla.Serving.Repository;
using Nabla.Serving.Telemetry;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Inference;

/// <summary>Answers requests, whatever protocol they came by: chooses the version, checks the inputs, waits in its queue, and counts the answer; what has none is counted where that is written.</summary>
internal sealed class InferenceService(
    ModelRepository repository,
    ServingOptions options,
    ServingMetrics metrics,
    ShadowTraffic shadow,
    MaskedInputs masked,
    RequestMemory memory,
    PictureDecoder pictures,
    TimeProvider time)
{
    private const int MostMoves = 8;

    /// <summary>The answer to a request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Says that nobody waits for the answer any more; the request then leaves the queue.</param>
    /// <exception cref="ServingException">There is no answer; the fault says why.</exception>
    public async Task<InferenceResponse> InferAsync(InferenceRequest request, CancellationToken cancellationToken)
    {
        InferenceOutcome outcome = await TryInferAsync(request, cancellationToken).ConfigureAwait(false);
        return outcome.Response ?? throw outcome.Refusal!;
    }

    /// <summary>The answer to a request, or why it finds no place in the queue: when there is too much, an exception costs more than the answer that says so.</summary>
    /// <inheritdoc cref="InferAsync"/>
    /// <exception cref="ServingException">There is no answer for another reason than a full queue.</exception>
    public async Task<InferenceOutcome> TryInferAsync(InferenceRequest request, CancellationToken cancellationToken)
    {
        using Activity? activity = ServingMetrics.Traces.StartActivity("infer");
        long start = time.GetTimestamp();
        try
        {
            (LoadedVersion version, InferenceRequest asked, PendingRequest? place) = await EnqueueAsync(request, start, cancellationToken).ConfigureAwait(false);
            activity?.SetTag("model", version.Name).SetTag("version", version.Version);
            if (place is not { } pending)
            {
                ServingException refusal = QueueFull(version);
                activity?.SetStatus(ActivityStatusCode.Error, refusal.Reason);
                return new InferenceOutcome(null, refusal);
            }

            ComputedOutputs outputs = await WaitAsync(version, pending, asked, start, cancellationToken).ConfigureAwait(false);
            activity?.SetTag("queue_ms", outputs.QueueTime.TotalMilliseconds).SetTag("compute_ms", outputs.ComputeTime.TotalMilliseconds);
            metrics.Answered(version.Name, version.Version, request.Protocol, time.GetElapsedTime(start), outputs.QueueTime);
            request.Audit?.IsAnswered = true;
            version.Drift?.Add(pending, outputs);
            memory.Offer(asked, version, outputs.Data[0]);
            shadow.Offer(version, pending, outputs);
            return new InferenceOutcome(new InferenceResponse(version, asked.Id, OutputSelection.Select(asked, version, outputs)), null);
        }
        catch (ServingException error)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.Reason);
            throw;
        }
    }

    /// <summary>Sees that a model takes requests, before the body of one is read.</summary>
    /// <exception cref="ServingException">It takes none.</exception>
    public void Require(ModelAddress model) => repository.Resolve(model.Undealt);

    // Without a place where the queue is full. A version that is replaced just now closes its queue; the one that follows it takes the request, and reads it
    // anew. What has nothing to be decoded is queued without a task: most requests have nothing.
    private ValueTask<(LoadedVersion Version, InferenceRequest Asked, PendingRequest? Place)> EnqueueAsync(InferenceRequest request, long start, CancellationToken cancellationToken)
    {
        for (int move = 0; move < MostMoves; move++)
        {
            (LoadedVersion version, InferenceRequest asked) = Deal(request);
            if (asked.Inputs.Any(input => input.Type == ElementType.Bytes))
            {
                return EnqueueRawAsync(request, version, asked, start, cancellationToken);
            }

            if (TryEnqueue(asked, version, asked.Inputs, out PendingRequest? place))
            {
                return new((version, asked, place));
            }
        }

        throw BeingReplaced(request);
    }

    private async ValueTask<(LoadedVersion Version, InferenceRequest Asked, PendingRequest? Place)> EnqueueRawAsync(
        InferenceRequest request, LoadedVersion version, InferenceRequest asked, long start, CancellationToken cancellationToken)
    {
        for (int move = 0; move < MostMoves; move++)
        {
            IReadOnlyList<WireTensor> inputs = await PrepareAsync(asked, version, start, cancellationToken).ConfigureAwait(false);
            if (TryEnqueue(asked, version, inputs, out PendingRequest? place))
            {
                return (version, asked, place);
            }

            (version, asked) = Deal(request);
        }

        throw BeingReplaced(request);
    }

    // Here alone a request is dealt: all that depends on the version follows from this one. What it cannot answer is refused before anything is decoded.
    private (LoadedVersion Version, InferenceRequest Asked) Deal(InferenceRequest request)
    {
        LoadedVersion version = repository.Resolve(request.Model);
        InferenceRequest asked = request.For(version);
        OutputSelection.Require(asked, version);
        InputBinding.Require(asked, version);
        return (version, asked);
    }

    private async Task<IReadOnlyList<WireTensor>> PrepareAsync(InferenceRequest request, LoadedVersion version, long start, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(LeftOf(request, start));
        try
        {
            return await RawInputs.PrepareAsync(request.Inputs, version.Model, pictures, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(request);
        }
    }

    // False where the version is about to go; no place where as many wait as may.
    private bool TryEnqueue(InferenceRequest request, LoadedVersion version, IReadOnlyList<WireTensor> inputs, out PendingRequest? place)
    {
        PendingRequest pending = InputBinding.Bind(request, version, inputs);
        request.Audit?.Note(version, request.Id, pending.Rows, masked.Of(request, version));
        QueueAnswer answer = version.Replicas.TryAdd(pending);
        place = answer == QueueAnswer.Accepted ? pending : null;
        return answer != QueueAnswer.Closed;
    }

    private async Task<ComputedOutputs> WaitAsync(LoadedVersion version, PendingRequest pending, InferenceRequest request, long start, CancellationToken cancellationToken)
    {
        try
        {
            return await pending.Completion.WaitAsync(LeftOf(request, start), time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            version.Replicas.Remove(pending);
            throw Late(request);
        }
        catch (OperationCanceledException)
        {
            version.Replicas.Remove(pending);
            throw;
        }
    }

    // What a request has left of its own time, which begins when it has been read, and of the server's, which begins when it comes.
    private TimeSpan LeftOf(InferenceRequest request, long start)
    {
        long now = time.GetTimestamp();
        TimeSpan left = options.RequestTimeout - time.GetElapsedTime(request.Arrived ?? start, now);
        TimeSpan own = (request.Timeout ?? TimeSpan.MaxValue) - time.GetElapsedTime(start, now);
        return TimeSpan.FromTicks(Math.Max(0, Math.Min(left.Ticks, own.Ticks)));
    }

    private ServingException Late(InferenceRequest request)
    {
        TimeSpan patience = request.Timeout is { } own && own < options.RequestTimeout ? own : options.RequestTimeout;
        return new ServingException(ServingFault.DeadlineExceeded, $"Model '{request.Model.Name}' had no answer within {patience.TotalMilliseconds:0.###} ms.");
    }

    private static ServingException QueueFull(LoadedVersion version) => new(
        ServingFault.QueueFull, $"Model '{version.Name}' has as many requests waiting as it may, {version.Options.QueueLimit}: ask again later.");

    private static ServingException BeingReplaced(InferenceRequest request) =>
        new(ServingFault.Loading, $"Model '{request.Model.Name}' is being replaced.");
}
