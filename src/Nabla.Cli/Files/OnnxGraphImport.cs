using Nabla.Cli.Commands;
using Nabla.Formats;
using Nabla.Layers;
using Nabla.Onnx;

namespace Nabla.Cli.Files;

/// <summary>Makes a model of an ONNX file of several inputs or outputs, which stay as the file has them.</summary>
internal sealed class OnnxGraphImport(string path, OnnxModel onnx, ImportOptions options)
{
    public ImportedModel Run()
    {
        RequireFit();
        RequireSizes();
        GraphNetwork network = Trace();
        string note = $"a graph of the inputs {string.Join(", ", network.Inputs)} and the outputs {string.Join(", ", network.Outputs)}";
        return new ImportedGraph(new SavedGraph(options.NameOf(path), network), [note]);
    }

    private GraphNetwork Trace()
    {
        try
        {
            return onnx.ToGraph(options.Sizes, Values());
        }
        catch (Exception error) when (error is NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new UsageException(
                $"{path} cannot be traced for any sizes: {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Give sizes by --size NAME=NUMBER "
                + $"(open are {string.Join(", ", onnx.OpenSizes.DefaultIfEmpty("none"))}), or what an input always is by --value NAME=NUMBER.");
        }
    }

    private Dictionary<string, Tensor> Values() => options.Values.ToDictionary(value => value.Key, value => ValueOf(value.Key, value.Value));

    private Tensor ValueOf(string name, double number) => onnx.Inputs.FirstOrDefault(input => input.Name == name) switch
    {
        null => throw new UsageException($"--value: {path} has no input '{name}': it has {string.Join(", ", onnx.Inputs.Select(input => input.Name))}."),
        { Type: { } type, Dimensions: { } sizes } when sizes.All(size => size >= 0) => Tensor.Full([.. sizes], number, type),
        _ => throw new UsageException($"--value: {path} leaves sizes of its input '{name}' open."),
    };

    private void RequireSizes()
    {
        if (options.Sizes.Keys.Except(onnx.OpenSizes).FirstOrDefault() is { } unknown)
        {
            throw new UsageException($"--size: {path} has no open size '{unknown}': it has {string.Join(", ", onnx.OpenSizes.DefaultIfEmpty("none"))}.");
        }
    }

    private void RequireFit()
    {
        if (options.InputShape is not null || options.Labels is not null || options.Softmax)
        {
            throw new UsageException(
                $"{path} has {onnx.Inputs.Count} inputs ({string.Join(", ", onnx.Inputs.Select(input => input.Name))}) and {onnx.Outputs.Count} outputs "
                + $"({string.Join(", ", onnx.Outputs.Select(output => output.Name))}): --input-shape, --labels and --softmax are for one of each; keep one output by --output NAME.");
        }
    }
}
