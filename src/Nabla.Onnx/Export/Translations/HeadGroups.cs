using Nabla.Ops.Attentions;

namespace Nabla.Onnx.Export.Translations;

/// <summary>Heads of queries, some of which may share the keys and values of one head: then they have an axis of their own.</summary>
/// <param name="write">Where nodes go.</param>
/// <param name="heads">The heads of queries.</param>
/// <param name="keyHeads">The heads of keys and values.</param>
internal sealed class HeadGroups(NodeWriter write, int heads, int keyHeads)
{
    private readonly int each = heads / keyHeads;

    private bool AreShared => each > 1;

    /// <summary>The axes of scores behind the batch.</summary>
    public long[] BehindBatch => AreShared ? [1, 2, 3, 4] : [1, 2, 3];

    /// <summary>From <c>[batch, time, heads, size]</c> to <c>[batch, keyHeads, (each,) time, size]</c>.</summary>
    public string Queries(string x, int size)
    {
        string byHead = write.Transpose(x, 0, 2, 1, 3);
        return AreShared ? write.Reshape(byHead, 0, keyHeads, each, -1, size) : byHead;
    }

    /// <summary>What all heads of a group share: <c>[batch, keyHeads, (1,) ...]</c>.</summary>
    public string Shared(string x) => AreShared ? write.Unsqueeze(x, 2) : x;

    /// <summary>From <c>[batch, keyHeads, (each,) time, size]</c> to <c>[batch, time, heads, size]</c>.</summary>
    public string Joined(string x, int size) => write.Transpose(AreShared ? write.Reshape(x, 0, heads, -1, size) : x, 0, 2, 1, 3);

    /// <summary>What is added to scores, <c>[batch or 1, heads or 1, queries, keys]</c>, with the axes of scores.</summary>
    public string Bias(string x, int biasHeads) => !AreShared ? x
        : biasHeads == 1 ? write.Unsqueeze(x, 2)
        : write.Transpose(write.Reshape(write.Transpose(x, 0, 2, 3, 1), 0, 0, 0, keyHeads, each), 0, 3, 4, 1, 2);

    /// <summary>By how much the scores of each head change a step of distance, with the axes of scores behind the batch.</summary>
    public string Slopes(DataType dataType) => write.Model.Constant($"slopes {heads} {keyHeads} {dataType.Label}", "slopes", () =>
        (Tensor.From(Attention.Slopes(heads)) * -1.0).To(dataType).Reshape(AreShared ? [keyHeads, each, 1, 1] : [heads, 1, 1]));
}
