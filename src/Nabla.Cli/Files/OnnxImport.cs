using Nabla.Cli.Commands;
using Nabla.Data;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Onnx;

namespace Nabla.Cli.Files;

/// <summary>
/// Makes a model of an ONNX file: what the file computes becomes a <see cref="GraphLayer"/>, its weights parameters. Images come in Nabla's order of axes and
/// are turned to the file's by a layer in front.
/// </summary>
internal sealed class OnnxImport(string path, ImportOptions options)
{
    private readonly List<string> notes = [];

    public ImportedModel Run()
    {
        OnnxModel onnx = OnnxModel.Load(path);
        return onnx.Inputs.Count == 1 && (onnx.Outputs.Count == 1 || options.Output is not null)
            ? Run(onnx, onnx.Inputs[0])
            : new OnnxGraphImport(path, onnx, options).Run();
    }

    private ImportedNetwork Run(OnnxModel onnx, OnnxValue input)
    {
        OnnxValue output = OutputOf(onnx);
        Shape shape = ShapeOf(input);
        GraphLayer graph = Trace(onnx.ToNetwork(output.Name), shape, input.Type ?? DataType.Float32);
        bool isImage = shape is { Rank: 3 } && shape[0] is 1 or 3 && graph.InputType == DataType.Float32;
        Shape given = isImage ? [shape[1], shape[2], shape[0]] : shape;
        Layer[] front = isImage ? [new Permute(2, 0, 1)] : [];
        Layer[] behind = options.Softmax ? [new Activation(ActivationKind.Softmax)] : [];
        Sequential network = new(given, seed: 0, [.. front, graph, .. behind]);
        if (isImage)
        {
            notes.Add($"input '{input.Name}' [{string.Join(", ", shape)}] is taken as images [height, width, channels] and turned around by a layer in front");
        }

        if (onnx.Outputs.Count > 1)
        {
            notes.Add($"output '{output.Name}' alone is kept; left are {string.Join(", ", onnx.Outputs.Where(other => other != output).Select(other => other.Name))}");
        }

        return new ImportedNetwork(Model(network, graph, (input.Name, output.Name), isImage), notes);
    }

    private SavedModel Model(Sequential network, GraphLayer graph, (string Input, string Output) names, bool isImage)
    {
        bool classifies = network.OutputShape is { Rank: 1 } && network.OutputShape[0] > 1;
        return new SavedModel(options.NameOf(path), network)
        {
            Task = classifies ? PredictionTask.Classification : PredictionTask.Regression,
            Labels = options.Labels ?? [],
            Preprocessing = isImage ? new ModelPreprocessing(Image: ImageOf(network.InputShape)) : null,
            Signature = new ModelSignature(
                [new SignatureTensor(names.Input, network.InputShape, network.InputType)],
                [new SignatureTensor(names.Output, network.OutputShape, options.Softmax ? DataType.Float32 : graph.OutputType)]),
        };
    }

    private OnnxValue OutputOf(OnnxModel onnx) => options.Output is null ? onnx.Outputs[0] : onnx.Outputs.FirstOrDefault(output => output.Name == options.Output)
        ?? throw new UsageException($"--output: {path} has no output '{options.Output}': it has {string.Join(", ", onnx.Outputs.Select(output => output.Name))}.");

    private ImagePreprocessing ImageOf(Shape shape) => new() { Height = shape[0], Width = shape[1], Channels = shape[2], Divisor = options.Divisor };

    private Shape ShapeOf(OnnxValue input)
    {
        if (options.InputShape is { } given)
        {
            return given;
        }

        int[]? sizes = input.Dimensions is { Count: > 0 } dimensions ? [.. dimensions.Skip(1)] : null;
        return sizes is not null && Array.TrueForAll(sizes, size => size >= 0)
            ? sizes
            : throw new UsageException($"{path} leaves sizes of its input '{input.Name}' open: give them, without the batch, by --input-shape SIZES.");
    }

    private GraphLayer Trace(OnnxNetwork network, Shape shape, DataType type)
    {
        try
        {
            return GraphLayer.Trace(network, shape, type);
        }
        catch (Exception error) when (error is NotSupportedException or ArgumentException)
        {
            notes.Add($"samples are computed one by one, since the file holds for a batch of one ({error.Message.ReplaceLineEndings(" ").TrimEnd('.')})");
            return GraphLayer.TraceSingle(network, shape, type);
        }
    }
}
