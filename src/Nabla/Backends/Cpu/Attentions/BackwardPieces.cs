// A piece is one key head of one sample. Scores are made again from queries and keys, and weights from them and the sums of the forward pass; the
// mean of what the weights' gradients weigh is the product of an output with its cotangent (Dao et al., 2022, appendix B). Gradients of keys and
// values are summed over the blocks of queries in order, those of a block of queries over the blocks of keys.
using System.Numerics;
using System.Runtime.Intrinsics;
using Nabla.Backends.Cpu.Gemm;

namespace Nabla.Backends.Cpu.Attentions;

/// <summary>The tensors of the backward pass of attention.</summary>
internal readonly unsafe struct BackwardTensors<T>(Tensor[] inputs, Tensor[] outputs)
    where T : unmanaged
{
    public T* Outputs { get; } = inputs[^3].Pointer<T>();

    public T* Sums { get; } = inputs[^2].Pointer<T>();

    public T* Cotangents { get; } = inputs[^1].Pointer<T>();

    public T* OfQueries { get; } = outputs[0].Pointer<T>();

    public T* OfKeys { get; } = outputs[1].Pointer<T>();

    public T* OfValues { get; } = outputs[2].Pointer<T>();
}

/// <summary>The backward pass of attention.</summary>
internal readonly unsafe struct BackwardPieces<T, TVector, TLanes>(AttentionCall<T> call, BackwardTensors<T> tensors) : IPieceBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    private const int BlockQueries = 64;
    private const int BlockKeys = 128;

    public void Run(int piece)
    {
        (int batch, int keyHead) = Math.DivRem(piece, call.KeyHeads);
        int keys = call.Queries == 0 ? 0 : call.Seen(batch, call.Queries - 1);
        Room room = new(call, keys, batch, keyHead);
        for (int head = keyHead * call.Groups; head < (keyHead + 1) * call.Groups; head++)
        {
            for (int query = 0; query < call.Queries; query += BlockQueries)
            {
                new Block(call, tensors, room, batch, head, query, Math.Min(BlockQueries, call.Queries - query)).Run();
            }
        }

        Write(room.OfKeys, room.SizeWidth, keys, tensors.OfKeys + call.KeyAt(batch, keyHead), call.KeyStride, call.Size);
        Write(room.OfValues, room.ValueWidth, keys, tensors.OfValues + call.ValueAt(batch, keyHead), call.ValueStride, call.ValueSize);
    }

    // Keys that nobody sees have no gradient.
    private void Write(T* sums, int width, int keys, T* target, nint stride, int size)
    {
        for (int key = 0; key < keys; key++)
        {
            new ReadOnlySpan<T>(sums + ((nint)key * width), size).CopyTo(new Span<T>(target + (key * stride), size));
        }

        for (int key = keys; key < call.Keys; key++)
        {
            new Span<T>(target + (key * stride), size).Clear();
        }
    }

    /// <summary>The working memory of a piece, its operands packed.</summary>
    private readonly struct Room
    {
        public Room(in AttentionCall<T> call, int keys, int batch, int keyHead)
        {
            SizeWidth = PackedMatrix<T, TVector, TLanes>.RowWidth(call.Size);
            ValueWidth = PackedMatrix<T, TVector, TLanes>.RowWidth(call.ValueSize);
            int blockWidth = (2 * SizeWidth) + ValueWidth + (2 * BlockKeys) + 1;
            nint ofTurnedKeys = PackedMatrix<T, TVector, TLanes>.Elements(call.Size, keys);
            nint ofTurnedValues = PackedMatrix<T, TVector, TLanes>.Elements(call.ValueSize, keys);
            nint ofKeys = (nint)keys * SizeWidth;
            nint ofValues = (nint)keys * ValueWidth;
            T* free = Scratch.Get<T>(ScratchUse.Attention, ofTurnedKeys + ofTurnedValues + (2 * ofKeys) + ofValues + (BlockQueries * blockWidth));
            T* key = call.Key + call.KeyAt(batch, keyHead);
            T* value = call.Value + call.ValueAt(batch, keyHead);
            TurnedKeys = PackedMatrix<T, TVector, TLanes>.Of(key, 1, call.KeyStride, call.Size, keys, Take(ref free, ofTurnedKeys));
            TurnedValues = PackedMatrix<T, TVector, TLanes>.Of(value, 1, call.ValueStride, call.ValueSize, keys, Take(ref free, ofTurnedValues));
            Keys = PackedMatrix<T, TVector, TLanes>.Of(key, call.KeyStride, 1, keys, call.Size, Take(ref free, ofKeys));
            OfKeys = Take(ref free, ofKeys);
            OfValues = Take(ref free, ofValues);
            new Span<T>(OfKeys, checked((int)(ofKeys + ofValues))).Clear();
            Queries = Take(ref free, BlockQueries * SizeWidth);
            OfQueries = Take(ref free, BlockQueries * SizeWidth);
            Cotangents = Take(ref free, BlockQueries * ValueWidth);
            Scores = Take(ref free, BlockQueries * BlockKeys);
            OfScores = Take(ref free, BlockQueries * BlockKeys);
            Means = free;
        }

        public int SizeWidth { get; }

        public int ValueWidth { get; }

        public PackedMatrix<T, TVector, TLanes> TurnedKeys { get; }

        public PackedMatrix<T, TVector, TLanes> TurnedValues { get; }

        public PackedMatrix<T, TVector, TLanes> Keys { get; }

        public T* OfKeys { get; }

        public T* OfValues { get; }

        public T* Queries { get; }

        public T* OfQueries { get; }

        public T* Cotangents { get; }

        public T* Scores { get; }

        public T* OfScores { get; }

        public T* Means { get; }

        private static T* Take(ref T* free, nint count)
        {
            T* taken = free;
            free += count;
            return taken;
        }
    }

    /// <summary>A block of queries of one head.</summary>
    private readonly struct Block(AttentionCall<T> call, BackwardTensors<T> tensors, Room room, int batch, int head, int first, int count)
    {
        public void Run()
        {
            for (int row = 0; row < count; row++)
            {
                nint place = call.OutputAt(batch, first + row, head);
                T* cotangent = tensors.Cotangents + place;
                room.Means[row] = ScoreRow<T>.Dot(cotangent, tensors.Outputs + place, call.ValueSize);
                ScoreRow<T>.Copy(cotangent, room.Cotangents + ((nint)row * room.ValueWidth), call.ValueSize, room.ValueWidth, T.One);
                T* query = call.Query + call.QueryAt(batch, first + row, head);
                ScoreRow<T>.Copy(query, room.Queries + ((nint)row * room.SizeWidth), call.Size, room.SizeWidth, call.Scale);
            }

            new Span<T>(room.OfQueries, count * room.SizeWidth).Clear();
            int seen = call.Seen(batch, first + count - 1);
            for (int key = 0; key < seen; key += BlockKeys)
            {
                Meet(key, Math.Min(BlockKeys, seen - key));
            }

            for (int row = 0; row < count; row++)
            {
                T* target = tensors.OfQueries + call.QueryAt(batch, first + row, head);
                ScoreRow<T>.Copy(room.OfQueries + ((nint)row * room.SizeWidth), target, call.Size, call.Size, call.Scale);
            }
        }

        /// <summary>Adds what a block of keys has to do with the block of queries.</summary>
        private void Meet(int key, int keysOfBlock)
        {
            room.TurnedKeys.Multiply(
                room.Queries, room.SizeWidth, 1, count, 0, call.Size, key, keysOfBlock, room.Scores, BlockKeys, accumulate: false);
            room.TurnedValues.Multiply(
                room.Cotangents, room.ValueWidth, 1, count, 0, call.ValueSize, key, keysOfBlock, room.OfScores, BlockKeys, accumulate: false);
            int width = (keysOfBlock + Vector512<T>.Count - 1) / Vector512<T>.Count * Vector512<T>.Count;
            T slope = call.HasSlopes ? call.Slope(head) : T.Zero;
            for (int row = 0; row < count; row++)
            {
                Weigh(row, key, keysOfBlock, width, slope);
            }

            PackedMatrix<T, TVector, TLanes> queries = PackedMatrix<T, TVector, TLanes>.InPlace(room.Queries, room.SizeWidth);
            PackedMatrix<T, TVector, TLanes> cotangents = PackedMatrix<T, TVector, TLanes>.InPlace(room.Cotangents, room.ValueWidth);
            cotangents.Multiply(
                room.Scores, 1, BlockKeys, keysOfBlock, 0, count, 0, call.ValueSize, room.OfValues + ((nint)key * room.ValueWidth), room.ValueWidth, accumulate: true);
            queries.Multiply(
                room.OfScores, 1, BlockKeys, keysOfBlock, 0, count, 0, call.Size, room.OfKeys + ((nint)key * room.SizeWidth), room.SizeWidth, accumulate: true);
            room.Keys.Multiply(room.OfScores, BlockKeys, 1, count, key, keysOfBlock, 0, call.Size, room.OfQueries, room.SizeWidth, accumulate: true);
        }

        private void Weigh(int row, int key, int keysOfBlock, int width, T slope)
        {
            int query = first + row;
            T* scores = room.Scores + (row * BlockKeys);
            T* gradients = room.OfScores + (row * BlockKeys);
            T* bias = call.BiasOf(batch, head, query);
            ScoreRow<T>.Mask(
                scores, keysOfBlock, width, call.Seen(batch, query) - key, bias is null ? null : bias + key, slope, call.PlaceOf(query) - key);

            // What a narrow tile has not written must be a number: zero times it is to be zero.
            new Span<T>(gradients + keysOfBlock, width - keysOfBlock).Clear();
            ScoreRow<T>.Backward(scores, gradients, width, tensors.Sums[call.SumAt(batch, query, head)], room.Means[row]);
        }
    }
}
