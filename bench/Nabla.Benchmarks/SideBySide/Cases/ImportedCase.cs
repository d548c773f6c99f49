using Nabla.Graphs;
using Nabla.Layers;
using Nabla.Onnx;
using Nabla.Transforms;
using Nabla.Vision;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>ONNX models, answered by Nabla as they are imported and by ONNX Runtime: the digits network, ResNet-18, and the files of a folder.</summary>
internal static class ImportedCase
{
    private const int Classes = 10;
    private const int ImageSize = 32;

    // What files leave open, and what inputs always are: a second of speech has 16,000 numbers, and a step of a model of speech 576 of them. Others are 1.
    private static readonly Dictionary<string, int> Sizes = new() { ["sequence"] = 576 };
    private static readonly Dictionary<string, long> Values = new() { ["sr"] = 16_000 };

    /// <summary>The duels.</summary>
    /// <param name="folder">A folder of <c>.onnx</c> files; null for none.</param>
    public static IEnumerable<Duel> Duels(string? folder)
    {
        Sequential digits = DigitsNetwork.Create();
        yield return Of("digits CNN, batch 64", DigitsNetwork.ToOnnx(digits, 64), Metric.Images(64));
        yield return Of("digits CNN, batch 1", DigitsNetwork.ToOnnx(digits, 1), Metric.Microseconds);
        Sequential residual = ResNet.Create18(Classes);
        yield return Of("ResNet-18, batch 32", ResNetPeer.ToOnnx(residual, 32), Metric.Images(32));
        yield return Of("ResNet-18, batch 1", ResNetPeer.ToOnnx(residual, 1), Metric.Microseconds);
        foreach (string file in folder is null ? Enumerable.Empty<string>() : Directory.EnumerateFiles(folder, "*.onnx").Order(StringComparer.Ordinal))
        {
            yield return Of(Path.GetFileName(file), File.ReadAllBytes(file), Metric.Microseconds);
        }
    }

    private static Duel Of(string name, byte[] bytes, Metric metric)
    {
        OnnxModel model = OnnxModel.Parse(bytes, name);
        Dictionary<string, Tensor> values = model.Inputs.Where(input => input.Type?.IsFloating == false)
            .ToDictionary(input => input.Name, input => Tensor.Full([.. input.Dimensions ?? []], Values.GetValueOrDefault(input.Name), input.Type!.Value));
        GraphNetwork network = model.ToGraph(model.OpenSizes.ToDictionary(size => size, size => Sizes.GetValueOrDefault(size, 1)), values);
        Tensor[] given = [.. network.Inputs.Select(Random)];
        CompiledFunction function = Compilation.Compile(inputs => network.Compute(inputs));
        int next = 0;
        Tensor[] all = [.. model.Inputs.Select(input => values.TryGetValue(input.Name, out Tensor? value) ? value : given[next++])];
        return new Duel(name, metric, () => function.Invoke(given), [.. AnsweringPeers.OnnxRuntime(bytes, all)]) { Tolerance = 1e-4 };
    }

    private static Tensor Random(GraphInput input, int index) => RandomKey.FromSeed(index).Uniform([.. input.Sizes.Select(size => size.Number!.Value)]);
}
