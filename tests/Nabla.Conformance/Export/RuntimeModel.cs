using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Nabla.Conformance.Export;

/// <summary>A model that ONNX Runtime runs.</summary>
internal sealed class RuntimeModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions options = new();

    public RuntimeModel(byte[] model)
    {
        using SessionOptions settings = new() { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        session = new InferenceSession(model, settings);
    }

    /// <summary>The outputs for inputs in order.</summary>
    public Tensor[] Run(Tensor[] inputs)
    {
        OrtValue[] values = [.. inputs.Select(ToRuntime)];
        try
        {
            using IDisposableReadOnlyCollection<OrtValue> results = session.Run(options, [.. session.InputNames], values, [.. session.OutputNames]);
            return [.. results.Select(FromRuntime)];
        }
        finally
        {
            Array.ForEach(values, value => value.Dispose());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }

    private static OrtValue ToRuntime(Tensor tensor) => tensor.DataType switch
    {
        DataType.Float32 => ToRuntime(tensor.ToArray<float>(), tensor.Shape),
        DataType.Float64 => ToRuntime(tensor.ToArray<double>(), tensor.Shape),
        DataType.Int32 => ToRuntime(tensor.ToArray<int>(), tensor.Shape),
        DataType.Int64 => ToRuntime(tensor.ToArray<long>(), tensor.Shape),
        DataType.UInt8 => ToRuntime(tensor.ToArray<byte>(), tensor.Shape),
        DataType.Int8 => ToRuntime(tensor.ToArray<sbyte>(), tensor.Shape),
        _ => ToRuntime(tensor.ToArray<bool>(), tensor.Shape),
    };

    private static OrtValue ToRuntime<T>(T[] values, Shape shape)
        where T : unmanaged => OrtValue.CreateTensorValueFromMemory(values, [.. shape.Select(size => (long)size)]);

    private static Tensor FromRuntime(OrtValue value)
    {
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        Shape shape = [.. info.Shape.Select(size => checked((int)size))];
        return info.ElementDataType switch
        {
            TensorElementType.Float => Tensor.From(value.GetTensorDataAsSpan<float>(), shape),
            TensorElementType.Double => Tensor.From(value.GetTensorDataAsSpan<double>(), shape),
            TensorElementType.Int32 => Tensor.From(value.GetTensorDataAsSpan<int>(), shape),
            TensorElementType.Int64 => Tensor.From(value.GetTensorDataAsSpan<long>(), shape),
            TensorElementType.UInt8 => Tensor.From(value.GetTensorDataAsSpan<byte>(), shape),
            TensorElementType.Int8 => Tensor.From(value.GetTensorDataAsSpan<sbyte>(), shape),
            TensorElementType.Bool => Tensor.From(value.GetTensorDataAsSpan<bool>(), shape),
            _ => throw new NotSupportedException($"ONNX Runtime gave elements of type {info.ElementDataType}."),
        };
    }
}
