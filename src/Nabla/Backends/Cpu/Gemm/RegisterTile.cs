namespace Nabla.Backends.Cpu.Gemm;

/// <summary>Computes one register tile: 1 to 14 rows by two vectors, or one.</summary>
internal static unsafe class RegisterTile<T, TVector, TLanes>
    where T : unmanaged
    where TVector : struct
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Computes <paramref name="rows"/> rows, at most <see cref="ILanes{T, TVector}.TileRows"/>, by two vectors or one.</summary>
    public static void Run(int rows, bool wide, TileWork<T>* work)
    {
        if (wide)
        {
            switch (rows)
            {
                case 1: WideTile<T, TVector, TLanes>.Run<Count1>(work); break;
                case 2: WideTile<T, TVector, TLanes>.Run<Count2>(work); break;
                case 3: WideTile<T, TVector, TLanes>.Run<Count3>(work); break;
                case 4: WideTile<T, TVector, TLanes>.Run<Count4>(work); break;
                case 5: WideTile<T, TVector, TLanes>.Run<Count5>(work); break;
                case 6: WideTile<T, TVector, TLanes>.Run<Count6>(work); break;
                case 7: WideTile<T, TVector, TLanes>.Run<Count7>(work); break;
                case 8: WideTile<T, TVector, TLanes>.Run<Count8>(work); break;
                case 9: WideTile<T, TVector, TLanes>.Run<Count9>(work); break;
                case 10: WideTile<T, TVector, TLanes>.Run<Count10>(work); break;
                case 11: WideTile<T, TVector, TLanes>.Run<Count11>(work); break;
                case 12: WideTile<T, TVector, TLanes>.Run<Count12>(work); break;
                case 13: WideTile<T, TVector, TLanes>.Run<Count13>(work); break;
                case 14: WideTile<T, TVector, TLanes>.Run<Count14>(work); break;
            }
        }
        else
        {
            switch (rows)
            {
                case 1: NarrowTile<T, TVector, TLanes>.Run<Count1>(work); break;
                case 2: NarrowTile<T, TVector, TLanes>.Run<Count2>(work); break;
                case 3: NarrowTile<T, TVector, TLanes>.Run<Count3>(work); break;
                case 4: NarrowTile<T, TVector, TLanes>.Run<Count4>(work); break;
                case 5: NarrowTile<T, TVector, TLanes>.Run<Count5>(work); break;
                case 6: NarrowTile<T, TVector, TLanes>.Run<Count6>(work); break;
                case 7: NarrowTile<T, TVector, TLanes>.Run<Count7>(work); break;
                case 8: NarrowTile<T, TVector, TLanes>.Run<Count8>(work); break;
                case 9: NarrowTile<T, TVector, TLanes>.Run<Count9>(work); break;
                case 10: NarrowTile<T, TVector, TLanes>.Run<Count10>(work); break;
                case 11: NarrowTile<T, TVector, TLanes>.Run<Count11>(work); break;
                case 12: NarrowTile<T, TVector, TLanes>.Run<Count12>(work); break;
                case 13: NarrowTile<T, TVector, TLanes>.Run<Count13>(work); break;
                case 14: NarrowTile<T, TVector, TLanes>.Run<Count14>(work); break;
            }
        }
    }
}
