using Nabla.Compression;
using Nabla.Layers;
using Nabla.Peers.Onnx;
using Nabla.Text;
using Nabla.Transforms;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>The recurrent network of texts, quantised dynamically, answering: beside the same in float32, and beside ONNX Runtime's LSTM of bytes.</summary>
internal static class QuantizedTextCase
{
    // Those of the recipe with Pang and Lee's sentences; a text has 21 of 39 tokens in the mean.
    private const int Vocabulary = 8960;
    private const int Length = 39;
    private const int ShortestText = 4;
    private const int Classes = 2;
    private const int Batch = 64;
    private const int LargestWeight = 63;

    public static IEnumerable<Duel> Duels()
    {
        yield return Answering(Batch, Metric.Sequences(Batch));
        yield return Answering(1, Metric.Microseconds);
    }

    private static Duel Answering(int batch, Metric metric)
    {
        Sequential network = LstmClassifier.Create(Vocabulary, Length, Classes, seed: 1);
        int[] lengths = [.. Enumerable.Range(0, batch).Select(row => ShortestText + (((row * 11) + 17) % (Length - ShortestText + 1)))];
        Tensor tokens = Tokens(lengths);
        Func<Tensor, Tensor> answer = Compilation.Compile(Quantizer.Dynamic(network).Network.Forward);
        Func<Tensor, Tensor> inFloats = Compilation.Compile(network.Forward);
        Rival[] rivals =
        [
            new Rival("Nabla, float32", () => inFloats(tokens), () => [inFloats(tokens)]),
            .. AnsweringPeers.OnnxRuntime(Model(network, lengths), tokens),
        ];
        return new Duel($"text LSTM, batch of {batch}", metric, () => [answer(tokens)], rivals)
        {
            // Seven bits of weights and eight of states.
            Tolerance = 0.1,
        };
    }

    private static Tensor Tokens(int[] lengths) => Tensor.From(
        [.. lengths.SelectMany((length, row) => Enumerable.Range(0, Length).Select(place => place < length ? 2 + ((((row * Length) + place) * 7919) % (Vocabulary - 2)) : 0))])
        .Reshape(lengths.Length, Length);

    private static byte[] Model(Sequential network, int[] lengths)
    {
        int batch = lengths.Length;
        OnnxWriter writer = new([batch, Length], DataType.Int32);
        Bidirectional layer = network.Layers.OfType<Bidirectional>().Single();
        Dense dense = (Dense)network.Layers[^1];
        RecurrentLayer[] directions = [layer.ForwardLayer, layer.BackwardLayer];
        string vectors = writer.Transpose(writer.Plain("Gather", writer.Constant(network.Layers[0].Value("embeddings")), OnnxWriter.Input), 1, 0, 2);
        string states = writer.QuantizedLstm(
            vectors, Weights(directions, "kernel"), Weights(directions, "recurrentKernel"),
            ShapeOps.Stack(0, [.. directions.Select(direction => ShapeOps.Concatenate(0, Ordered(direction.Value("bias")), Tensor.Zeros(direction.Value("bias").Shape)))]),
            Tensor.From(lengths), layer.ForwardLayer.Units);
        string row = writer.Plain("Flatten", writer.Transpose(states, 1, 0, 2));
        return writer.Finish(writer.Plain("Softmax", writer.Dense(row, dense.Value("kernel"), dense.Value("bias"))), [batch, Classes]);
    }

    private static (Tensor Bytes, Tensor Scale) Weights(RecurrentLayer[] directions, string name)
    {
        (Tensor Bytes, Tensor Scale)[] all = [.. directions.Select(direction => OfWeights(Ordered(direction.Value(name))))];
        return (ShapeOps.Stack(0, [.. all.Select(part => part.Bytes)]), ShapeOps.Stack(0, [.. all.Select(part => part.Scale)]));
    }

    private static (Tensor Bytes, Tensor Scale) OfWeights(Tensor kernel)
    {
        Tensor scale = kernel.Abs().Max([0]) * (1.0 / LargestWeight);
        return (kernel.Quantize(scale, Tensor.Zeros(scale.Shape, DataType.Int8), -1), scale);
    }

    // From input, forget, candidate, output to input, output, forget, candidate.
    private static Tensor Ordered(Tensor x)
    {
        Tensor[] gates = x.Split(-1, 4);
        return ShapeOps.Concatenate(-1, gates[0], gates[3], gates[1], gates[2]);
    }
}
