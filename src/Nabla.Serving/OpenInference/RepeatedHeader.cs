using System.Collections.Concurrent;
using Nabla.Serving.Inference;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.OpenInference;

/// <summary>
/// What the JSON of a model's requests said whose inputs were bytes behind it. The requests of a client mostly differ in these bytes alone: what stands before
/// them is compared, not read again. It is kept when it comes for the second time: requests with ids of their own leave what is kept alone.
/// </summary>
internal sealed class RepeatedHeader
{
    private const int LongestKept = 1024;

    private readonly ConcurrentDictionary<string, Slot> slots = new(StringComparer.Ordinal);

    /// <summary>Reads a request of a model that there is.</summary>
    /// <inheritdoc cref="InferRequestReader.Read"/>
    public RestInferRequest Read(ReadOnlyMemory<byte> body, int jsonLength, ModelAddress model, int maxTensors)
    {
        Slot slot = slots.GetOrAdd(model.Name, static _ => new Slot());
        if (slot.Kept is { } known && known.IsOf(body.Span, jsonLength))
        {
            return known.With(body, model);
        }

        RestInferRequest request = InferRequestReader.Read(body, jsonLength, model, maxTensors);
        if (jsonLength <= LongestKept && AreBehind(request.Request.Inputs, body.Length - jsonLength) && slot.IsSecond(HashOf(body.Span, jsonLength)))
        {
            slot.Kept = new Header(body.Span[..jsonLength].ToArray(), body.Length, request);
        }

        return request;
    }

    private static int HashOf(ReadOnlySpan<byte> body, int jsonLength)
    {
        HashCode hash = default;
        hash.AddBytes(body[..jsonLength]);
        hash.Add(body.Length);
        return hash.ToHashCode();
    }

    // How many bytes an element of BYTES has only its own bytes say.
    private static bool AreBehind(IReadOnlyList<WireTensor> inputs, int bytes) =>
        inputs.Sum(input => (long)input.Data.Length) == bytes && inputs.All(input => input.Type.Size is not null);

    /// <summary>What is kept of a model's requests. Two threads may lose each other's notes: a header is kept a request later then.</summary>
    private sealed class Slot
    {
        private volatile Header? kept;
        private volatile int last;

        public Header? Kept
        {
            get => kept;
            set => kept = value;
        }

        /// <summary>Whether the hash of a header that is not kept is the one of the last such header.</summary>
        public bool IsSecond(int hash)
        {
            bool isSecond = last == hash;
            last = hash;
            return isSecond;
        }
    }

    private sealed class Header
    {
        private readonly byte[] json;
        private readonly int bodyLength;
        private readonly RestInferRequest request;
        private readonly WireTensor[] inputs;
        private readonly int[] lengths;

        public Header(byte[] json, int bodyLength, RestInferRequest read)
        {
            (this.json, this.bodyLength) = (json, bodyLength);
            lengths = [.. read.Request.Inputs.Select(input => input.Data.Length)];
            inputs = [.. read.Request.Inputs.Select(input => input with { Data = default })];
            request = read with { Request = read.Request with { Inputs = inputs } };
        }

        public bool IsOf(ReadOnlySpan<byte> body, int jsonLength) => body.Length == bodyLength && body[..jsonLength].SequenceEqual(json);

        public RestInferRequest With(ReadOnlyMemory<byte> body, ModelAddress model)
        {
            WireTensor[] filled = new WireTensor[inputs.Length];
            int start = json.Length;
            for (int index = 0; index < filled.Length; index++)
            {
                filled[index] = inputs[index] with { Data = body.Slice(start, lengths[index]) };
                start += lengths[index];
            }

            return request with { Request = request.Request with { Model = model, Inputs = filled } };
        }
    }
}
