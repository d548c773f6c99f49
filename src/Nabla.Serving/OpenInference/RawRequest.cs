using System.Buffers;
using Microsoft.AspNetCore.Http;
using Nabla.Serving.Http;
using Nabla.Serving.Inference;
using Nabla.Serving.Models;
using Nabla.Serving.Repository;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.OpenInference;

/// <summary>
/// A request without any JSON: the body is the elements of the only input. What its size leaves open of the shape is the batch. A model that takes
/// pictures, texts or rows of a table takes one as the body if that has another size than its numbers. So each version reads the body in its own way.
/// </summary>
internal static class RawRequest
{
    /// <summary>The request that a body stands for; outputs come as bytes to who accepts them.</summary>
    public static RestInferRequest Read(HttpRequest request, ReadOnlyMemory<byte> body, ModelAddress model)
    {
        InferenceRequest asked = new()
        {
            Model = model,
            Inputs = [],
            Read = (asked, version) => asked with { Inputs = [ToTensor(OnlyInput(version), body, version.Model)] },
            Protocol = "rest",
        };
        bool isBinary = request.Headers.Accept.Any(accept => accept?.Contains(RequestBody.Binary, StringComparison.OrdinalIgnoreCase) == true);
        return new RestInferRequest(asked, isBinary, new Dictionary<string, bool>());
    }

    private static TensorSpec OnlyInput(LoadedVersion version) => version.Model.Inputs is [{ } only]
        ? only
        : throw ServingException.Invalid($"Model '{version.Name}' has {version.Model.Inputs.Count} inputs: a body without JSON can only be the one of a model that has one.");

    private static WireTensor ToTensor(TensorSpec input, ReadOnlyMemory<byte> body, IServedModel model)
    {
        long row = input.Dimensions.Where(size => size >= 0).Aggregate((long)input.Type.Size, (product, size) => product * size);
        bool isRows = row > 0 && body.Length > 0 && body.Length % row == 0;
        if (!isRows && model.Saved is { } saved && RawInputs.KindOf(saved) != RawKind.None)
        {
            ArrayBufferWriter<byte> element = new();
            ByteElements.Write(element, body.Span);
            return new WireTensor(input.Name, ElementType.Bytes, [1], element.WrittenMemory);
        }

        if (!isRows || input.Dimensions.Count(size => size < 0) > 1)
        {
            throw ServingException.Invalid($"input '{input.Name}' of {input.ElementType.Name} {input.Print()} expects a multiple of {row} bytes and one open size at most but got {body.Length} bytes.");
        }

        return WireTensor.FromRaw(input.Name, input.ElementType, [.. input.Dimensions.Select(size => size < 0 ? (int)(body.Length / row) : size)], body);
    }
}
