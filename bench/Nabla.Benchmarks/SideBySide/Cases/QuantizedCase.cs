using Nabla.Layers;
using Nabla.Transforms;
using Nabla.Vision;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Networks of 7-bit weights and 8-bit activations, answering: beside the same in float32, and beside ONNX Runtime with the same scales.</summary>
internal static class QuantizedCase
{
    private const int DigitsBatch = 64;
    private const int ImagesBatch = 32;
    private const int Classes = 10;

    public static IEnumerable<Duel> Duels()
    {
        Tensor images = RandomKey.FromSeed(2).Uniform([ImagesBatch, 32, 32, 3]);
        yield return Answering("digits", DigitsNetwork.Create(), DigitBatches.Of(DigitsBatch)[0].Images, Metric.Images(DigitsBatch));
        yield return Answering("digits", DigitsNetwork.Create(), DigitBatches.Of(1)[0].Images, Metric.Microseconds);
        yield return Answering("ResNet-18", ResNet.Create18(Classes), images, Metric.Images(ImagesBatch));
        yield return Answering("ResNet-18", ResNet.Create18(Classes), images.Slice(0, 0, 1), Metric.Microseconds);
    }

    private static Duel Answering(string name, Sequential network, Tensor images, Metric metric)
    {
        MeasuringWalk measured = new();
        measured.Run(network, images);
        QuantizedNetwork quantized = new(measured.Ranges);
        Func<Tensor, Tensor> answer = Compilation.Compile(x => quantized.Run(network, x));
        Func<Tensor, Tensor> inFloats = Compilation.Compile(network.Forward);
        byte[] model = QuantizedOnnx.Write(network, images.Shape[0], measured.Ranges);
        Rival[] rivals =
        [
            new Rival("Nabla, float32", () => inFloats(images), () => [inFloats(images)]),
            .. AnsweringPeers.OnnxRuntime(model, images.Transpose(0, 3, 1, 2)),
        ];
        return new Duel($"{name}, batch of {images.Shape[0]}", metric, () => [answer(images)], rivals)
        {
            // Seven bits of weights and eight of activations.
            Tolerance = 0.1,
        };
    }
}
