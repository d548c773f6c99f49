using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Serving.Inference;
using Nabla.Serving.Repository;
using Nabla.Serving.TensorFlow;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Collecting;

/// <summary>An answered request that may get a label.</summary>
/// <param name="Model">The version that answered.</param>
/// <param name="Raw">The picture file, the text or the row that was sent.</param>
/// <param name="Answer">The label that was answered; null for a number.</param>
/// <param name="Time">When, as a <see cref="TimeProvider"/> counts.</param>
internal sealed record AnsweredRequest(LoadedVersion Model, ReadOnlyMemory<byte> Raw, string? Answer, long Time);

/// <summary>Remembers what was asked for a while, by the ids of requests: bounded by number, bytes and age.</summary>
internal sealed class RequestMemory(ServingOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly OrderedDictionary<(string Model, string Id), AnsweredRequest> requests = [];
    private long bytes;

    /// <summary>Remembers a request that has an id, holds one picture, text or row, and is of a model that examples are kept of.</summary>
    public void Offer(InferenceRequest request, LoadedVersion version, byte[] answer)
    {
        if (request.Id is { } id && options.Collect.Covers(version.Name) && RawOf(request, version) is { } raw && raw.Length <= options.Collect.RememberBytes)
        {
            lock (gate)
            {
                Remove((version.Name, id));
                requests.Add((version.Name, id), new AnsweredRequest(version, raw, LabelOf(version.Model.Saved!, answer), time.GetTimestamp()));
                bytes += raw.Length;
                Forget();
            }
        }
    }

    /// <summary>Takes a request out of the memory.</summary>
    /// <exception cref="ServingException">None of this id is remembered.</exception>
    public AnsweredRequest Take(string model, string id)
    {
        lock (gate)
        {
            Forget();
            return Remove((model, id)) ?? throw new ServingException(ServingFault.NotFound, $"Model '{model}' has no request '{id}' that waits for its label.");
        }
    }

    /// <summary>Puts a request back that could not be used.</summary>
    public void Return(string model, string id, AnsweredRequest request)
    {
        lock (gate)
        {
            if (requests.TryAdd((model, id), request))
            {
                bytes += request.Raw.Length;
            }
        }
    }

    private static byte[]? RawOf(InferenceRequest request, LoadedVersion version) =>
        version.Model.Saved is { } saved && RawInputs.KindOf(saved) != RawKind.None && KeptFields.Any(saved) && request.Inputs is [{ ElementCount: 1 } input] && input.Type == ElementType.Bytes
            ? ByteElements.Split(input.Data)[0].ToArray()
            : null;

    private static string? LabelOf(SavedModel model, byte[] answer) => model.Task == PredictionTask.Classification
        ? ExampleAnswers.LabelOf(model, TensorPrimitives.IndexOfMax<float>(MemoryMarshal.Cast<byte, float>(answer)))
        : null;

    private void Forget()
    {
        while (requests.Count > 0 && (requests.Count > options.Collect.Remember || bytes > options.Collect.RememberBytes
            || time.GetElapsedTime(requests.GetAt(0).Value.Time) > options.Collect.RememberFor))
        {
            Remove(requests.GetAt(0).Key);
        }
    }

    private AnsweredRequest? Remove((string Model, string Id) key)
    {
        if (requests.Remove(key, out AnsweredRequest? request))
        {
            bytes -= request.Raw.Length;
        }

        return request;
    }
}
