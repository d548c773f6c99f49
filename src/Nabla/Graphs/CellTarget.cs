namespace Nabla.Graphs;

/// <summary>
/// Where the new value of a cell is written: over the old one where the op allows it, else into a second memory that changes places with the
/// first in each run. Memory of which a tensor was handed out is left alone.
/// </summary>
internal sealed class CellTarget(Cell cell, Tensor[] places, bool inPlace)
{
    private Storage? spare;
    private Storage? next;

    /// <summary>The tensors that kernels see in the place of the new value.</summary>
    public Tensor[] Places => places;

    /// <summary>The memory to write to.</summary>
    public Storage Prepare() => next = inPlace && !cell.IsShared ? cell.Storage : spare ?? Storage.Allocate(cell.Type.ByteCount);

    /// <summary>Makes what was written the value of the cell.</summary>
    public void Commit()
    {
        if (next != cell.Storage)
        {
            spare = inPlace || cell.IsShared ? null : cell.Storage;
        }

        cell.Replace(next!);
    }
}
