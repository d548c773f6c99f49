using Nabla.Layers;

namespace Nabla.Text;

/// <summary>
/// Computes where a decoder looks: the op that attends keeps no weights, so they are computed anew, from the queries and keys of its last layer that
/// looks at the encoder's outputs.
/// </summary>
internal static class CrossAttention
{
    /// <summary>The weights, <c>[target, source]</c>: for each token of the target how much of each of the source, the mean over the heads.</summary>
    /// <param name="network">The network.</param>
    /// <param name="source">int32 tokens <c>[1, source]</c>.</param>
    /// <param name="target">int32 tokens <c>[1, target]</c>, the token of the beginning first.</param>
    public static Tensor Of(EncoderDecoder network, Tensor source, Tensor target)
    {
        Watcher watcher = new();
        network.Decode(target, network.Encode(source), new ForwardContext(training: false, default) { Observer = watcher });
        return watcher.Weights() ?? throw new ArgumentException("The network has no attention to its encoder's outputs.", nameof(network));
    }

    /// <summary>Keeps the last queries and keys of attention to a memory that were computed.</summary>
    private sealed class Watcher : ForwardObserver
    {
        private readonly Stack<Module> entered = new();
        private MultiHeadAttention? attention;
        private Tensor? queries;
        private Tensor? keys;
        private Tensor? scores;

        public override void Enter(Module module) => entered.Push(module);

        public override void Leave(Module module, Tensor output)
        {
            entered.Pop();
            Module? parent = entered.Count > 0 ? entered.Peek() : null;
            if (parent is AdditiveAttention additive && module == additive.Children["score"])
            {
                scores = output;
            }
            else if (parent is MultiHeadAttention { CrossAttention: true } looking)
            {
                scores = null;
                attention = looking;
                queries = module == looking.Children["query"] ? output : queries;
                keys = module == looking.Children["key"] ? output : keys;
            }
        }

        public Tensor? Weights()
        {
            if (scores is not null)
            {
                return scores.Squeeze(-1).Squeeze(0).Softmax(); // [1, target, source, 1]
            }

            if (attention is null || queries is null || keys is null)
            {
                return null;
            }

            Tensor of = ByHead(queries, attention.Heads);
            Tensor into = ByHead(keys, attention.KeyValueHeads ?? attention.Heads);
            return (of.MatMul(into, transposeRight: true) * (1 / Math.Sqrt(of.Shape[-1]))).Softmax().Mean([0]);
        }

        // [1, time, heads * size] to [heads, time, size].
        private static Tensor ByHead(Tensor rows, int heads) => rows.Reshape(rows.Shape[1], heads, -1).Transpose(1, 0, 2);
    }
}
