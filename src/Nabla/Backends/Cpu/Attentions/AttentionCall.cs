using System.Numerics;
using Nabla.Ops.Attentions;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>One call of attention: where its tensors lie and how large they are.</summary>
internal readonly unsafe struct AttentionCall<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool causal;
    private readonly int* lengths;
    private readonly T* bias;
    private readonly nint biasBatchStride;
    private readonly nint biasHeadStride;

    /// <summary>Looks at the inputs of the op.</summary>
    public AttentionCall(Attention op, Tensor[] inputs)
    {
        (Tensor query, Tensor key, Tensor value) = (inputs[0], inputs[1], inputs[2]);
        (Batch, Queries, Heads, Size) = (query.Shape[0], query.Shape[1], query.Shape[2], query.Shape[3]);
        (Keys, KeyHeads, ValueSize) = (key.Shape[1], key.Shape[2], value.Shape[3]);
        Query = query.Pointer<T>();
        Key = key.Pointer<T>();
        Value = value.Pointer<T>();
        (Scale, causal, HasSlopes) = (T.CreateTruncating(op.Scale), op.Causal, op.Alibi);
        lengths = op.Lengths(inputs) is { } limits ? limits.Pointer<int>() : null;
        if (op.Bias(inputs) is { } added)
        {
            bias = added.Pointer<T>();
            biasHeadStride = added.Shape[1] == 1 ? 0 : (nint)Queries * Keys;
            biasBatchStride = added.Shape[0] == 1 ? 0 : (nint)added.Shape[1] * Queries * Keys;
        }
    }

    public int Batch { get; }

    public int Queries { get; }

    public int Keys { get; }

    public int Heads { get; }

    public int KeyHeads { get; }

    public int Size { get; }

    public int ValueSize { get; }

    public T* Query { get; }

    public T* Key { get; }

    public T* Value { get; }

    public T Scale { get; }

    /// <summary>Whether scores fall with the distance.</summary>
    public bool HasSlopes { get; }

    /// <summary>The query heads that share a key head.</summary>
    public int Groups => Heads / KeyHeads;

    /// <summary>From one query or output to the next of the same head.</summary>
    public nint QueryStride => (nint)Heads * Size;

    public nint KeyStride => (nint)KeyHeads * Size;

    public nint ValueStride => (nint)KeyHeads * ValueSize;

    public nint OutputStride => (nint)Heads * ValueSize;

    public nint QueryAt(int batch, int query, int head) => ((((nint)batch * Queries) + query) * QueryStride) + ((nint)head * Size);

    public nint KeyAt(int batch, int head) => ((nint)batch * Keys * KeyStride) + ((nint)head * Size);

    public nint ValueAt(int batch, int head) => ((nint)batch * Keys * ValueStride) + ((nint)head * ValueSize);

    public nint OutputAt(int batch, int query, int head) => ((((nint)batch * Queries) + query) * OutputStride) + ((nint)head * ValueSize);

    public nint SumAt(int batch, int query, int head) => ((((nint)batch * Heads) + head) * Queries) + query;

    /// <summary>How many keys a query sees, from the first one on.</summary>
    public int Seen(int batch, int query)
    {
        int length = lengths is null ? Keys : Math.Clamp(lengths[batch], 0, Keys);
        return causal ? Math.Clamp(query + Keys - Queries + 1, 0, length) : length;
    }

    /// <summary>By how much scores of a head fall a step of distance.</summary>
    public T Slope(int head) => T.CreateTruncating(Attention.Slope(head, Heads));

    /// <summary>The place of the key that a query stands at.</summary>
    public int PlaceOf(int query) => query + Keys - Queries;

    /// <summary>What is added to the scores of a query, or null.</summary>
    public T* BiasOf(int batch, int head, int query) =>
        bias is null ? null : bias + (batch * biasBatchStride) + (head * biasHeadStride) + ((nint)query * Keys);
}
