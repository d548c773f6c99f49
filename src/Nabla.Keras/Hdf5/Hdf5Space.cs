namespace Nabla.Keras.Hdf5;

/// <summary>Reads how many elements there are along each axis (HDF5 File Format Specification 3.0, section IV.A.2.b).</summary>
internal static class Hdf5Space
{
    private const int LargestRank = 32;

    /// <summary>The sizes, each of which fits into an int as does their product; none for a single element.</summary>
    public static Shape Read(Hdf5Cursor body)
    {
        (int version, int rank, _) = (body.Byte(), body.Byte(), body.Byte());
        int type = body.Byte();
        if (version is not (1 or 2) || rank > LargestRank || (version == 2 && type > 1))
        {
            throw body.Error($"expected a data space of version 1 or 2 with at most {LargestRank} axes, got version {version} with {rank}");
        }

        body.Skip(version == 1 ? 4 : 0);
        int[] sizes = new int[rank];
        long elements = 1;
        for (int axis = 0; axis < rank; axis++)
        {
            long size = body.Length("size of an axis");
            sizes[axis] = size <= int.MaxValue ? (int)size : throw body.Error($"expected an axis of at most {int.MaxValue}, got {size}");
            elements = elements * size <= int.MaxValue
                ? elements * size
                : throw body.Error($"expected at most {int.MaxValue} elements, got [{string.Join(", ", sizes)}] and more");
        }

        return sizes;
    }
}
