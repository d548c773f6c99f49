// A piece is one key head of one sample, or some of its queries: keys (turned) and values are packed once for all query heads that share them. For
// each block of 64 queries the keys come by 128 at a time: scores, their largest so far, exponentials, and their product with the values, which is
// scaled down when a larger score appears (online softmax: Milakov and Gimelshein, 2018, arXiv 1805.02867; tiling as in FlashAttention: Dao et al.,
// 2022, arXiv 2205.14135). Keys that no query of a block sees are skipped.
using System.Numerics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>The forward pass of attention.</summary>
internal readonly unsafe struct ForwardPieces<T, TVector, TLanes>(AttentionCall<T> call, int splits, T* outputs, T* sums) : IPieceBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>The queries of a block.</summary>
    public const int BlockQueries = 64;

    private const int BlockKeys = 128;

    private static int Width => PackedMatrix<T, TVector, TLanes>.Width;

    public void Run(int piece)
    {
        (int pair, int split) = Math.DivRem(piece, splits);
        (int batch, int keyHead) = Math.DivRem(pair, call.KeyHeads);
        int first = ProductGrid.Cut(call.Queries, splits, split);
        int end = ProductGrid.Cut(call.Queries, splits, split + 1);
        int keys = end > first ? call.Seen(batch, end - 1) : 0;
        Room room = new(call, keys);
        PackedMatrix<T, TVector, TLanes> turnedKeys = PackedMatrix<T, TVector, TLanes>.Of(
            call.Key + call.KeyAt(batch, keyHead), 1, call.KeyStride, call.Size, keys, room.Keys);
        PackedMatrix<T, TVector, TLanes> values = PackedMatrix<T, TVector, TLanes>.Of(
            call.Value + call.ValueAt(batch, keyHead), call.ValueStride, 1, keys, call.ValueSize, room.Values);
        for (int head = keyHead * call.Groups; head < (keyHead + 1) * call.Groups; head++)
        {
            for (int query = first; query < end; query += BlockQueries)
            {
                Block block = new(call, room, turnedKeys, values, batch, head, query, Math.Min(BlockQueries, end - query));
                block.Run();
                block.Finish(outputs, sums);
            }
        }
    }

    /// <summary>The working memory of a piece.</summary>
    private readonly struct Room
    {
        public Room(in AttentionCall<T> call, int keys)
        {
            SizeWidth = PackedMatrix<T, TVector, TLanes>.RowWidth(call.Size);
            ValueWidth = PackedMatrix<T, TVector, TLanes>.RowWidth(call.ValueSize);
            nint ofKeys = PackedMatrix<T, TVector, TLanes>.Elements(call.Size, keys);
            nint ofValues = PackedMatrix<T, TVector, TLanes>.Elements(keys, call.ValueSize);
            Keys = Scratch.Get<T>(
                ScratchUse.Attention, ofKeys + ofValues + (BlockQueries * (SizeWidth + ValueWidth + BlockKeys + 2)));
            Values = Keys + ofKeys;
            Queries = Values + ofValues;
            Scores = Queries + (BlockQueries * SizeWidth);
            Means = Scores + (BlockQueries * BlockKeys);
            Largest = Means + (BlockQueries * ValueWidth);
            Sums = Largest + BlockQueries;
        }

        public int SizeWidth { get; }

        public int ValueWidth { get; }

        public T* Keys { get; }

        public T* Values { get; }

        public T* Queries { get; }

        public T* Scores { get; }

        public T* Means { get; }

        public T* Largest { get; }

        public T* Sums { get; }
    }

    /// <summary>A block of queries of one head.</summary>
    private readonly struct Block(
        AttentionCall<T> call, Room room, PackedMatrix<T, TVector, TLanes> keys, PackedMatrix<T, TVector, TLanes> values, int batch, int head, int first, int count)
    {
        public void Run()
        {
            for (int row = 0; row < count; row++)
            {
                T* source = call.Query + call.QueryAt(batch, first + row, head);
                ScoreRow<T>.Copy(source, room.Queries + ((nint)row * room.SizeWidth), call.Size, room.SizeWidth, call.Scale);
                (room.Largest[row], room.Sums[row]) = (T.NegativeInfinity, T.Zero);
            }

            int seen = call.Seen(batch, first + count - 1);
            new Span<T>(room.Means, count * room.ValueWidth).Clear();
            for (int key = 0; key < seen; key += BlockKeys)
            {
                Meet(key, Math.Min(BlockKeys, seen - key));
            }
        }

        /// <summary>Writes the means and the logarithms of the sums.</summary>
        public void Finish(T* outputs, T* sums)
        {
            for (int row = 0; row < count; row++)
            {
                T sum = room.Sums[row];
                bool sees = sum > T.Zero;
                T* mean = room.Means + ((nint)row * room.ValueWidth);
                ScoreRow<T>.Copy(
                    mean, outputs + call.OutputAt(batch, first + row, head), call.ValueSize, call.ValueSize, sees ? T.One / sum : T.Zero);
                sums[call.SumAt(batch, first + row, head)] = sees ? room.Largest[row] + T.Log(sum) : T.Zero;
            }
        }

        /// <summary>Takes a block of keys into account.</summary>
        private void Meet(int key, int keysOfBlock)
        {
            keys.Multiply(room.Queries, room.SizeWidth, 1, count, 0, call.Size, key, keysOfBlock, room.Scores, BlockKeys, accumulate: false);
            int width = (keysOfBlock + Vector512Count - 1) / Vector512Count * Vector512Count;
            T slope = call.HasSlopes ? call.Slope(head) : T.Zero;
            for (int row = 0; row < count; row++)
            {
                int query = first + row;
                T* scores = room.Scores + (row * BlockKeys);
                T* bias = call.BiasOf(batch, head, query);
                ScoreRow<T>.Mask(
                    scores, keysOfBlock, width, call.Seen(batch, query) - key, bias is null ? null : bias + key, slope, call.PlaceOf(query) - key);
                Weigh(row, scores, width);
            }

            values.Multiply(room.Scores, BlockKeys, 1, count, key, keysOfBlock, 0, call.ValueSize, room.Means, room.ValueWidth, accumulate: true);
        }

        private void Weigh(int row, T* scores, int width)
        {
            T before = room.Largest[row];
            T largest = ScoreRow<T>.Largest(scores, width, before);
            T sum = ScoreRow<T>.Exponentials(scores, width, largest);
            if (largest != before && room.Sums[row] > T.Zero)
            {
                T factor = T.Exp(before - largest);
                room.Sums[row] *= factor;
                ScoreRow<T>.Scale(room.Means + ((nint)row * room.ValueWidth), room.ValueWidth, factor);
            }

            room.Largest[row] = largest;
            room.Sums[row] += sum;
        }

        private static int Vector512Count => System.Runtime.Intrinsics.Vector512<T>.Count;
    }
}
