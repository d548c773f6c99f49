namespace Nabla.Keras.Hdf5;

/// <summary>Data that is cut into equal boxes, found by a tree (HDF5 File Format Specification 3.0, sections III.A.1 and IV.A.2.i).</summary>
internal sealed class Hdf5Chunks
{
    private const int DeepestTree = 16;

    private readonly Hdf5Input input;
    private readonly string path;
    private readonly Shape shape;
    private readonly int elementSize;
    private readonly Hdf5Filters filters;
    private readonly long tree;
    private readonly int[] box;
    private readonly int chunkBytes;
    private readonly Dictionary<long, Chunk> found = [];

    public Hdf5Chunks(Hdf5Input input, string path, Shape shape, int elementSize, Hdf5Cursor layout, Hdf5Filters filters)
    {
        (this.input, this.path, this.shape, this.elementSize, this.filters) = (input, path, shape, elementSize, filters);
        int rank = layout.Byte() - 1;
        tree = layout.Address();
        if (rank != shape.Rank || rank == 0)
        {
            throw layout.Error($"expected chunks of {shape.Rank} axes for '{path}', got {rank}");
        }

        box = new int[rank];
        long bytes = elementSize;
        for (int axis = 0; axis < rank; axis++)
        {
            long size = layout.Int();
            bytes *= size;
            box[axis] = size > 0 && bytes <= int.MaxValue ? (int)size : throw layout.Error($"expected chunks of at most {int.MaxValue} bytes for '{path}', got an axis of {size}");
        }

        chunkBytes = (int)bytes;
    }

    /// <summary>The whole data.</summary>
    public byte[] Gather()
    {
        if (tree != Hdf5Cursor.Nowhere)
        {
            Walk(tree, level: null);
        }

        RequireAll();
        byte[] target = new byte[(long)shape.ElementCount * elementSize];
        foreach (Chunk chunk in found.Values)
        {
            Copy(Unpacked(chunk), chunk.Corner, target);
        }

        return target;
    }

    // Every chunk must be there, so that what is allocated is bounded by what the file holds.
    private void RequireAll()
    {
        long expected = 1;
        for (int axis = 0; axis < box.Length; axis++)
        {
            expected *= ((long)shape[axis] + box[axis] - 1) / box[axis];
        }

        long stored = found.Values.Sum(chunk => chunk.Length);
        if (found.Count != expected || (long)shape.ElementCount * elementSize > stored * filters.LargestRatio || (long)shape.ElementCount * elementSize > Array.MaxLength)
        {
            throw input.Error($"expected {expected} chunks that hold {shape} of '{path}', got {found.Count} of {stored} bytes");
        }
    }

    private void Walk(long address, int? level)
    {
        int rank = box.Length;
        Hdf5Cursor head = input.Describe(address, 24, "a tree of chunks");
        head.Expect("TREE");
        (int kind, int own, int entries) = (head.Byte(), head.Byte(), head.Short());
        if (kind != 1 || own > DeepestTree || (level is { } expected && own != expected))
        {
            throw head.Error($"expected a tree of chunks whose levels count down from at most {DeepestTree}, got kind {kind} at level {own}");
        }

        Hdf5Cursor body = input.Describe(address + 24, entries * (24L + (8 * rank)), "a tree of chunks");
        for (int index = 0; index < entries; index++)
        {
            (long length, long skipped) = (body.Int(), body.Int());
            long[] corner = new long[rank];
            for (int axis = 0; axis < rank; axis++)
            {
                corner[axis] = body.Length("corner of a chunk");
            }

            body.Skip(8);
            long child = body.Address();
            if (own > 0)
            {
                Walk(child, own - 1);
            }
            else
            {
                Add(new Chunk(child, length, skipped, corner), body);
            }
        }
    }

    private void Add(Chunk chunk, Hdf5Cursor place)
    {
        long number = 0;
        for (int axis = 0; axis < box.Length; axis++)
        {
            if (chunk.Corner[axis] % box[axis] != 0 || chunk.Corner[axis] >= shape[axis])
            {
                throw place.Error($"expected a chunk within {shape} of '{path}', got one at [{string.Join(", ", chunk.Corner)}]");
            }

            number = (number * (((long)shape[axis] + box[axis] - 1) / box[axis])) + (chunk.Corner[axis] / box[axis]);
        }

        input.Require(chunk.Address, chunk.Length, $"a chunk of '{path}'");
        if (!found.TryAdd(number, chunk))
        {
            throw place.Error($"expected each chunk of '{path}' once, got one twice");
        }
    }

    private byte[] Unpacked(Chunk chunk)
    {
        byte[] stored = input.Read(chunk.Address, chunk.Length, $"a chunk of '{path}'");
        try
        {
            return filters.Undo(stored, chunk.Skipped, chunkBytes, elementSize);
        }
        catch (InvalidDataException error)
        {
            throw input.Error(chunk.Address, $"expected a packed chunk of '{path}', got something corrupt ({error.Message})", error);
        }
    }

    // Row by row of the last axis; what lies beyond the data's edge is left out.
    private void Copy(byte[] chunk, long[] corner, byte[] target)
    {
        int last = box.Length - 1;
        int length = (int)Math.Min(box[last], shape[last] - corner[last]) * elementSize;
        int rows = chunkBytes / elementSize / box[last];
        for (int row = 0; row < rows; row++)
        {
            (long place, long stride, int rest, bool within) = (corner[last], shape[last], row, true);
            for (int axis = last - 1; axis >= 0; axis--)
            {
                long index = corner[axis] + (rest % box[axis]);
                rest /= box[axis];
                within &= index < shape[axis];
                place += index * stride;
                stride *= shape[axis];
            }

            if (within)
            {
                chunk.AsSpan(row * box[last] * elementSize, length).CopyTo(target.AsSpan((int)(place * elementSize)));
            }
        }
    }

    private sealed record Chunk(long Address, long Length, long Skipped, long[] Corner);
}
