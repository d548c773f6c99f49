// Few queries, as when a text is generated: nothing would read packed keys again, so each query is a product of one row with the keys in place.
using System.Numerics;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>The forward pass of attention, a query at a time.</summary>
internal readonly unsafe struct RowPieces<T, TVector, TLanes>(AttentionCall<T> call, T* outputs, T* sums) : IPieceBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>The most queries for which this is the faster way.</summary>
    public const int MostQueries = 4;

    public void Run(int piece)
    {
        (int batch, int head) = Math.DivRem(piece, call.Heads);
        for (int query = 0; query < call.Queries; query++)
        {
            Run(batch, head, query);
        }
    }

    private void Run(int batch, int head, int query)
    {
        int seen = call.Seen(batch, query);
        int width = (seen + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;
        T* target = outputs + call.OutputAt(batch, query, head);
        ref T sumOfQuery = ref sums[call.SumAt(batch, query, head)];
        if (seen == 0)
        {
            new Span<T>(target, call.ValueSize).Clear();
            sumOfQuery = T.Zero;
            return;
        }

        T* scaled = Scratch.Get<T>(ScratchUse.Attention, call.Size + width);
        T* scores = scaled + call.Size;
        ScoreRow<T>.Copy(call.Query + call.QueryAt(batch, query, head), scaled, call.Size, call.Size, call.Scale);
        int keyHead = head / call.Groups;
        RowProduct<T, TVector, TLanes>.Run(Row(scaled, call.Size, call.Key + call.KeyAt(batch, keyHead), 1, call.KeyStride, seen, scores));
        ScoreRow<T>.Mask(scores, seen, width, seen, call.BiasOf(batch, head, query), call.HasSlopes ? call.Slope(head) : T.Zero, call.PlaceOf(query));
        T largest = ScoreRow<T>.Largest(scores, width, T.NegativeInfinity);
        T sum = ScoreRow<T>.Exponentials(scores, width, largest);
        bool sees = sum != T.Zero;
        sumOfQuery = sees ? largest + T.Log(sum) : T.Zero;
        RowProduct<T, TVector, TLanes>.Run(Row(scores, seen, call.Value + call.ValueAt(batch, keyHead), call.ValueStride, 1, call.ValueSize, target));
        ScoreRow<T>.Copy(target, target, call.ValueSize, call.ValueSize, sees ? T.One / sum : T.Zero);
    }

    private static ProductWork<T> Row(T* left, int steps, T* right, nint stepStride, nint columnStride, int columns, T* target) => new()
    {
        Rows = 1,
        Columns = columns,
        Steps = steps,
        Left = left,
        LeftRowStride = steps,
        LeftStepStride = 1,
        Right = right,
        RightStepStride = stepStride,
        RightColumnStride = columnStride,
        Target = target,
        TargetStride = columns,
    };
}
