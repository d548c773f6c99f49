using Microsoft.ML.OnnxRuntime;

namespace Nabla.Peers.Onnx;

/// <summary>A model that ONNX Runtime runs on inputs of fixed shapes, into outputs that are allocated once.</summary>
public sealed class OnnxModel : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private readonly string[] inputNames;
    private readonly string[] outputNames;
    private readonly OrtValue[] inputs;
    private readonly OrtValue[] outputs;
    private readonly (float[] Values, Shape Shape)[] results;

    /// <summary>Loads a model with all optimisations of graphs.</summary>
    /// <param name="model">The bytes of the model's file; its outputs are float32.</param>
    /// <param name="threads">How many threads work on one op.</param>
    /// <param name="given">The inputs in order, in the layout of the model.</param>
    public OnnxModel(byte[] model, int threads, params IReadOnlyList<Tensor> given)
    {
        using SessionOptions settings = new() { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        session = new InferenceSession(model, settings);
        inputNames = [.. session.InputNames];
        outputNames = [.. session.OutputNames];
        inputs = [.. given.Select(ToRuntime)];
        results = Array.ConvertAll(ShapesOfOutputs(), shape => (new float[shape.ElementCount], shape));
        outputs = Array.ConvertAll(results, result => OrtValue.CreateTensorValueFromMemory(result.Values, [.. result.Shape.Select(size => (long)size)]));
    }

    /// <summary>Runs the model.</summary>
    public void Run() => session.Run(options, inputNames, inputs, outputNames, outputs);

    /// <summary>Runs the model and gives copies of its outputs.</summary>
    public Tensor[] Answer()
    {
        Run();
        return Array.ConvertAll(results, result => Tensor.From((float[])result.Values.Clone(), result.Shape));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(inputs, value => value.Dispose());
        Array.ForEach(outputs, value => value.Dispose());
        options.Dispose();
        session.Dispose();
    }

    private static OrtValue ToRuntime(Tensor tensor)
    {
        long[] sizes = [.. tensor.Shape.Select(size => (long)size)];
        return tensor.DataType switch
        {
            DataType.Int32 => OrtValue.CreateTensorValueFromMemory(tensor.ToArray<int>(), sizes),
            DataType.Int64 => OrtValue.CreateTensorValueFromMemory(tensor.ToArray<long>(), sizes),
            _ => OrtValue.CreateTensorValueFromMemory(tensor.ToArray<float>(), sizes),
        };
    }

    // The file may leave them open.
    private Shape[] ShapesOfOutputs()
    {
        using IDisposableReadOnlyCollection<OrtValue> first = session.Run(options, inputNames, inputs, outputNames);
        return [.. first.Select(ShapeOf)];

        static Nabla.Shape ShapeOf(OrtValue value) => [.. value.GetTensorTypeAndShape().Shape.Select(size => checked((int)size))];
    }
}
