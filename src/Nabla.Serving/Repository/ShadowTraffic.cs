using System.Diagnostics.Metrics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Nabla.Serving.Batching;
using Nabla.Serving.Inference;
using Nabla.Serving.Telemetry;

namespace Nabla.Serving.Repository;

/// <summary>
/// Lets a shadow version compute what another one has answered, and compares: nobody waits for it, it comes last in its queue, and nothing is computed
/// when the queue is half full.
/// </summary>
internal sealed class ShadowTraffic
{
    private readonly ModelRepository repository;
    private readonly Counter<long> compared;
    private readonly Counter<long> differing;
    private readonly Histogram<double> difference;

    /// <param name="repository">The models.</param>
    /// <param name="metrics">Where comparisons are counted.</param>
    public ShadowTraffic(ModelRepository repository, ServingMetrics metrics)
    {
        this.repository = repository;
        compared = metrics.Meter.CreateCounter<long>("nabla.shadow.compared", "{request}", "Requests that a shadow version has computed too.");
        differing = metrics.Meter.CreateCounter<long>("nabla.shadow.differing", "{request}", "Of these, those with another best class in a row.");
        difference = metrics.Meter.CreateHistogram<double>("nabla.shadow.difference", null, "The largest difference of two numbers of the outputs.");
    }

    /// <summary>Offers a request that was answered; returns at once.</summary>
    public void Offer(LoadedVersion answered, PendingRequest request, ComputedOutputs outputs)
    {
        if (repository.TryFind(answered.Name) is { Rules.Shadow: { } number } entry && number != answered.Version
            && entry.Loaded.GetValueOrDefault(number) is { } shadow && shadow.Replicas.Pending < shadow.Options.QueueLimit / 2
            && Fits(answered, shadow))
        {
            _ = CompareAsync(shadow, request, outputs);
        }
    }

    private static bool Fits(LoadedVersion left, LoadedVersion right) =>
        left.Model.Inputs.Select(spec => (spec.Name, spec.Type, spec.Print())).SequenceEqual(right.Model.Inputs.Select(spec => (spec.Name, spec.Type, spec.Print())));

    private async Task CompareAsync(LoadedVersion shadow, PendingRequest request, ComputedOutputs answered)
    {
        // The inputs stand in memory that belongs to the next request when this one is answered.
        ReadOnlyMemory<byte>[] inputs = Array.ConvertAll(request.Inputs, input => (ReadOnlyMemory<byte>)input.ToArray());
        PendingRequest copy = new() { Inputs = inputs, Shapes = request.Shapes, Rows = request.Rows, Priority = InferenceRequest.LastPriority };
        if (shadow.Replicas.TryAdd(copy, mayLend: false) != QueueAnswer.Accepted)
        {
            return;
        }

        await copy.Completion.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        if (copy.Completion.IsCompletedSuccessfully)
        {
            Count(shadow, answered, await copy.Completion.ConfigureAwait(false));
        }
    }

    private void Count(LoadedVersion shadow, ComputedOutputs answered, ComputedOutputs shadowed)
    {
        System.Diagnostics.TagList labels = ServingMetrics.Labels(shadow.Name, shadow.Version);
        compared.Add(1, labels);
        bool isComparable = shadow.Model.Outputs[0].Type == DataType.Float32 && answered.Shapes[0].AsSpan().SequenceEqual(shadowed.Shapes[0]);
        ReadOnlySpan<float> left = isComparable ? MemoryMarshal.Cast<byte, float>(answered.Data[0]) : [];
        ReadOnlySpan<float> right = isComparable ? MemoryMarshal.Cast<byte, float>(shadowed.Data[0]) : [];
        difference.Record(isComparable ? Largest(left, right) : double.PositiveInfinity, labels);
        if (!isComparable || HasOtherBest(left, right, answered.Shapes[0] is [.., int last] ? last : 1))
        {
            differing.Add(1, labels);
        }
    }

    private static double Largest(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double largest = 0;
        for (int index = 0; index < left.Length; index++)
        {
            largest = Math.Max(largest, Math.Abs((double)left[index] - right[index]));
        }

        return largest;
    }

    private static bool HasOtherBest(ReadOnlySpan<float> left, ReadOnlySpan<float> right, int classes)
    {
        for (int start = 0; start < left.Length; start += classes)
        {
            if (Best(left.Slice(start, classes)) != Best(right.Slice(start, classes)))
            {
                return true;
            }
        }

        return false;
    }

    private static int Best(ReadOnlySpan<float> row) => TensorPrimitives.IndexOfMax(row);
}
