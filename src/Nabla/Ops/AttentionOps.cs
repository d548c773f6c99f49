using Nabla.Ops.Attentions;

namespace Nabla;

/// <summary>Attention.</summary>
public static class AttentionOps
{
    /// <summary>
    /// Scaled dot-product attention: for each query the mean of the values, weighted by the softmax of <c>scale * query . key</c> over the keys (Vaswani et
    /// al., Attention Is All You Need, 2017, arXiv 1706.03762). The scores are never kept as a whole (Dao et al., FlashAttention, 2022, arXiv 2205.14135), so
    /// memory grows with the length of a sequence, not with its square. Where no key is seen the result is zero.
    /// </summary>
    /// <param name="query"><c>[batch, queries, heads, size]</c>, float32 or float64.</param>
    /// <param name="key">
    /// <c>[batch, keys, keyHeads, size]</c>; heads are a multiple of keyHeads, and query heads in a row share a key head (grouped queries: Ainslie et al.,
    /// 2023, arXiv 2305.13245).
    /// </param>
    /// <param name="value"><c>[batch, keys, keyHeads, valueSize]</c></param>
    /// <param name="causal">Whether query i sees the keys up to i + keys - queries alone: the last query sees all.</param>
    /// <param name="lengths">The int32 lengths of the key sequences, <c>[batch]</c>: keys from there on are not seen. Null when all are seen.</param>
    /// <param name="bias">What is added to the scores, <c>[batch or 1, heads or 1, queries, keys]</c>; null for nothing.</param>
    /// <param name="scale">What the products are multiplied by; one over the root of size by default.</param>
    /// <param name="alibi">
    /// Whether scores fall linearly with the distance of query and key, by 2^(-8 (head + 1) / heads) a step (Press et al., Train Short, Test Long, 2022,
    /// arXiv 2108.12409).
    /// </param>
    /// <returns><c>[batch, queries, heads, valueSize]</c></returns>
    /// <exception cref="ArgumentException">The shapes or types do not fit; the message quotes them.</exception>
    public static Tensor Attend(
        this Tensor query, Tensor key, Tensor value, bool causal = false, Tensor? lengths = null, Tensor? bias = null, double? scale = null, bool alibi = false)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (query.Rank != 4 || query.Shape[-1] == 0)
        {
            throw new ArgumentException($"Attention expects queries [batch, queries, heads, size] but got {query.Type}.", nameof(query));
        }

        Attention op = new(scale ?? 1 / Math.Sqrt(query.Shape[-1]), causal, alibi, lengths is not null, bias is not null);
        Tensor?[] inputs = [query, key, value, lengths, bias];
        return op.Apply([.. inputs.OfType<Tensor>()])[0];
    }
}
