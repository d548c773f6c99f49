using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Nabla.Onnx.Protos;

namespace Nabla.Conformance.Runtime;

/// <summary>What ONNX Runtime gives for tensors as messages hold them, whatever their type.</summary>
internal static class RuntimeAnswers
{
    /// <summary>The results of a model, in order.</summary>
    public static TensorProto[] Of(ModelProto model, IReadOnlyList<TensorProto> inputs)
    {
        using SessionOptions settings = new() { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using InferenceSession session = new(model.ToByteArray(), settings);
        using RunOptions options = new();
        OrtValue[] values = [.. inputs.Select(ToRuntime)];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [.. inputs.Select(input => input.Name)], values, [.. session.OutputNames]);
            return [.. results.Select((value, index) => FromRuntime(value, session.OutputNames[index]))];
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    // The numbers of element types are those of the format.
    private static OrtValue ToRuntime(TensorProto tensor)
    {
        OrtValue value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, (TensorElementType)tensor.DataType, [.. tensor.Dims]);
        tensor.RawData.Span.CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static TensorProto FromRuntime(OrtValue value, string name)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        TensorProto tensor = new() { Name = name, DataType = (int)info.ElementDataType, RawData = ByteString.CopyFrom(value.GetTensorMutableRawData()) };
        tensor.Dims.AddRange(info.Shape);
        return tensor;
    }
}
