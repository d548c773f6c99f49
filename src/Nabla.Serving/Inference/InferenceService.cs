using System.Diagnostics;
using Nabla.Serving.Audit;
using Nabla.Serving.Batching;
using Nabla.Serving.Collecting;
using Nabla.Serving.Repository;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Inference;

/// <summary>Answers requests, whatever protocol they came by: chooses the version, checks the inputs, waits in its queue, and counts what came of it.</summary>
internal sealed class InferenceService(
    ModelRepository repository,
    ServingOptions options,
    ServingMetrics metrics,
    ShadowTraffic shadow,
    MaskedInputs masked,
    RequestMemory memory,
    TimeProvider time)
{
    private const int MostMoves = 8;

    /// <summary>The answer to a request.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellationToken">Says that nobody waits for the answer any more; the request then leaves the queue.</param>
    /// <exception cref="ServingException">There is no answer; the fault says why.</exception>
    public async Task<InferenceResponse> InferAsync(InferenceRequest request, CancellationToken cancellationToken)
    {
        using Activity? activity = ServingMetrics.Traces.StartActivity("infer");
        long start = time.GetTimestamp();
        try
        {
            (LoadedVersion version, InferenceRequest asked, PendingRequest pending) = Enqueue(request);
            activity?.SetTag("model", version.Name).SetTag("version", version.Version);
            ComputedOutputs outputs = await WaitAsync(version, pending, request.Timeout, cancellationToken).ConfigureAwait(false);
            activity?.SetTag("queue_ms", outputs.QueueTime.TotalMilliseconds).SetTag("compute_ms", outputs.ComputeTime.TotalMilliseconds);
            metrics.Answered(version.Name, version.Version, request.Protocol, time.GetElapsedTime(start), outputs.QueueTime);
            version.Drift?.Add(pending, outputs);
            memory.Offer(asked, version, outputs.Data[0]);
            shadow.Offer(version, pending, outputs);
            return new InferenceResponse(version, asked.Id, OutputSelection.Select(asked, version, outputs));
        }
        catch (ServingException error)
        {
            activity?.SetStatus(ActivityStatusCode.Error, error.Reason);
            metrics.Failed(repository.TryFind(request.Model.Name)?.Name, request.Protocol, error.Fault);
            throw;
        }
    }

    /// <summary>Sees that a model takes requests, before the body of one is read.</summary>
    /// <exception cref="ServingException">It takes none; counted like a request that failed later.</exception>
    public void Require(ModelAddress model, string protocol)
    {
        try
        {
            repository.Resolve(model.Undealt);
        }
        catch (ServingException error)
        {
            metrics.Failed(repository.TryFind(model.Name)?.Name, protocol, error.Fault);
            throw;
        }
    }

    // Here alone a request is dealt: all that depends on the version follows from this one. A version that is replaced just now closes its queue; the one
    // that follows it takes the request, and reads it anew.
    private (LoadedVersion Version, InferenceRequest Asked, PendingRequest Pending) Enqueue(InferenceRequest request)
    {
        for (int move = 0; move < MostMoves; move++)
        {
            LoadedVersion version = repository.Resolve(request.Model);
            InferenceRequest asked = request.For(version);
            OutputSelection.Require(asked, version);
            PendingRequest pending = InputBinding.Bind(asked, version);
            asked.Audit?.Note(version, asked.Id, pending.Rows, masked.Of(asked, version));
            switch (version.Replicas.TryAdd(pending))
            {
                case QueueAnswer.Accepted:
                    return (version, asked, pending);
                case QueueAnswer.Full:
                    throw new ServingException(
                        ServingFault.QueueFull, $"Model '{version.Name}' has as many requests waiting as it may, {version.Options.QueueLimit}: ask again later.");
            }
        }

        throw new ServingException(ServingFault.Loading, $"Model '{request.Model.Name}' is being replaced.");
    }

    private async Task<ComputedOutputs> WaitAsync(LoadedVersion version, PendingRequest pending, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        TimeSpan patience = timeout is { } asked && asked < options.RequestTimeout ? asked : options.RequestTimeout;
        try
        {
            return await pending.Completion.WaitAsync(patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            version.Replicas.Remove(pending);
            throw new ServingException(ServingFault.DeadlineExceeded, $"Model '{version.Name}' had no answer within {patience.TotalMilliseconds:0.###} ms.");
        }
        catch (OperationCanceledException)
        {
            version.Replicas.Remove(pending);
            throw;
        }
    }
}
