using Nabla.Layers;

namespace Nabla.HuggingFace;

/// <summary>What GPT-2 and Llama have in common: vectors of tokens, blocks that see what came before, and logits of the next tokens.</summary>
internal static class DecoderHeads
{
    /// <summary>The layers of a network.</summary>
    /// <param name="vocabulary">The tokens.</param>
    /// <param name="size">The features of a step.</param>
    /// <param name="places">The most tokens of a text.</param>
    /// <param name="body">What is between the vectors of tokens and the logits.</param>
    /// <param name="ties">Whether the logits are products with the vectors of tokens.</param>
    /// <param name="request">The head.</param>
    public static NetworkPlan Plan(int vocabulary, int size, int places, Layer[] body, bool ties, NetworkRequest request)
    {
        // The logits of a text are one tensor.
        int length = Math.Min(Math.Min(request.Length ?? places, places), Array.MaxLength / sizeof(float) / Math.Max(vocabulary, size));
        Embedding table = new(vocabulary, size) { Name = "tokens" };
        return new NetworkPlan([length], (request.Head, ties) switch
        {
            (PretrainedHead.CausalLanguageModel, true) => [new TiedEmbedding(table, new Chain(body)) { Name = "lm" }],
            (PretrainedHead.CausalLanguageModel, false) => [table, .. body, new Dense(vocabulary) { Name = "head", UseBias = false }],
            _ => [table, .. body],
        });
    }
}
