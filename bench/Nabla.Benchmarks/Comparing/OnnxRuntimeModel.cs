using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Nabla.Cli.Files.Comparing;

namespace Nabla.Benchmarks.Comparing;

/// <summary>An ONNX file as ONNX Runtime runs it.</summary>
internal static class OnnxRuntimeModel
{
    /// <summary>Loads a file. The session lives as long as the process.</summary>
    public static RunnableModel Open(string path)
    {
        InferenceSession session = new(path);
        RunnableInput[] inputs = [.. session.InputMetadata.Select(pair => new RunnableInput(pair.Key, TypeOf(pair.Value), pair.Value.Dimensions, Below: null))];
        return new RunnableModel($"{Path.GetFileName(path)} in ONNX Runtime", inputs, tensors => Run(session, inputs, tensors));
    }

    private static Tensor[] Run(InferenceSession session, RunnableInput[] inputs, Tensor[] tensors)
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run([.. inputs.Zip(tensors, (input, tensor) => Value(input.Name, tensor))]);
        return [.. results.Select(Read)];
    }

    private static DataType? TypeOf(NodeMetadata input) => input.ElementDataType switch
    {
        TensorElementType.Float => DataType.Float32,
        TensorElementType.Double => DataType.Float64,
        TensorElementType.Int32 => DataType.Int32,
        TensorElementType.Int64 => DataType.Int64,
        TensorElementType.UInt8 => DataType.UInt8,
        TensorElementType.Bool => DataType.Bool,
        _ => null,
    };

    private static NamedOnnxValue Value(string name, Tensor tensor) => tensor.DataType switch
    {
        DataType.Float32 => Value<float>(name, tensor),
        DataType.Float64 => Value<double>(name, tensor),
        DataType.Int32 => Value<int>(name, tensor),
        DataType.Int64 => Value<long>(name, tensor),
        DataType.UInt8 => Value<byte>(name, tensor),
        _ => Value<bool>(name, tensor),
    };

    private static NamedOnnxValue Value<T>(string name, Tensor tensor)
        where T : unmanaged => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<T>(tensor.ToArray<T>(), tensor.Shape.AsSpan()));

    private static Tensor Read(DisposableNamedOnnxValue result) => result.ElementType switch
    {
        TensorElementType.Float => Read<float>(result),
        TensorElementType.Double => Read<double>(result),
        TensorElementType.Int32 => Read<int>(result),
        TensorElementType.Int64 => Read<long>(result),
        TensorElementType.UInt8 => Read<byte>(result),
        TensorElementType.Bool => Read<bool>(result),
        _ => throw new NotSupportedException($"ONNX Runtime gives '{result.Name}' of {result.ElementType}, which no tensor of Nabla has."),
    };

    private static Tensor Read<T>(DisposableNamedOnnxValue result)
        where T : unmanaged
    {
        DenseTensor<T> tensor = result.AsTensor<T>().ToDenseTensor();
        return Tensor.From(tensor.Buffer.ToArray(), [.. tensor.Dimensions]);
    }
}
