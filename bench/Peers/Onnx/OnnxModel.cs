using Microsoft.ML.OnnxRuntime;

namespace Nabla.Peers.Onnx;

/// <summary>A model that ONNX Runtime runs on one input of a fixed shape, into one output that is allocated once.</summary>
public sealed class OnnxModel : IDisposable
{
    private static readonly string[] Inputs = [OnnxWriter.Input];

    private readonly InferenceSession session;
    private readonly RunOptions options = new();
    private readonly OrtValue[] input;
    private readonly OrtValue[] output;
    private readonly string[] outputs;
    private readonly float[] result;
    private readonly Shape resultShape;

    /// <summary>Loads a model with all optimisations of graphs.</summary>
    /// <param name="model">The bytes of the model's file.</param>
    /// <param name="x">The input, in the layout of the model.</param>
    /// <param name="threads">How many threads work on one op.</param>
    public OnnxModel(byte[] model, Tensor x, int threads)
    {
        ArgumentNullException.ThrowIfNull(x);
        using SessionOptions settings = new() { IntraOpNumThreads = threads, GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
        session = new InferenceSession(model, settings);
        outputs = [.. session.OutputNames];
        resultShape = [.. session.OutputMetadata[outputs[0]].Dimensions];
        result = new float[resultShape.ElementCount];
        long[] sizes = [.. x.Shape.Select(size => (long)size)];
        input = [x.DataType == DataType.Int32
            ? OrtValue.CreateTensorValueFromMemory(x.ToArray<int>(), sizes)
            : OrtValue.CreateTensorValueFromMemory(x.ToArray<float>(), sizes)];
        output = [OrtValue.CreateTensorValueFromMemory(result, [.. resultShape.Select(size => (long)size)])];
    }

    /// <summary>Runs the model.</summary>
    public void Run() => session.Run(options, Inputs, input, outputs, output);

    /// <summary>Runs the model and gives a copy of its output.</summary>
    public Tensor Answer()
    {
        Run();
        return Tensor.From((float[])result.Clone(), resultShape);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(input, value => value.Dispose());
        Array.ForEach(output, value => value.Dispose());
        options.Dispose();
        session.Dispose();
    }
}
