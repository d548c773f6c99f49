using System.Globalization;
using Google.Protobuf;
using Nabla.Serving.Inference;
using Nabla.Serving.Protos;
using Nabla.Serving.Tensors;

namespace Nabla.Serving.Grpc;

/// <summary>Writes answers as messages; their outputs come as bytes, which every client reads and no number is lost in.</summary>
internal static class GrpcAnswer
{
    /// <summary>The message.</summary>
    public static ModelInferResponse Create(InferenceResponse response)
    {
        ModelInferResponse message = new()
        {
            ModelName = response.Version.Name,
            ModelVersion = response.Version.Version.ToString(CultureInfo.InvariantCulture),
            Id = response.Id ?? "",
        };
        foreach (WireTensor output in response.Outputs)
        {
            ModelInferResponse.Types.InferOutputTensor tensor = new() { Name = output.Name, Datatype = output.Type.Name };
            tensor.Shape.AddRange(output.Shape.Select(size => (long)size));
            message.Outputs.Add(tensor);
            message.RawOutputContents.Add(UnsafeByteOperations.UnsafeWrap(output.Data));
        }

        return message;
    }
}
