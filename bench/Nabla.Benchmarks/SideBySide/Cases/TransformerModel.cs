using Nabla.Layers;
using Nabla.Peers.Onnx;

namespace Nabla.Benchmarks.SideBySide.Cases;

/// <summary>Nabla's Transformer encoder as an ONNX model with ONNX Runtime's own fused ops, with the same weights, ending with probabilities.</summary>
internal static class TransformerModel
{
    /// <summary>The model for batches of a size.</summary>
    public static byte[] ToOnnx(Sequential network, int batch)
    {
        OnnxWriter writer = new([batch, TransformerNetwork.Tokens], DataType.Int32);
        IReadOnlyList<Layer> layers = network.Layers;
        string x = writer.Plain("Gather", writer.Constant(layers[0].Value("embeddings")), OnnxWriter.Input);
        x = writer.Plain("Add", x, writer.Constant(layers[1].Value("positions")));
        x = layers.OfType<EncoderBlock>().Aggregate(x, (y, block) => Write(writer, y, block));
        string mean = writer.Mean(x, axis: 1);
        string logits = writer.Dense(mean, layers[^1].Value("kernel"), layers[^1].Value("bias"));
        return writer.Finish(writer.Plain("Softmax", logits), [batch, TransformerNetwork.Classes]);
    }

    private static string Write(OnnxWriter writer, string x, EncoderBlock block)
    {
        string attended = writer.Attention(Rows("query", x), Rows("key", x), Rows("value", x), TransformerNetwork.Heads);
        string y = Normalized("attentionNorm", writer.Plain("Add", Rows("output", attended), x));
        string hidden = writer.Gelu(Rows("expand", y));
        return Normalized("feedForwardNorm", writer.Plain("Add", Rows("contract", hidden), y));

        string Rows(string layer, string input) =>
            writer.Plain("Add", writer.Plain("MatMul", input, writer.Constant(block.Children[layer].Value("kernel"))), writer.Constant(block.Children[layer].Value("bias")));

        string Normalized(string layer, string input) =>
            writer.LayerNormalization(input, block.Children[layer].Value("scale"), block.Children[layer].Value("bias"), 1e-5f);
    }
}
